package org.sardonyx.operators.reduction;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Unary;

/** What becomes of a row of numbers, for floats, doubles and integers. */
enum Reducer {
  SUM(Binary.ADD) {
    @Override
    float floats(Kernels kernels, float[] x, int offset, int n) {
      return kernels.sum(x, offset, n);
    }

    @Override
    double doubles(double[] x, int offset, int n) {
      // Some at once: each addition waits for the one before it.
      double a = 0;
      double b = 0;
      double c = 0;
      double d = 0;
      double e = 0;
      double f = 0;
      int i = offset;
      for (; i + 6 <= offset + n; i += 6) {
        a += x[i];
        b += x[i + 1];
        c += x[i + 2];
        d += x[i + 3];
        e += x[i + 4];
        f += x[i + 5];
      }
      for (; i < offset + n; i++) {
        a += x[i];
      }
      return a + b + (c + d) + (e + f);
    }

    @Override
    long longs(long[] x, int n, boolean unsigned) {
      long sum = 0;
      for (int i = 0; i < n; i++) {
        sum += x[i];
      }
      return sum;
    }
  },
  MEAN(Binary.ADD) {
    @Override
    float floats(Kernels kernels, float[] x, int offset, int n) {
      return kernels.sum(x, offset, n) / n;
    }

    @Override
    double doubles(double[] x, int offset, int n) {
      return SUM.doubles(x, offset, n) / n;
    }

    @Override
    long longs(long[] x, int n, boolean unsigned) {
      if (n == 0) {
        throw new OperatorFailed("the mean of no integers is not defined");
      }
      long sum = SUM.longs(x, n, unsigned);
      return unsigned ? Long.divideUnsigned(sum, n) : sum / n;
    }
  },
  MAX(Binary.MAX) {
    @Override
    float floats(Kernels kernels, float[] x, int offset, int n) {
      return kernels.max(x, offset, n);
    }

    @Override
    double doubles(double[] x, int offset, int n) {
      double max = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < n; i++) {
        max = Math.max(max, x[offset + i]);
      }
      return max;
    }

