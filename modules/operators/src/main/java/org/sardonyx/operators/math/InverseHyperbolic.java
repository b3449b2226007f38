package org.sardonyx.operators.math;

/**
 * The inverse hyperbolic functions, in forms that lose nothing near 0 and 1 and do not overflow.
 */
final class InverseHyperbolic {

  private static final double LN_2 = StrictMath.log(2);
  // Beyond this, x * x + 1 is x * x.
  private static final double LARGE = 0x1p28;

  private InverseHyperbolic() {}

  static double asinh(double x) {
    double a = Math.abs(x);
    double y =
        a > LARGE
            ? StrictMath.log(a) + LN_2
            : StrictMath.log1p(a + a * a / (1 + Math.sqrt(a * a + 1)));
    return Math.copySign(y, x);
  }

  static double acosh(double x) {
    if (x > LARGE) {
      return StrictMath.log(x) + LN_2;
    }
    if (x < 1) {
      return Double.NaN;
    }
    double t = x - 1;
    return StrictMath.log1p(t + Math.sqrt(2 * t + t * t));
  }

  static double atanh(double x) {
    double a = Math.abs(x);
    return Math.copySign(0.5 * StrictMath.log1p(2 * a / (1 - a)), x);
  }
}
