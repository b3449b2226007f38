/** Checks, inference and rewriting; every result is a valid ONNX model. */
@NullMarked
package org.sardonyx.passes;

import org.jspecify.annotations.NullMarked;
