package org.sardonyx.operators;

import java.util.Arrays;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.type.Dim;

/** A function of two numbers of one type, for every numeric type. */
public interface BinaryFunction {

  /**
   * Computes {@code y[yOffset + i] = f(a[aOffset + i * aStep], b[bOffset + i * bStep])}; the steps
   * are 0 or 1.
   */
  void floats(
      Kernels kernels,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] y,
      int yOffset,
      int n);

  /** As {@link #floats}, of rows that begin at even distances, and follow each other in y. */
  default void floats(
      Kernels kernels,
      int rows,
      int n,
      float[] a,
      int aOffset,
      int aRow,
      int aStep,
      float[] b,
      int bOffset,
      int bRow,
      int bStep,
      float[] y,
      int yOffset) {
    for (int r = 0; r < rows; r++) {
      int left = aOffset + r * aRow;
      int right = bOffset + r * bRow;
      floats(kernels, a, left, aStep, b, right, bStep, y, yOffset + r * n, n);
    }
  }

  /** Computes {@code y[i] = f(a[i], b[i])} of integers for i from start to end; y may be a. */
  default void longs(boolean unsigned, long[] a, long[] b, long[] y, int start, int end) {
    for (int i = start; i < end; i++) {
      y[i] = unsigned ? applyUnsigned(a[i], b[i]) : apply(a[i], b[i]);
    }
  }

  /** As {@link #longs}, of int32. */
  default void ints(int[] a, int[] b, int[] y, int start, int end) {
    for (int i = start; i < end; i++) {
      y[i] = (int) apply((long) a[i], b[i]);
    }
  }

  /** As {@link #longs}, of doubles. */
  default void doubles(double[] a, double[] b, double[] y, int start, int end) {
    for (int i = start; i < end; i++) {
      y[i] = apply(a[i], b[i]);
    }
  }

  double apply(double a, double b);

  /** The function of integers, sign- or zero-extended; the low bits of the result count. */
  long apply(long a, long b);

  /** As {@link #apply(long, long)}, of unsigned 64-bit integers. */
  default long applyUnsigned(long a, long b) {
    return apply(a, b);
  }

  /** The function of shapes in the making; unknown unless it surely is what integers would give. */
  default Dim apply(Dim a, Dim b) {
    return Dim.UNKNOWN;
  }

  /** Runs a loop of {@link Kernels} as {@link #floats} describes it. */
  static void kernel(
      Kernels kernels,
      Binary f,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] y,
      int yOffset,
      int n) {
    if (aStep == 0 && bStep == 0) {
      // Both stand still where a third input of the operator has the dimension.
      kernels.binary(f, a, aOffset, b, bOffset, y, yOffset, 1);
      Arrays.fill(y, yOffset + 1, yOffset + n, y[yOffset]);
    } else if (aStep == bStep) {
      kernels.binary(f, a, aOffset, b, bOffset, y, yOffset, n);
    } else if (aStep == 1) {
      kernels.binaryRight(f, a, aOffset, b[bOffset], y, yOffset, n);
    } else {
      kernels.binaryLeft(f, a[aOffset], b, bOffset, y, yOffset, n);
    }
  }
}
