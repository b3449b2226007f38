package org.sardonyx.operators.microsoft;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Normalizes rows: {@code (x - mean) / sqrt(variance + epsilon) * gamma + beta}, or, simplified,
 * {@code x / sqrt(mean(x^2) + epsilon) * gamma}.
 *
 * @param gamma as long as a row
 * @param beta as long as a row, or null for 0
 * @param epsilon added to the variance
 * @param simplified whether the mean stays
 */
record RowNorm(float[] gamma, float @Nullable [] beta, float epsilon, boolean simplified) {

  private static final float[] NONE = {};

  /**
   * What was found of each row.
   *
   * @param means the means
   * @param inverses one by the roots of the variances
   */
  record Statistics(float[] means, float[] inverses) {

    static final Statistics NONE = new Statistics(new float[0], new float[0]);

    /**
     * Gives the statistics as outputs {@code first} and {@code first + 1} where they are wanted.
     */
    void give(Invocation in, int first, int[] rowShape) {
      int[] shape = rowShape.clone();
      shape[shape.length - 1] = 1;
      if (first < in.outputs() && in.wants(first)) {
        in.set(first, Tensor.of(means, shape));
      }
      if (first + 1 < in.outputs() && in.wants(first + 1)) {
        in.set(first + 1, Tensor.of(inverses, shape));
      }
    }
  }

  /** Refuses parameters that are not as long as a row. */
  static float[] parameter(String name, Tensor tensor, int width) {
    if (!tensor.hasShape(width)) {
      throw new InvalidInput(name + " must have shape [" + width + "], got " + tensor);
    }
    return tensor.toFloats();
  }

  /**
   * Normalizes {@code y}, rows of {@code gamma.length}, in place.
   *
   * @param kept whether anybody wants the statistics
   */
  Statistics apply(Kernels kernels, float[] y, boolean kept) {
    int n = gamma.length;
    int rows = n == 0 ? 0 : y.length / n;
    Statistics statistics =
        kept ? new Statistics(new float[rows], new float[rows]) : Statistics.NONE;
    for (int r = 0; r < rows; r++) {
      int at = r * n;
      float mean = simplified ? 0 : kernels.sum(y, at, n) / n;
      if (!simplified) {
        kernels.binaryRight(Binary.SUB, y, at, mean, y, at, n);
      }
      float variance = kernels.dot(y, at, y, at, n) / n;
      float inverse = (float) (1 / Math.sqrt(variance + epsilon));
      kernels.affine(y, at, inverse, gamma, 0, beta == null ? NONE : beta, 0, y, at, n);
      if (kept) {
        statistics.means[r] = mean;
        statistics.inverses[r] = inverse;
      }
    }
    return statistics;
  }

  /**
   * Does what the Skip operators do: normalizes {@code input + skip + bias}, and gives the sum as
   * output 3.
   */
  void skip(Invocation in, Tensor input, Tensor skip, float @Nullable [] bias) {
    int rank = input.rank();
    int[] shape = input.shape();
    boolean fits =
        skip.sameShape(input)
            || (rank == 3
                && (skip.hasShape(1, shape[1], shape[2]) || skip.hasShape(shape[1], shape[2])));
    if ((rank != 2 && rank != 3) || !fits) {
      throw new InvalidInput("skip " + skip + " does not fit input " + input);
    }
    float[] a = input.toFloats();
    float[] b = skip.toFloats();
    float[] sum = new float[a.length];
    Kernels kernels = in.kernels();
    for (int from = 0; from < a.length; from += b.length) {
      kernels.binary(Binary.ADD, a, from, b, 0, sum, from, b.length);
    }
    if (bias != null && bias.length > 0) {
      int n = bias.length;
      kernels.binary(Binary.ADD, sum.length / n, n, sum, 0, n, 1, bias, 0, 0, 1, sum, 0);
    }
    DataType type = input.dataType();
    if (in.outputs() > 3 && in.wants(3)) {
      float[] kept = type == DataType.FLOAT ? Arrays.copyOf(sum, sum.length) : sum;
      in.set(3, Tensor.fromFloats(type, kept, shape));
    }
    apply(kernels, sum, in.wants(1) || in.wants(2)).give(in, 1, shape);
    in.set(0, Tensor.fromFloats(type, sum, shape));
  }
}
