package org.sardonyx.kernels;

/** Functions that {@link StrictMath} lacks, in double. */
public final class ScalarMath {

  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

  private static final double[] ERFCX = {
    1.0959956610004913,
    -0.9765487290808846,
    0.7732087022652189,
    -0.540853831312959,
    0.3308515878788778,
    -0.17401093724832534,
    0.07638151489256047,
    -0.026370053225422567,
    0.00611205583010405,
    -0.0002809597151037533,
    -0.00045505378768666,
    0.00017681651296356905,
    -3.6307106381938237e-06,
    -1.8870639716705316e-05,
    4.682818412243567e-06,
    1.4396105929058514e-06,
    -8.27340671791207e-07,
    -8.902700248247936e-08,
    1.0634660809915124e-07,
    6.01385272734265e-09,
    -7.305281843014703e-09
  };

  private ScalarMath() {}

  /** 1 / (1 + exp(-x)), exact in both tails. */
  public static double sigmoid(double x) {
    if (x >= 0) {
      return 1 / (1 + StrictMath.exp(-x));
    }
    double e = StrictMath.exp(x);
    return e / (1 + e);
  }

  /** log(1 + exp(x)) without overflow. */
  public static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  /** x * (1 + erf(x / sqrt 2)) / 2; 0 at minus infinity. */
  public static double gelu(double x) {
    return x == Double.NEGATIVE_INFINITY ? -0.0 : 0.5 * x * erfc(-x * Math.sqrt(0.5));
  }

  /** The tanh form of {@link #gelu}; 0 at minus infinity. */
  public static double geluTanh(double x) {
    return x == Double.NEGATIVE_INFINITY
        ? -0.0
        : x * sigmoid(2 * SQRT_2_OVER_PI * (x + 0.044715 * x * x * x));
  }

  /**
   * The error function: its Maclaurin series below 1, else 1 - erfc.
   *
   * @return within 1e-15 of the true value
   */
  public static double erf(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    double a = Math.abs(x);
    if (a < 1) {
      // erf(x) = 2/sqrt(pi) * exp(-x^2) * sum 2^n x^(2n+1) / (2n+1)!!, all terms of one sign.
      double term = x;
      double sum = x;
      for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
        term *= 2 * x * x / (2 * n + 1);
        sum += term;
      }
      return 2 / Math.sqrt(Math.PI) * StrictMath.exp(-x * x) * sum;
    }
    return Math.copySign(1 - erfc(a), x);
  }

  /** 1 - erf(x), with small relative error where it is tiny. */
  public static double erfc(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    if (x < 1) {
      return 1 - erf(x);
    }
    return x > 27.3 ? 0 : erfcx(x) * StrictMath.exp(-x * x);
  }

  /**
   * exp(x^2) * erfc(x) for x from 0 to 27.3, within 1e-15 of itself; beyond, some finite number,
   * which exp(-x^2) makes 0. A minimax polynomial of {@code erfcx(x) * (x + 4)} in {@code (x - 4) /
   * (x + 4)}.
   */
  static double erfcx(double x) {
    double capped = Math.min(x, 28);
    double u = (capped - 4) / (capped + 4);
    double p = ERFCX[ERFCX.length - 1];
    for (int i = ERFCX.length - 2; i >= 0; i--) {
      p = p * u + ERFCX[i];
    }
    return p / (capped + 4);
  }
}
