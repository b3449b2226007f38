package org.sardonyx.operators;

import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.tensor.Tensor;

/** The inputs of a node that never change, offered once to {@link Operator#prepare}. */
public interface Constants {

  /** Whether the node has an input here at all, constant or not. */
  boolean has(int input);

  /** Returns the constant input, or null where it is absent or changes from run to run. */
  @Nullable Tensor tensor(int input);

  /** Returns the loops that runs will use. */
  Kernels kernels();
}
