/** Layers, put together by reference, that become ONNX models. */
@NullMarked
package org.sardonyx.layers;

import org.jspecify.annotations.NullMarked;
