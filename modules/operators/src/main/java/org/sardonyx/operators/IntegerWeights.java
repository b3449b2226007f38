package org.sardonyx.operators;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.IntegerProduct;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Weights [M, ...] of an integer convolution less their zero points, as floats, which hold them
 * exactly.
 *
 * @param values the weights
 * @param shape their shape
 */
public record IntegerWeights(float[] values, int[] shape) {

  /**
   * Takes the zero points off.
   *
   * @param zero one for all, or one for each output channel; null for 0
   */
  public static IntegerWeights of(Tensor w, @Nullable Tensor zero) {
    int features = w.rank() == 0 ? 1 : w.dim(0);
    if (zero != null && zero.size() != 1 && zero.size() != features) {
      throw new OperatorFailed("zero point " + zero + " does not fit weights " + w);
    }
    float[] values = new float[w.size()];
    int row = features == 0 ? 0 : w.size() / features;
    for (int m = 0; m < features; m++) {
      int z = zero == null ? 0 : (int) zero.getLong(zero.size() == 1 ? 0 : m);
      IntegerProduct.widen(
          w.bytes(), m * row, w.dataType() == DataType.INT8, z, values, m * row, row);
    }
    return new IntegerWeights(values, w.shape());
  }

  @Override
  public String toString() {
    return "weights of shape " + Arrays.toString(shape);
  }
}
