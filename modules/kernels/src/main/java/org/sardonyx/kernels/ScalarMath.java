package org.sardonyx.kernels;

/** Functions that {@link StrictMath} lacks, in double. */
public final class ScalarMath {

  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

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
   * The error function: its Maclaurin series below 2.5, else 1 - erfc.
   *
   * @return within 1e-15 of the true value
   */
  public static double erf(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    double a = Math.abs(x);
    if (a < 2.5) {
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
    if (x < 2.5) {
      return 1 - erf(x);
    }
    if (x > 27) {
      return 0;
    }
    // Continued fraction (Abramowitz and Stegun 7.1.14), from the inside out.
    double fraction = 0;
    for (int k = 120; k >= 1; k--) {
      fraction = k / 2.0 / (x + fraction);
    }
    return StrictMath.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
  }
}
