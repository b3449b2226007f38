package org.sardonyx.torch.aten;

import org.jspecify.annotations.Nullable;

/** How an operator of PyTorch is written in those of ONNX. */
@FunctionalInterface
interface Op {
  @Nullable Object apply(Emit e, Args a);
}
