package org.sardonyx.conformance.arbiter;

/** Functions of one number, right to a few units in the last place of double. */
final class Functions {

  private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

  private Functions() {}

  /** {@code 1 / (1 + exp(-x))}, without overflow on either side. */
  static double sigmoid(double x) {
    if (x >= 0) {
      return 1 / (1 + StrictMath.exp(-x));
    }
    double e = StrictMath.exp(x);
    return e / (1 + e);
  }

  /** {@code ln(1 + exp(x))}. */
  static double softplus(double x) {
    return x > 0 ? x + StrictMath.log1p(StrictMath.exp(-x)) : StrictMath.log1p(StrictMath.exp(x));
  }

  /**
   * The error function: below 3 by {@code 2/sqrt(pi) exp(-x^2) sum (2x^2)^n x / (2n+1)!!}, whose
   * terms all have one sign, above by the continued fraction of {@link #erfc}.
   */
  static double erf(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    double a = Math.abs(x);
    if (a >= 3) {
      return Math.copySign(1 - erfcTail(a), x);
    }
    double term = a;
    double sum = a;
    for (int n = 1; term > sum * 0x1p-60; n++) {
      term *= 2 * a * a / (2 * n + 1);
      sum += term;
    }
    return Math.copySign(TWO_OVER_SQRT_PI * StrictMath.exp(-a * a) * sum, x);
  }

  /** {@code 1 - erf(x)}, exact also where that is small. */
  static double erfc(double x) {
    return x >= 3 ? erfcTail(x) : 1 - erf(x);
  }

  /**
   * {@code exp(-x^2)/sqrt(pi) * 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + ...))))} for x of 3 and more.
   */
  private static double erfcTail(double x) {
    if (x > 30) {
      return 0;
    }
    double fraction = x;
    for (int n = 120; n >= 1; n--) {
      fraction = x + n / 2.0 / fraction;
    }
    return StrictMath.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
  }

  /** {@code x/2 * (1 + erf(x/sqrt(2)))}; 0 at minus infinity. */
  static double gelu(double x) {
    if (x == Double.NEGATIVE_INFINITY) {
      return 0;
    }
    return 0.5 * x * erfc(-x / Math.sqrt(2));
  }

  /** {@code x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3)))}; 0 at minus infinity. */
  static double geluTanh(double x) {
    if (x == Double.NEGATIVE_INFINITY) {
      return 0;
    }
    double u = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
    // (1 + tanh(u)) / 2 = sigmoid(2u), without cancellation.
    return x * sigmoid(2 * u);
  }
}
