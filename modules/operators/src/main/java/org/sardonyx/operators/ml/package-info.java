/** The operators of ai.onnx.ml. */
@NullMarked
package org.sardonyx.operators.ml;

import org.jspecify.annotations.NullMarked;
