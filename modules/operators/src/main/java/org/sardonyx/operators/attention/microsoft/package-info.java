/** Attention as ONNX Runtime's own operators have it. */
@NullMarked
package org.sardonyx.operators.attention.microsoft;

import org.jspecify.annotations.NullMarked;
