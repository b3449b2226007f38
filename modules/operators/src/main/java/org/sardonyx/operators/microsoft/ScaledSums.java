package org.sardonyx.operators.microsoft;

import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.ProductShapes;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Integer products turned into numbers. */
final class ScaledSums {

  private ScaledSums() {}

  /** Gives output 0 {@code sums * (aScale * bScale) + bias}, bScale and bias by column. */
  static void give(
      Invocation in,
      int[] sums,
      ProductShapes product,
      float aScale,
      Tensor bScale,
      @Nullable Tensor bias) {
    int n = product.n();
    DataType type = bScale.dataType();
    float[] scales = Microsoft.columns(bScale, n);
    float[] biases = Microsoft.columns(bias, n);
    float[] y =
        type == DataType.FLOAT
            ? in.output(0, type, product.shape()).floats()
            : new float[sums.length];
    float[] factors = new float[n];
    for (int j = 0; j < n && scales != null; j++) {
      factors[j] = aScale * scales[j];
    }
    for (int i = 0; i < sums.length; i += n) {
      row(sums, i, factors, biases == null ? new float[n] : biases, y);
    }
    if (type != DataType.FLOAT) {
      in.set(0, Tensor.fromFloats(type, y, product.shape()));
    }
  }

  private static void row(int[] sums, int offset, float[] factors, float[] biases, float[] y) {
    for (int j = 0; j < factors.length; j++) {
      y[offset + j] = sums[offset + j] * factors[j] + biases[j];
    }
  }
}
