package org.sardonyx.operators.signal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * As {@link Fourier}, in float. Values lie as pairs of real and imaginary part.
 *
 * <p>Each stage splits n = l p m, where l is the product of the factors before, p the factor and m
 * what is left: {@code y[j, k, i] = w(p m)^(i j) sum over q of w(p)^(j q) x[k, q, i]}. Stages write
 * from one array to another so that the result comes out in order (Stockham). Lengths with a large
 * prime factor go through double, where a convolution does them.
 */
final class FloatFourier {

  /** Beyond this a prime factor costs more than a convolution. */
  private static final int LARGEST_FACTOR = 64;

  private static final float HALF_SQRT_3 = (float) (Math.sqrt(3) / 2);
  private static final float COS_72 = (float) ((Math.sqrt(5) - 1) / 4);
  private static final float COS_144 = (float) ((-Math.sqrt(5) - 1) / 4);
  private static final float SIN_72 = (float) Math.sqrt((5 + Math.sqrt(5)) / 8);
  private static final float SIN_144 = (float) Math.sqrt((5 - Math.sqrt(5)) / 8);

  private final int n;
  private final float sign;
  private final List<Stage> stages = new ArrayList<>();
  private final @Nullable Fourier inDouble;
  private float[] copy = {};
  private double[] real = {};
  private double[] imag = {};

  /**
   * A stage.
   *
   * @param before the product of the factors before
   * @param factor the factor p
   * @param rest what is left, m
   * @param twiddles {@code w(p m)^(i j)} at {@code (j - 1) * m + i}
   * @param roots {@code w(p)^j}; empty where the factor is written out
   */
  private record Stage(int before, int factor, int rest, float[] twiddles, float[] roots) {}

  /**
   * @param n the length
   * @param inverse whether the sign of the exponent is positive
   */
  FloatFourier(int n, boolean inverse) {
    this.n = n;
    sign = inverse ? 1 : -1;
    List<Integer> factors = factors(n);
    if (!factors.isEmpty() && factors.stream().mapToInt(f -> f).max().getAsInt() > LARGEST_FACTOR) {
      inDouble = new Fourier(n, inverse);
      real = new double[n];
      imag = new double[n];
      return;
    }
    inDouble = null;
    copy = new float[2 * n];
    int before = 1;
    for (int factor : factors) {
      int rest = n / before / factor;
      float[] twiddles = new float[2 * (factor - 1) * rest];
      for (int j = 1; j < factor; j++) {
        for (int i = 0; i < rest; i++) {
          root(twiddles, (j - 1) * rest + i, (long) i * j, (long) factor * rest);
        }
      }
      float[] roots = new float[factor > 5 ? 2 * factor : 0];
      for (int j = 0; 2 * j < roots.length; j++) {
        root(roots, j, j, factor);
      }
      stages.add(new Stage(before, factor, rest, twiddles, roots));
      before *= factor;
    }
  }

  private void root(float[] to, int at, long i, long of) {
    to[2 * at] = (float) Fourier.cosine(i, of);
    to[2 * at + 1] = sign * (float) Fourier.sine(i, of);
  }

  /** Fours first, then a two, then odd factors; a two goes to the front. */
  private static List<Integer> factors(int n) {
    List<Integer> factors = new ArrayList<>();
    int rest = n;
    while (rest % 4 == 0) {
      factors.add(4);
      rest /= 4;
    }
    if (rest % 2 == 0) {
      factors.addFirst(2);
      rest /= 2;
    }
    for (int p = 3; (long) p * p <= rest; p += 2) {
      while (rest % p == 0) {
        factors.add(p);
        rest /= p;
      }
    }
    if (rest > 1) {
      factors.add(rest);
    }
    return factors;
  }

  /** Transforms n pairs in place. */
  void transform(float[] x) {
    if (inDouble != null) {
      for (int i = 0; i < n; i++) {
        real[i] = x[2 * i];
        imag[i] = x[2 * i + 1];
      }
      inDouble.transform(real, imag);
      for (int i = 0; i < n; i++) {
        x[2 * i] = (float) real[i];
        x[2 * i + 1] = (float) imag[i];
      }
      return;
    }
    float[] from = x;
    float[] to = copy;
    for (Stage stage : stages) {
      switch (stage.factor) {
        case 2 -> by2(stage, from, to);
        case 3 -> by3(stage, from, to);
        case 4 -> by4(stage, from, to);
        case 5 -> by5(stage, from, to);
        default -> by(stage, from, to);
      }
      float[] swap = from;
      from = to;
      to = swap;
    }
    if (from != x) {
      System.arraycopy(from, 0, x, 0, 2 * n);
    }
  }

  /** Writes {@code (re, im)} times the twiddle of place i of output j. */
  private static void put(Stage s, float[] to, int k, int j, int i, float re, float im) {
    int at = 2 * (i + s.rest * (k + s.before * j));
    if (j == 0 || i == 0) {
      to[at] = re;
      to[at + 1] = im;
    } else {
      int w = 2 * ((j - 1) * s.rest + i);
      float c = s.twiddles[w];
      float d = s.twiddles[w + 1];
      to[at] = re * c - im * d;
      to[at + 1] = re * d + im * c;
    }
  }

