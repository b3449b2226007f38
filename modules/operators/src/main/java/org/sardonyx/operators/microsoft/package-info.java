/** The operators of domain com.microsoft, as ONNX Runtime defines them. */
@NullMarked
package org.sardonyx.operators.microsoft;

import org.jspecify.annotations.NullMarked;
