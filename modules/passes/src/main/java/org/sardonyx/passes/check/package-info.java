/** The rules of ONNX, a few related ones to a file. */
@NullMarked
package org.sardonyx.passes.check;

import org.jspecify.annotations.NullMarked;
