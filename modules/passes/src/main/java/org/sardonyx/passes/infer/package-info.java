/** The engine of inference: types, symbolic shapes and small constants, graph by graph. */
@NullMarked
package org.sardonyx.passes.infer;

import org.jspecify.annotations.NullMarked;
