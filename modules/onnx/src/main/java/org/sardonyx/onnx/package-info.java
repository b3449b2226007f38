/** Reads and writes the bytes of the ONNX format. */
@NullMarked
package org.sardonyx.onnx;

import org.jspecify.annotations.NullMarked;
