/** Operators of the domain com.microsoft, as ONNX Runtime documents them. */
@NullMarked
package org.sardonyx.operators.microsoft;

import org.jspecify.annotations.NullMarked;
