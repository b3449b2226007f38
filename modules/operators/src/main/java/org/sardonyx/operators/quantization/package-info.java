/** Quantization, and arithmetic on quantized tensors. */
@NullMarked
package org.sardonyx.operators.quantization;

import org.jspecify.annotations.NullMarked;
