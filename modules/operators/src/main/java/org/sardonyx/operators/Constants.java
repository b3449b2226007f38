package org.sardonyx.operators;

import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Packing;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** The inputs of a node that never change, offered once to {@link Operator#prepare}. */
public interface Constants {

  /** Whether the node has an input here at all, constant or not. */
  boolean has(int input);

  /** Returns the constant input, or null where it is absent or changes from run to run. */
  @Nullable Tensor tensor(int input);

  /** Returns the loops that runs will use. */
  Kernels kernels();

  /** Returns what weights are to be held as: FLOAT as they are, or BFLOAT16. */
  default DataType weights() {
    return DataType.FLOAT;
  }

  /** Returns how weights are laid out for products: in the type that they are to be held as. */
  default Packing packing() {
    return weights() == DataType.BFLOAT16 ? kernels()::packBfloat16 : kernels()::pack;
  }
}
