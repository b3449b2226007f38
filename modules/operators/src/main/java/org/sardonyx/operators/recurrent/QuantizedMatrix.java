package org.sardonyx.operators.recurrent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.kernels.IntegerProduct;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** A constant matrix [K, N] of 8-bit integers with a scale and a zero point for each column. */
final class QuantizedMatrix {

  /** Up to here floats hold every integer. */
  private static final int EXACT = 1 << 24;

  /** Rows of x that are multiplied together. */
  private static final int HEIGHT = 32;

  private final int rows;
  private final int columns;

  /**
   * The integers less their zero points, as many rows at a time as sum up exactly in float.
   * bfloat16 holds them all: none is beyond 255.
   */
  private final List<PackedMatrix> slices = new ArrayList<>();

  private final float[] scales;

  /**
   * Takes matrix {@code d} of {@code matrices}.
   *
   * @param matrices [D, K, N]
   * @param scale [D] or [D, N]
   * @param zeroPoint as scale
   * @param values room for K * N numbers
   */
  QuantizedMatrix(
      Kernels kernels, Tensor matrices, int d, Tensor scale, Tensor zeroPoint, float[] values) {
    rows = matrices.dim(1);
    columns = matrices.dim(2);
    scales = new float[columns];
    int scaleStep = scale.rank() == 2 ? 1 : 0;
    int zeroStep = zeroPoint.rank() == 2 ? 1 : 0;
    int scaleAt = scaleStep == 1 ? d * columns : d;
    int zeroAt = zeroStep == 1 ? d * columns : d;
    int[] zeros = new int[columns];
    for (int j = 0; j < columns; j++) {
      scales[j] = scale.floats()[scaleAt + j * scaleStep];
      zeros[j] = (int) zeroPoint.getLong(zeroAt + j * zeroStep);
    }
    byte[] bytes = matrices.bytes();
    boolean signed = matrices.dataType() == DataType.INT8;
    float[] most = new float[columns];
    int first = 0;
    for (int k = 0; k < rows; k++) {
      int at = k * columns;
      IntegerProduct.widenColumns(
          bytes, d * rows * columns + at, signed, zeros, 0, values, at, columns);
      boolean fits = true;
      for (int j = 0; j < columns; j++) {
        most[j] += Math.abs(values[at + j]) * Quantization.MOST;
        fits &= most[j] < EXACT;
      }
      if (!fits) {
        slices.add(kernels.packBfloat16(k - first, columns, values, first * columns, columns, 1));
        first = k;
        for (int j = 0; j < columns; j++) {
          most[j] = Math.abs(values[k * columns + j]) * Quantization.MOST;
        }
      }
    }
    slices.add(kernels.packBfloat16(rows - first, columns, values, first * columns, columns, 1));
  }

  /**
   * Rounds rows of K numbers to 8 bits and adds their products with the matrix to rows of N.
   *
   * <p>A row with NaN gives NaN.
   */
  void multiplyAdd(
      Kernels kernels,
      Quantization quantization,
      int count,
      float[] x,
      int offset,
      float[] y,
      int yOffset) {
    int height = Math.min(count, HEIGHT);
    float[] q = new float[height * rows];
    float[] sums = new float[height * columns];
    int[] totals = new int[slices.size() > 1 ? sums.length : 0];
    for (int i = 0; i < count; i += height) {
      int h = Math.min(height, count - i);
      quantization.quantize(x, offset + i * rows, q, h * rows);
      int k = 0;
      for (PackedMatrix slice : slices) {
        Arrays.fill(sums, 0, h * columns, 0);
        kernels.gemm(h, 1, q, k, rows, 1, slice, sums, 0, columns);
        if (totals.length > 0) {
          add(sums, totals, h * columns, k == 0);
        }
        k += slice.k();
      }
      for (int r = 0; r < h; r++) {
        boolean isNan = hasNan(x, offset + (i + r) * rows, rows);
        int to = yOffset + (i + r) * columns;
        for (int j = 0; j < columns; j++) {
          float sum = totals.length > 0 ? totals[r * columns + j] : sums[r * columns + j];
          y[to + j] += isNan ? Float.NaN : sum * (quantization.scale() * scales[j]);
        }
      }
    }
  }

  private static void add(float[] from, int[] to, int n, boolean first) {
    for (int j = 0; j < n; j++) {
      to[j] = (first ? 0 : to[j]) + (int) from[j];
    }
  }

  private static boolean hasNan(float[] x, int at, int n) {
    boolean found = false;
    for (int i = at; i < at + n; i++) {
      found |= Float.isNaN(x[i]);
    }
    return found;
  }

  /**
   * How floats become 8-bit integers: {@code clamp(round(x / scale) + zeroPoint, 0, 255)}.
   *
   * @param scale the step
   * @param zeroPoint what 0 becomes
   */
  record Quantization(float scale, int zeroPoint) {

    private static final int MOST = 255;

    /** Adding and taking away this rounds a float below 2^22 to an integer, half to even. */
    private static final float ROUNDING = 0x1.8p23f;

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

    /** Quantizes n numbers and subtracts the zero point; NaN stays. */
    void quantize(float[] x, int at, float[] q, int n) {
      float least = -zeroPoint;
      float most = MOST - zeroPoint;
      for (int k = 0; k < n; k++) {
        float value = Math.min(Math.max(x[at + k] / scale, least), most);
        q[k] = (value + ROUNDING) - ROUNDING;
      }
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
