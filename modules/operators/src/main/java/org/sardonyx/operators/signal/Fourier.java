package org.sardonyx.operators.signal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The discrete Fourier transform {@code X[k] = sum x[j] exp(-2 pi i j k / n)} of any length,
 * without a factor in either direction: lengths of small factors are split by them, others become a
 * convolution (Bluestein).
 */
final class Fourier {

  /** Beyond this a prime factor costs more than a convolution. */
  private static final int LARGEST_FACTOR = 64;

  private final int n;
  private final double[] cos;
  private final double[] sin;
  private final double[] realCopy;
  private final double[] imagCopy;
  private final @Nullable Chirp chirp;

  /**
   * @param n the length
   * @param inverse whether the sign of the exponent is positive
   */
  Fourier(int n, boolean inverse) {
    this.n = n;
    cos = new double[n];
    sin = new double[n];
    for (int i = 0; i < n; i++) {
      cos[i] = cosine(i, n);
      sin[i] = (inverse ? 1 : -1) * sine(i, n);
    }
    boolean small = largestFactor(n) <= LARGEST_FACTOR;
    realCopy = new double[small ? n : 0];
    imagCopy = new double[small ? n : 0];
    chirp = small ? null : new Chirp(n, inverse);
  }

  /** Transforms in place. */
  void transform(double[] real, double[] imag) {
    if (chirp != null) {
      chirp.transform(real, imag);
    } else if (n > 1) {
      System.arraycopy(real, 0, realCopy, 0, n);
      System.arraycopy(imag, 0, imagCopy, 0, n);
      split(0, 1, real, imag, 0, n);
    }
  }

  /**
   * Transforms every {@code stride}-th of the copy from {@code from} on, {@code length} of them.
   */
  private void split(int from, int stride, double[] real, double[] imag, int to, int length) {
    if (length == 1) {
      real[to] = realCopy[from];
      imag[to] = imagCopy[from];
      return;
    }
    int p = factor(length);
    int m = length / p;
    for (int q = 0; q < p; q++) {
      split(from + q * stride, stride * p, real, imag, to + q * m, m);
    }
    int turn = n / length;
    if (p == 2) {
      join2(real, imag, to, m, turn);
    } else if (p == 4) {
      join4(real, imag, to, m, turn);
    } else {
      join(real, imag, to, m, p, turn);
    }
  }

  private void join2(double[] real, double[] imag, int to, int m, int turn) {
    for (int k = 0; k < m; k++) {
      double c = cos[k * turn];
      double s = sin[k * turn];
      int a = to + k;
      int b = a + m;
      double re = real[b] * c - imag[b] * s;
      double im = real[b] * s + imag[b] * c;
      real[b] = real[a] - re;
      imag[b] = imag[a] - im;
      real[a] += re;
      imag[a] += im;
    }
  }

  private void join4(double[] real, double[] imag, int to, int m, int turn) {
    // A quarter turn is -i forward, +i inverse.
    double quarter = sin[n / 4];
    for (int k = 0; k < m; k++) {
      int a = to + k;
      int b = a + m;
      int c = b + m;
      int d = c + m;
      int w = k * turn;
      double re1 = real[b] * cos[w] - imag[b] * sin[w];
      double im1 = real[b] * sin[w] + imag[b] * cos[w];
      double re2 = real[c] * cos[2 * w] - imag[c] * sin[2 * w];
      double im2 = real[c] * sin[2 * w] + imag[c] * cos[2 * w];
      double re3 = real[d] * cos[3 * w] - imag[d] * sin[3 * w];
      double im3 = real[d] * sin[3 * w] + imag[d] * cos[3 * w];
      double reSum = real[a] + re2;
      double imSum = imag[a] + im2;
      double reDiff = real[a] - re2;
      double imDiff = imag[a] - im2;
      double reOdd = re1 + re3;
      double imOdd = im1 + im3;
      double reTurn = -quarter * (im1 - im3);
      double imTurn = quarter * (re1 - re3);
      real[a] = reSum + reOdd;
      imag[a] = imSum + imOdd;
      real[b] = reDiff + reTurn;
      imag[b] = imDiff + imTurn;
      real[c] = reSum - reOdd;
      imag[c] = imSum - imOdd;
      real[d] = reDiff - reTurn;
      imag[d] = imDiff - imTurn;
    }
  }

