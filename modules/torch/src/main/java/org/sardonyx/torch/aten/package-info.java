/** The operators of PyTorch in those of ONNX. */
@NullMarked
package org.sardonyx.torch.aten;

import org.jspecify.annotations.NullMarked;
