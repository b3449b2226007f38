/** Models made smaller and faster in ONNX itself, with a proof of each step. */
@NullMarked
package org.sardonyx.optimize;

import org.jspecify.annotations.NullMarked;
