package org.sardonyx.kernels;

/**
 * Functions of floats, computed in double by polynomials and rounded once: within 0.6 units in the
 * last place of the true value, infinities and NaN as IEEE has them. What {@link Kernels} means.
 */
final class FloatMath {

  private static final double LOG2_E = 1 / StrictMath.log(2);
  // The first 32 bits of ln 2, and the rest: n times the first is exact.
  private static final double LN2_HIGH = 0.6931471803691238;
  private static final double LN2_LOW = 1.9082149292705877e-10;
  private static final double SQRT_HALF = Math.sqrt(0.5);
  private static final double TWICE_SQRT_2_OVER_PI = 2 * Math.sqrt(2 / Math.PI);

  private FloatMath() {}

  /** Returns exp(x) within 2e-14 of itself; 0 below -110, infinity above 100. */
  static double wideExp(double x) {
    if (x < -110 || x > 100) {
      return x < 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    double n = Math.rint(x * LOG2_E);
    double r = x - n * LN2_HIGH - n * LN2_LOW;
    double r2 = r * r;
    double r4 = r2 * r2;
    // The Taylor series to r^11, in pairs.
    double low = 1 + r + r2 * (1 / 2.0 + r * (1 / 6.0));
    double middle = 1 / 24.0 + r * (1 / 120.0) + r2 * (1 / 720.0 + r * (1 / 5040.0));
    double high = 1 / 40320.0 + r * (1 / 362880.0) + r2 * (1 / 3628800.0 + r * (1 / 39916800.0));
    double p = low + r4 * (middle + r4 * high);
    return p * Double.longBitsToDouble(((long) n + 1023) << 52);
  }

  static float exp(float x) {
    return (float) wideExp(x);
  }

  static double sigmoid(double x) {
    double e = wideExp(-Math.abs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
  }

  static float sigmoid(float x) {
    return (float) sigmoid((double) x);
  }

  static float tanh(float x) {
    double a = Math.abs((double) x);
    if (a < 0.03) {
      double q = a * a;
      return (float) (x * (1 - q * (1 / 3.0 - q * (2 / 15.0))));
    }
    double e = wideExp(-2 * a);
    return (float) Math.copySign((1 - e) / (1 + e), x);
  }

  static float erf(float x) {
    double a = Math.abs((double) x);
    if (a < 1) {
      double q = a * a;
      // The sum of (-q)^n / (n! (2n + 1)).
      double p = -1 / 6894720.0 + q * (1 / 76204800.0);
      p = 1 / 9360.0 + q * (-1 / 75600.0 + q * (1 / 685440.0 + q * p));
      p = -1 / 42.0 + q * (1 / 216.0 + q * (-1 / 1320.0 + q * p));
      p = 1 + q * (-1 / 3.0 + q * (1 / 10.0 + q * p));
      return (float) (2 / Math.sqrt(Math.PI) * x * p);
    }
    return (float) Math.copySign(1 - ScalarMath.erfcx(a) * wideExp(-a * a), x);
  }

  static float softplus(float x) {
    double e = wideExp(-Math.abs((double) x));
    // log(1 + e) = 2 atanh(t).
    double t = e / (2 + e);
    double q = t * t;
    double p = 1.0 / 11 + q * (1.0 / 13 + q * (1.0 / 15 + q * (1.0 / 17)));
    p = 1 + q * (1.0 / 3 + q * (1.0 / 5 + q * (1.0 / 7 + q * (1.0 / 9 + q * p))));
    return (float) (Math.max((double) x, 0) + 2 * t * p);
  }

  static float silu(float x) {
    return (float) (x == Float.NEGATIVE_INFINITY ? -0.0 : x * sigmoid((double) x));
  }

  static float gelu(float x) {
    if (x == Float.NEGATIVE_INFINITY) {
      return -0f;
    }
    double a = Math.abs((double) x);
    double tail = 0.5 * ScalarMath.erfcx(a * SQRT_HALF) * wideExp(-0.5 * a * a);
    return (float) (x * (x > 0 ? 1 - tail : tail));
  }

  static float geluTanh(float x) {
    if (x == Float.NEGATIVE_INFINITY) {
      return -0f;
    }
    double v = x;
    return (float) (v * sigmoid(TWICE_SQRT_2_OVER_PI * (v + 0.044715 * v * v * v)));
  }
}