    @Override
    long longs(long[] x, int n, boolean unsigned) {
      long flip = unsigned ? Long.MIN_VALUE : 0;
      long max = x[0] ^ flip;
      for (int i = 1; i < n; i++) {
        max = Math.max(max, x[i] ^ flip);
      }
      return max ^ flip;
    }
  },
  MIN(Binary.MIN) {
    @Override
    float floats(Kernels kernels, float[] x, int offset, int n) {
      float min = kernels.min(x, offset, n);
      return min == 0 ? Kernels.scalar().min(x, offset, n) : min;
    }

    @Override
    double doubles(double[] x, int offset, int n) {
      double min = Double.POSITIVE_INFINITY;
      for (int i = 0; i < n; i++) {
        min = Math.min(min, x[offset + i]);
      }
      return min;
    }

    @Override
    long longs(long[] x, int n, boolean unsigned) {
      long flip = unsigned ? Long.MIN_VALUE : 0;
      long min = x[0] ^ flip;
      for (int i = 1; i < n; i++) {
        min = Math.min(min, x[i] ^ flip);
      }
      return min ^ flip;
    }
  },
  PROD(Binary.MUL) {
    @Override
    float floats(Kernels kernels, float[] x, int offset, int n) {
      float product = 1;
      for (int i = 0; i < n; i++) {
        product *= x[offset + i];
      }
      return product;
    }

    @Override
    double doubles(double[] x, int offset, int n) {
      double product = 1;
      for (int i = 0; i < n; i++) {
        product *= x[offset + i];
      }
      return product;
    }

    @Override
    long longs(long[] x, int n, boolean unsigned) {
      long product = 1;
      for (int i = 0; i < n; i++) {
        product *= x[i];
      }
      return product;
    }
  },
  L1(null) {
    @Override
    float floats(Kernels kernels, float[] x, int offset, int n) {
      float[] magnitudes = new float[n];
      kernels.unary(Unary.ABS, x, offset, magnitudes, 0, n);
      return kernels.sum(magnitudes, 0, n);
    }

    @Override
    double doubles(double[] x, int offset, int n) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += Math.abs(x[offset + i]);
      }
      return sum;
    }

    @Override
    long longs(long[] x, int n, boolean unsigned) {
      long sum = 0;
      for (int i = 0; i < n; i++) {
        sum += unsigned ? x[i] : Math.abs(x[i]);
      }
      return sum;
    }
  },
  L2(null) {
    // In double where the squares leave the range of float, which their root need not.
    @Override
    float floats(Kernels kernels, float[] x, int offset, int n) {
      float squares = kernels.dot(x, offset, x, offset, n);
      if (isRoot(squares)) {
        return (float) Math.sqrt(squares);
      }
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += (double) x[offset + i] * x[offset + i];
      }
      return (float) Math.sqrt(sum);
    }

    @Override
    double doubles(double[] x, int offset, int n) {
      return Math.sqrt(SUM_SQUARE.doubles(x, offset, n));
    }

    @Override
    long longs(long[] x, int n, boolean unsigned) {
      return (long) Math.sqrt(SUM_SQUARE.doubles(widened(x, n, unsigned), 0, n));
    }
  },
  LOG_SUM(null) {
    @Override
    float floats(Kernels kernels, float[] x, int offset, int n) {
      return (float) StrictMath.log(kernels.sum(x, offset, n));
    }

    @Override
    double doubles(double[] x, int offset, int n) {
      return StrictMath.log(SUM.doubles(x, offset, n));
    }

    @Override
    long longs(long[] x, int n, boolean unsigned) {
      return (long) doubles(widened(x, n, unsigned), 0, n);
    }
  },
  LOG_SUM_EXP(null) {
    // The greatest is taken out first; one that is infinite is the result.
    @Override
    float floats(Kernels kernels, float[] x, int offset, int n) {
      float max = kernels.max(x, offset, n);
      if (Float.isNaN(max) || Float.isInfinite(max)) {
        return max;
      }
      float[] e = new float[n];
      kernels.binaryRight(Binary.SUB, x, offset, max, e, 0, n);
      kernels.unary(Unary.EXP, e, 0, e, 0, n);
      return (float) (StrictMath.log(kernels.sum(e, 0, n)) + max);
    }

    @Override
    double doubles(double[] x, int offset, int n) {
      double max = MAX.doubles(x, offset, n);
      if (Double.isNaN(max) || Double.isInfinite(max)) {
        return max;
      }
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += StrictMath.exp(x[offset + i] - max);
      }
      return StrictMath.log(sum) + max;
    }

    @Override
    long longs(long[] x, int n, boolean unsigned) {
      return (long) doubles(widened(x, n, unsigned), 0, n);
    }
  },
  SUM_SQUARE(null) {
    @Override
    float floats(Kernels kernels, float[] x, int offset, int n) {
      return kernels.dot(x, offset, x, offset, n);
    }

    @Override
    double doubles(double[] x, int offset, int n) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += x[offset + i] * x[offset + i];
      }
      return sum;
    }

    @Override
    long longs(long[] x, int n, boolean unsigned) {
      long sum = 0;
      for (int i = 0; i < n; i++) {
        sum += x[i] * x[i];
      }
      return sum;
    }
  };

  // Sums of squares below this have lost bits to underflow.
  private static final float SMALL = 1e-30f;

  private final @Nullable Binary columns;

  Reducer(@Nullable Binary columns) {
    this.columns = columns;
  }

  /** Returns the function that takes two rows to one where only columns are reduced, or null. */
  @Nullable Binary columns() {
    return columns;
  }

  /** Whether one number alone becomes itself. */
  boolean keepsOne() {
    return columns != null;
  }

  abstract float floats(Kernels kernels, float[] x, int offset, int n);

  abstract double doubles(double[] x, int offset, int n);

  /** Reduces {@code x[0..n)}; {@code unsigned} is about 64-bit integers. */
  abstract long longs(long[] x, int n, boolean unsigned);

  /** Whether a sum of squares has lost nothing that its root were to have. */
  static boolean isRoot(float squares) {
    return squares > SMALL && squares <= Float.MAX_VALUE;
  }

  /** Sets each {@code a[i]} to what becomes of it and {@code b[i]}, signed. */
  void fold(long[] a, long[] b) {
    switch (this) {
      case MAX -> {
        for (int i = 0; i < a.length; i++) {
          a[i] = Math.max(a[i], b[i]);
        }
      }
      case MIN -> {
        for (int i = 0; i < a.length; i++) {
          a[i] = Math.min(a[i], b[i]);
        }
      }
      case PROD -> {
        for (int i = 0; i < a.length; i++) {
          a[i] *= b[i];
        }
      }
      default -> {
        for (int i = 0; i < a.length; i++) {
          a[i] += b[i];
        }
      }
    }
  }

  /** Sets each {@code a[i]} to what becomes of it and {@code b[i]}. */
  void fold(double[] a, double[] b) {
    switch (this) {
      case MAX -> {
        for (int i = 0; i < a.length; i++) {
          a[i] = Math.max(a[i], b[i]);
        }
      }
      case MIN -> {
        for (int i = 0; i < a.length; i++) {
          a[i] = Math.min(a[i], b[i]);
        }
      }
      case PROD -> {
        for (int i = 0; i < a.length; i++) {
          a[i] *= b[i];
        }
      }
      default -> {
        for (int i = 0; i < a.length; i++) {
          a[i] += b[i];
        }
      }
    }
  }

  private static double[] widened(long[] x, int n, boolean unsigned) {
    double[] wide = new double[n];
    for (int i = 0; i < n; i++) {
      wide[i] = unsigned && x[i] < 0 ? ((x[i] >>> 1) | (x[i] & 1)) * 2.0 : x[i];
    }
    return wide;
  }
}
