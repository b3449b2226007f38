/** From one version of ai.onnx to another: what each operator becomes where its version changes. */
@NullMarked
package org.sardonyx.convert.opset;

import org.jspecify.annotations.NullMarked;
