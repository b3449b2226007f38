package org.sardonyx.operators.nn;

import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;

/**
 * Sums in double with eight partial sums, whose order depends on the length alone: for the
 * statistics of normalizations, where float sums of long rows lose digits.
 */
final class Sums {

  private Sums() {}

  /** Elements that are summed in float: with the partial sums of kernels, few to each. */
  private static final int BLOCK = 1 << 12;

  private static final double SMALL = 1e-25;

  /** Returns the sum of {@code x}. */
  static double sum(Kernels kernels, float[] x, int offset, int n) {
    double sum = 0;
    for (int i = 0; i < n; i += BLOCK) {
      sum += kernels.sum(x, offset + i, Math.min(BLOCK, n - i));
    }
    return Double.isFinite(sum) ? sum : sum(x, offset, n);
  }

  /** Sets {@code y}, another place, to {@code x - mean}, and returns the sum of the squares. */
  static double center(
      Kernels kernels, float[] x, int offset, int n, double mean, float[] y, int yOffset) {
    double sum = 0;
    for (int i = 0; i < n; i += BLOCK) {
      int at = yOffset + i;
      int m = Math.min(BLOCK, n - i);
      kernels.binaryRight(Binary.SUB, x, offset + i, (float) mean, y, at, m);
      sum += kernels.dot(y, at, y, at, m);
    }
    return held(sum, x, offset, n, mean);
  }

  /** Returns the sum of the squares of {@code x}. */
  static double squares(Kernels kernels, float[] x, int offset, int n) {
    double sum = 0;
    for (int i = 0; i < n; i += BLOCK) {
      int m = Math.min(BLOCK, n - i);
      sum += kernels.dot(x, offset + i, x, offset + i, m);
    }
    return held(sum, x, offset, n, 0);
  }

  /** Returns a sum of squares anew where they may have left the range of float. */
  private static double held(double sum, float[] x, int offset, int n, double mean) {
    return sum > SMALL && Double.isFinite(sum) ? sum : squares(x, offset, n, mean);
  }

  /** Returns the sum of {@code x}. */
  static double sum(float[] x, int offset, int n) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    double e = 0;
    double f = 0;
    double g = 0;
    double h = 0;
    int end = offset + n;
    int i = offset;
    for (; i <= end - 8; i += 8) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
      e += x[i + 4];
      f += x[i + 5];
      g += x[i + 6];
      h += x[i + 7];
    }
    for (; i < end; i++) {
      a += x[i];
    }
    return ((a + b) + (c + d)) + ((e + f) + (g + h));
  }

  /** Returns the sum of {@code (x - mean)^2}. */
  static double squares(float[] x, int offset, int n, double mean) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int end = offset + n;
    int i = offset;
    for (; i <= end - 4; i += 4) {
      double p = x[i] - mean;
      double q = x[i + 1] - mean;
      double r = x[i + 2] - mean;
      double s = x[i + 3] - mean;
      a += p * p;
      b += q * q;
      c += r * r;
      d += s * s;
    }
    for (; i < end; i++) {
      double p = x[i] - mean;
      a += p * p;
    }
    return (a + b) + (c + d);
  }

  /** Returns the sum of {@code x}. */
  static double sum(double[] x, int offset, int n) {
    double sum = 0;
    for (int i = offset; i < offset + n; i++) {
      sum += x[i];
    }
    return sum;
  }

  /** Returns the sum of {@code (x - mean)^2}. */
  static double squares(double[] x, int offset, int n, double mean) {
    double sum = 0;
    for (int i = offset; i < offset + n; i++) {
      double d = x[i] - mean;
      sum += d * d;
    }
    return sum;
  }
}