  private static void by2(Stage s, float[] from, float[] to) {
    for (int k = 0; k < s.before; k++) {
      for (int i = 0; i < s.rest; i++) {
        int a = 2 * (i + s.rest * 2 * k);
        int b = a + 2 * s.rest;
        put(s, to, k, 0, i, from[a] + from[b], from[a + 1] + from[b + 1]);
        put(s, to, k, 1, i, from[a] - from[b], from[a + 1] - from[b + 1]);
      }
    }
  }

  private void by3(Stage s, float[] from, float[] to) {
    float root = sign * HALF_SQRT_3;
    for (int k = 0; k < s.before; k++) {
      for (int i = 0; i < s.rest; i++) {
        int a = 2 * (i + s.rest * 3 * k);
        int b = a + 2 * s.rest;
        int c = b + 2 * s.rest;
        float sumRe = from[b] + from[c];
        float sumIm = from[b + 1] + from[c + 1];
        float re = from[a] - 0.5f * sumRe;
        float im = from[a + 1] - 0.5f * sumIm;
        float turnRe = -(root * (from[b + 1] - from[c + 1]));
        float turnIm = root * (from[b] - from[c]);
        put(s, to, k, 0, i, from[a] + sumRe, from[a + 1] + sumIm);
        put(s, to, k, 1, i, re + turnRe, im + turnIm);
        put(s, to, k, 2, i, re - turnRe, im - turnIm);
      }
    }
  }

  private void by4(Stage s, float[] from, float[] to) {
    for (int k = 0; k < s.before; k++) {
      for (int i = 0; i < s.rest; i++) {
        int a = 2 * (i + s.rest * 4 * k);
        int b = a + 2 * s.rest;
        int c = b + 2 * s.rest;
        int d = c + 2 * s.rest;
        float evenRe = from[a] + from[c];
        float evenIm = from[a + 1] + from[c + 1];
        float oddRe = from[b] + from[d];
        float oddIm = from[b + 1] + from[d + 1];
        float lessRe = from[a] - from[c];
        float lessIm = from[a + 1] - from[c + 1];
        float turnRe = -sign * (from[b + 1] - from[d + 1]);
        float turnIm = sign * (from[b] - from[d]);
        put(s, to, k, 0, i, evenRe + oddRe, evenIm + oddIm);
        put(s, to, k, 1, i, lessRe + turnRe, lessIm + turnIm);
        put(s, to, k, 2, i, evenRe - oddRe, evenIm - oddIm);
        put(s, to, k, 3, i, lessRe - turnRe, lessIm - turnIm);
      }
    }
  }

  private void by5(Stage s, float[] from, float[] to) {
    float sin1 = sign * SIN_72;
    float sin2 = sign * SIN_144;
    for (int k = 0; k < s.before; k++) {
      for (int i = 0; i < s.rest; i++) {
        int a = 2 * (i + s.rest * 5 * k);
        int b = a + 2 * s.rest;
        int c = b + 2 * s.rest;
        int d = c + 2 * s.rest;
        int e = d + 2 * s.rest;
        float outerRe = from[b] + from[e];
        float outerIm = from[b + 1] + from[e + 1];
        float innerRe = from[c] + from[d];
        float innerIm = from[c + 1] + from[d + 1];
        float outerLessRe = from[b] - from[e];
        float outerLessIm = from[b + 1] - from[e + 1];
        float innerLessRe = from[c] - from[d];
        float innerLessIm = from[c + 1] - from[d + 1];
        put(s, to, k, 0, i, from[a] + outerRe + innerRe, from[a + 1] + outerIm + innerIm);
        float re = from[a] + COS_72 * outerRe + COS_144 * innerRe;
        float im = from[a + 1] + COS_72 * outerIm + COS_144 * innerIm;
        float turnRe = -(sin1 * outerLessIm + sin2 * innerLessIm);
        float turnIm = sin1 * outerLessRe + sin2 * innerLessRe;
        put(s, to, k, 1, i, re + turnRe, im + turnIm);
        put(s, to, k, 4, i, re - turnRe, im - turnIm);
        re = from[a] + COS_144 * outerRe + COS_72 * innerRe;
        im = from[a + 1] + COS_144 * outerIm + COS_72 * innerIm;
        turnRe = -(sin2 * outerLessIm - sin1 * innerLessIm);
        turnIm = sin2 * outerLessRe - sin1 * innerLessRe;
        put(s, to, k, 2, i, re + turnRe, im + turnIm);
        put(s, to, k, 3, i, re - turnRe, im - turnIm);
      }
    }
  }

  private static void by(Stage s, float[] from, float[] to) {
    int p = s.factor;
    for (int k = 0; k < s.before; k++) {
      for (int i = 0; i < s.rest; i++) {
        for (int j = 0; j < p; j++) {
          int a = 2 * (i + s.rest * p * k);
          float re = from[a];
          float im = from[a + 1];
          for (int q = 1; q < p; q++) {
            a += 2 * s.rest;
            int w = 2 * (q * j % p);
            re += from[a] * s.roots[w] - from[a + 1] * s.roots[w + 1];
            im += from[a] * s.roots[w + 1] + from[a + 1] * s.roots[w];
          }
          put(s, to, k, j, i, re, im);
        }
      }
    }
  }
}
