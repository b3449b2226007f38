package org.sardonyx.kernels;

/**
 * Functions of one element, of parts that C2 can also make vectors of. Powers of e are 2^n exp(r),
 * times 2^31: what is subnormal in the end is not so before.
 */
final class PlainElements {

  // 1.5 * 2^23, added to a small number, leaves the nearest integer in the low bits. Another 127
  // make that the exponent of a float, and 31 more those of powers times 2^31.
  static final int MAGIC_BITS = 0x4b400000;
  private static final float MAGIC = 12582912f + 127 + 31;
  private static final float TWO_31 = 0x1p31f;
  private static final float LOG2_E = 1.442695f;
  // ln 2 in two parts, of which the first has so few bits that n times it is exact.
  private static final float LN2_HIGH = 355 / 512f;
  private static final float LN2_LOW = -2.12194440e-4f;

  /** The exponent after the last, and one so great that nothing can be added to the power. */
  static final int BEYOND = MAGIC_BITS + 255;

  static final int GREAT = MAGIC_BITS + 200;

  /** Where the quotients are 1, and nowhere above before. */
  static final float TANH_MOST = 8.124721f;

  static final float ERF_MOST = 3.645139f;

  // 2 sqrt(2 / pi) and 0.044715 of that in two parts each; one is so short that what is added to it
  // is exact.
  private static final double LINEAR = 1.5957691216057308;
  private static final float LINEAR_HIGH = 0x1.988p0f;
  private static final float LINEAR_LOW = (float) (LINEAR - LINEAR_HIGH);
  private static final double CUBIC = 0.044715 * LINEAR;
  private static final float CUBIC_HIGH = (float) CUBIC;
  private static final float CUBIC_LOW = (float) (CUBIC - CUBIC_HIGH);

  private PlainElements() {}

  /** Returns f(x), by {@link FloatMath} where powers are beyond what the others can. */
  static float of(Unary f, float x) {
    float c = x;
    float low = 0;
    if (f == Unary.TANH) {
      return tanh(bounded(x, TANH_MOST));
    } else if (f == Unary.ERF) {
      return erf(bounded(x, ERF_MOST));
    } else if (f == Unary.SOFTPLUS) {
      c = -Math.abs(x);
    } else if (f == Unary.GELU) {
      float square = x * x;
      c = square * -0.5f;
      low = lost(x, x, square) * -0.5f;
    } else if (f == Unary.GELU_TANH) {
      float square = x * x;
      float factor = factor(square);
      c = x * factor;
      low = Math.fma(x, factorLow(x, square, factor), lost(x, factor, c));
    }
    float t = shifted(c);
    if (!(Math.abs(t) < TWO_31 && (f != Unary.EXP || Float.floatToRawIntBits(t) < BEYOND))) {
      return beyond(f, x);
    }
    float e = power(c, low, f == Unary.EXP ? BEYOND : GREAT);
    if (f == Unary.EXP) {
      return exp(e);
    } else if (f == Unary.SOFTPLUS) {
      return softplus(x, e);
    } else if (f == Unary.GELU) {
      return gelu(x, e);
    }
    return f == Unary.SIGMOID ? sigmoid(e) : x * sigmoid(e);
  }

  private static float beyond(Unary f, float x) {
    if (f == Unary.EXP) {
      return FloatMath.exp(x);
    } else if (f == Unary.SIGMOID) {
      return FloatMath.sigmoid(x);
    } else if (f == Unary.SOFTPLUS) {
      return FloatMath.softplus(x);
    } else if (f == Unary.GELU) {
      return FloatMath.gelu(x);
    }
    return f == Unary.GELU_TANH ? FloatMath.geluTanh(x) : FloatMath.silu(x);
  }

  private static float bounded(float x, float most) {
    return x > most ? most : x < -most ? -most : x;
  }

  /** Returns 2^31 exp(c + low), of an exponent of at most that. */
  static float power(float c, float low, int most) {
    float t = shifted(c);
    float p = polynomial(rest(c, t) + low);
    int e = Math.min(Math.max(Float.floatToRawIntBits(t), MAGIC_BITS), most);
    return p * Float.intBitsToFloat(e << 23);
  }

  /** Returns a float with the exponent of 2^31 exp(c) in its low bits. */
  static float shifted(float c) {
    return Math.fma(c, LOG2_E, MAGIC);
  }

