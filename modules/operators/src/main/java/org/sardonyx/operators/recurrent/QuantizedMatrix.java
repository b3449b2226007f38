package org.sardonyx.operators.recurrent;

import java.util.Arrays;
import org.sardonyx.tensor.Tensor;

/** A constant matrix [K, N] of 8-bit integers with a scale and a zero point for each column. */
final class QuantizedMatrix {

  private final int rows;
  private final int columns;

  /** The integers less their zero points. */
  private final int[] values;

  private final float[] scales;

  /**
   * Takes matrix {@code d} of {@code matrices}.
   *
   * @param matrices [D, K, N]
   * @param scale [D] or [D, N]
   * @param zeroPoint as scale
   */
  QuantizedMatrix(Tensor matrices, int d, Tensor scale, Tensor zeroPoint) {
    rows = matrices.dim(1);
    columns = matrices.dim(2);
    values = new int[rows * columns];
    scales = new float[columns];
    int scaleStep = scale.rank() == 2 ? 1 : 0;
    int zeroStep = zeroPoint.rank() == 2 ? 1 : 0;
    int scaleAt = scaleStep == 1 ? d * columns : d;
    int zeroAt = zeroStep == 1 ? d * columns : d;
    for (int j = 0; j < columns; j++) {
      scales[j] = scale.floats()[scaleAt + j * scaleStep];
    }
    for (int k = 0; k < rows; k++) {
      for (int j = 0; j < columns; j++) {
        values[k * columns + j] =
            (int)
                (matrices.getLong((d * rows + k) * columns + j)
                    - zeroPoint.getLong(zeroAt + j * zeroStep));
      }
    }
  }

  /**
   * Rounds rows of K numbers to 8 bits and adds their products with the matrix to rows of N.
   *
   * <p>A row with NaN gives NaN.
   */
  void multiplyAdd(
      Quantization quantization, int count, float[] x, int offset, float[] y, int yOffset) {
    int[] q = new int[rows];
    int[] sums = new int[columns];
    for (int i = 0; i < count; i++) {
      Arrays.fill(sums, 0);
      boolean isNan = quantization.quantize(x, offset + i * rows, q);
      for (int k = 0; k < rows; k++) {
        if (q[k] != 0) {
          multiplyAdd(q[k], values, k * columns, sums);
        }
      }
      int to = yOffset + i * columns;
      for (int j = 0; j < columns; j++) {
        y[to + j] += isNan ? Float.NaN : sums[j] * (quantization.scale() * scales[j]);
      }
    }
  }

  private static void multiplyAdd(int factor, int[] values, int at, int[] sums) {
    for (int j = 0; j < sums.length; j++) {
      sums[j] += factor * values[at + j];
    }
  }

  /**
   * How floats become 8-bit integers: {@code clamp(round(x / scale) + zeroPoint, 0, 255)}.
   *
   * @param scale the step
   * @param zeroPoint what 0 becomes
   */
  record Quantization(float scale, int zeroPoint) {

    private static final int MOST = 255;

    /** Returns the one that just covers a range, which is widened to hold 0. */
    static Quantization covering(float least, float greatest) {
      float min = Math.min(least, 0);
      float max = Math.max(greatest, 0);
      float scale = max == min ? 1 : (max - min) / MOST;
      return new Quantization(scale, (int) Math.rint(Math.clamp(-min / scale, 0f, MOST)));
    }

    /** Returns the one that just covers {@code x[from..from+n)}; NaN aside. */
    static Quantization of(float[] x, int from, int n) {
      float min = 0;
      float max = 0;
      for (int i = from; i < from + n; i++) {
        min = x[i] < min ? x[i] : min;
        max = x[i] > max ? x[i] : max;
      }
      return covering(min, max);
    }

    /**
     * Quantizes a row and subtracts the zero point.
     *
     * @return whether there is a NaN
     */
    boolean quantize(float[] x, int at, int[] q) {
      boolean isNan = false;
      for (int k = 0; k < q.length; k++) {
        float value = x[at + k];
        isNan |= Float.isNaN(value);
        int rounded = (int) Math.rint(value / scale);
        q[k] = Math.clamp(rounded, -zeroPoint, MOST - zeroPoint);
      }
      return isNan;
    }
  }

  /** Refuses scales or zero points that are neither [D] nor [D, N]. */
  static void expect(String name, Tensor tensor, int directions, int columns) {
    if (tensor.rank() == 2) {
      Sizes.expect(name, tensor, "num_directions, 4*hidden_size", directions, columns);
    } else {
      Sizes.expect(name, tensor, "num_directions", directions);
    }
  }
}