  private void join(double[] real, double[] imag, int to, int m, int p, int turn) {
    double[] re = new double[p];
    double[] im = new double[p];
    for (int k = 0; k < m; k++) {
      for (int q = 0; q < p; q++) {
        int a = to + q * m + k;
        int w = q * k * turn;
        re[q] = real[a] * cos[w] - imag[a] * sin[w];
        im[q] = real[a] * sin[w] + imag[a] * cos[w];
      }
      for (int r = 0; r < p; r++) {
        double reSum = re[0];
        double imSum = im[0];
        for (int q = 1; q < p; q++) {
          int w = q * r % p * (n / p);
          reSum += re[q] * cos[w] - im[q] * sin[w];
          imSum += re[q] * sin[w] + im[q] * cos[w];
        }
        real[to + r * m + k] = reSum;
        imag[to + r * m + k] = imSum;
      }
    }
  }

  private static int factor(int n) {
    if (n % 4 == 0) {
      return 4;
    }
    for (int p = 2; (long) p * p <= n; p++) {
      if (n % p == 0) {
        return p;
      }
    }
    return n;
  }

  private static int largestFactor(int n) {
    int rest = n;
    int largest = 1;
    while (rest > 1) {
      int p = factor(rest);
      largest = Math.max(largest, p);
      rest /= p;
    }
    return largest;
  }

  /** Returns {@code cos(2 pi i / n)}, exact at quarter turns. */
  static double cosine(long i, long n) {
    return sine(4 * i + n, 4 * n);
  }

  /** Returns {@code sin(2 pi i / n)}, computed within an eighth of a turn. */
  static double sine(long i, long n) {
    long at = Math.floorMod(8 * i, 8 * n);
    long octant = at / n;
    double within = Math.PI / 4 * ((double) (at % n) / n);
    double back = Math.PI / 4 * ((double) (n - at % n) / n);
    return switch ((int) octant) {
      case 0 -> StrictMath.sin(within);
      case 1 -> StrictMath.cos(back);
      case 2 -> StrictMath.cos(within);
      case 3 -> StrictMath.sin(back);
      case 4 -> -StrictMath.sin(within);
      case 5 -> -StrictMath.cos(back);
      case 6 -> -StrictMath.cos(within);
      default -> -StrictMath.sin(back);
    };
  }

  /**
   * A transform as a convolution with {@code exp(pi i j^2 / n)}, of a length that is a power of 2.
   */
  private static final class Chirp {

    private final int n;
    private final int length;
    private final Fourier forward;
    private final Fourier backward;
    private final double[] cos;
    private final double[] sin;
    private final double[] filterReal;
    private final double[] filterImag;
    private final double[] real;
    private final double[] imag;

    Chirp(int n, boolean inverse) {
      this.n = n;
      length = Integer.highestOneBit(2 * n - 2) * 2;
      forward = new Fourier(length, false);
      backward = new Fourier(length, true);
      cos = new double[n];
      sin = new double[n];
      filterReal = new double[length];
      filterImag = new double[length];
      real = new double[length];
      imag = new double[length];
      for (int j = 0; j < n; j++) {
        long square = (long) j * j % (2L * n);
        cos[j] = cosine(square, 2L * n);
        sin[j] = (inverse ? 1 : -1) * sine(square, 2L * n);
        filterReal[j] = cos[j];
        filterImag[j] = -sin[j];
        if (j > 0) {
          filterReal[length - j] = cos[j];
          filterImag[length - j] = -sin[j];
        }
      }
      forward.transform(filterReal, filterImag);
    }

    void transform(double[] re, double[] im) {
      Arrays.fill(real, 0);
      Arrays.fill(imag, 0);
      for (int j = 0; j < n; j++) {
        real[j] = re[j] * cos[j] - im[j] * sin[j];
        imag[j] = re[j] * sin[j] + im[j] * cos[j];
      }
      forward.transform(real, imag);
      for (int j = 0; j < length; j++) {
        double a = real[j] * filterReal[j] - imag[j] * filterImag[j];
        imag[j] = real[j] * filterImag[j] + imag[j] * filterReal[j];
        real[j] = a;
      }
      backward.transform(real, imag);
      for (int j = 0; j < n; j++) {
        double a = real[j] / length;
        double b = imag[j] / length;
        re[j] = a * cos[j] - b * sin[j];
        im[j] = a * sin[j] + b * cos[j];
      }
    }
  }
}