  /** Returns what is left of c without that exponent, at most 0.347. */
  static float rest(float c, float shifted) {
    float n = shifted - MAGIC;
    return Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, c));
  }

  /** Returns exp(r), by a polynomial for (exp(r) - 1 - r) / r^2, within 3.2e-9. */
  static float polynomial(float r) {
    float p = Math.fma(1.3818918e-3f, r, 0.008368701f);
    p = Math.fma(p, r, 0.04166829f);
    p = Math.fma(p, r, 0.16666521f);
    p = Math.fma(p, r, 0.49999994f);
    p = Math.fma(p, r, 1);
    return Math.fma(p, r, 1);
  }

  /** Returns a * b - product, what rounding took from it. */
  static float lost(float a, float b, float product) {
    return Math.fma(a, b, -product);
  }

  /** Returns 2 sqrt(2 / pi) (1 + 0.044715 x^2), without what {@link #factorLow} returns. */
  static float factor(float square) {
    return Math.fma(square, CUBIC_HIGH, LINEAR_HIGH);
  }

  static float factorLow(float x, float square, float factor) {
    float low = Math.fma(square, CUBIC_HIGH, LINEAR_HIGH - factor);
    low = Math.fma(square, CUBIC_LOW, low + LINEAR_LOW);
    return Math.fma(lost(x, x, square), CUBIC_HIGH, low);
  }

  static float exp(float e) {
    return e * (1 / TWO_31);
  }

  static float sigmoid(float e) {
    return e / (e + TWO_31);
  }

  /** log(1 + e) is twice the area tangent of e / (2 + e). */
  static float softplus(float x, float e) {
    float t = e / (e + 2 * TWO_31);
    float q = t * t;
    float p = Math.fma(0.2802446f, q, 0.27999142f);
    p = Math.fma(p, q, 0.400217f);
    p = Math.fma(p, q, 0.6666641f);
    return Math.fma(t * q, p, t + t) + Math.fma(x, 0.5f, Math.abs(x) * 0.5f);
  }

  /** x where it is positive, and its absolute value times half of erfc, which is small. */
  static float gelu(float x, float e) {
    float a = Math.abs(x);
    float t = a * 0.70710677f;
    float w = 1 / (t + 3);
    float u = (t - 3) * w;
    float p = Math.fma(-3.2595210e-4f, u, -4.843719e-4f);
    p = Math.fma(p, u, 0.0030800654f);
    p = Math.fma(p, u, -0.0012258196f);
    p = Math.fma(p, u, -0.026839588f);
    p = Math.fma(p, u, 0.11952896f);
    p = Math.fma(p, u, -0.31046608f);
    p = Math.fma(p, u, 0.5902283f);
    p = Math.fma(p, u, -0.8833945f);
    p = Math.fma(p, u, 1.0740069f);
    float half = Math.fma(x, -0.5f, a * -0.5f); // minus x, or 0
    return -Math.fma(a, e * (p * w) * (0.5f / TWO_31), half);
  }

  /** An odd rational function. */
  static float tanh(float x) {
    float s = x * x;
    float p = Math.fma(s, -2.7607684e-16f, 2.000188e-13f);
    p = Math.fma(p, s, -8.604672e-11f);
    p = Math.fma(p, s, 5.1222973e-8f);
    p = Math.fma(p, s, 1.48572235e-5f);
    p = Math.fma(p, s, 6.3726195e-4f);
    p = Math.fma(p, s, 0.0048935246f);
    float q = Math.fma(s, 1.1982584e-6f, 1.1853471e-4f);
    q = Math.fma(q, s, 0.0022684347f);
    q = Math.fma(q, s, 0.004893525f);
    return p / q * x;
  }

  /** As {@link #tanh}, within 3.3e-7 of itself. */
  static float erf(float x) {
    float s = x * x;
    float p = Math.fma(s, -1.2965497e-8f, 4.640145e-6f);
    p = Math.fma(p, s, 3.7792564e-4f);
    p = Math.fma(p, s, 0.003843316f);
    p = Math.fma(p, s, 0.05427445f);
    p = Math.fma(p, s, 0.1851685f);
    p = Math.fma(p, s, 1.1283792f);
    float q = Math.fma(s, 6.2689774e-5f, 0.0013040364f);
    q = Math.fma(q, s, 0.01544357f);
    q = Math.fma(q, s, 0.11391056f);
    q = Math.fma(q, s, 0.49743474f);
    q = Math.fma(q, s, 1);
    return p / q * x;
  }
}
