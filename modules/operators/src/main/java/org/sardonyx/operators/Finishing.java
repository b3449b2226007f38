package org.sardonyx.operators;

import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Unary;
import org.sardonyx.tensor.Tensor;

/**
 * A product with constant weights, its second input, that can take over what is done to each row of
 * its result.
 */
public interface Finishing extends Operator {

  /**
   * Returns an operator that computes {@code f(result + bias)} of floats; null where this one
   * cannot. The function gives the bits that it gives alone; of a product whose sums are longer
   * than a block, the bias is what they start from.
   *
   * @param bias floats, as many as a row has elements; null for none
   * @param f null for none
   */
  @Nullable Operator finishing(@Nullable Tensor bias, @Nullable Unary f);
}
