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

  /**
   * As {@link #floats}, of 32-bit integers.
   *
   * @param mask the bits of an element that are its own once it is widened to 64
   */
  default void ints(
      long mask,
      int[] a,
      int aOffset,
      int aStep,
      int[] b,
      int bOffset,
      int bStep,
      int[] y,
      int yOffset,
      int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (int) apply(a[aOffset + i * aStep] & mask, b[bOffset + i * bStep] & mask);
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
