package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.UnaryLoops.LANES;

import org.sardonyx.kernels.Unary;

/**
 * The loops of this package without vectors, step for step and so bit for bit the same. They run
 * until the compiler is done with the vectors: before, a vector operation takes a microsecond.
 */
final class Twin {

  private static final int SIGN = 0x80000000;
  private static final float MAGIC = 12582912f;
  private static final int MAGIC_BITS = 0x4B400000;
  private static final float LOGISTIC_MOST = 16.246609f;
  private static final float TANH_MOST = 8.127328f;

  private static final float[] NONE = {};

  private Twin() {}

  static float exp(float x) {
    float bounded = x > 89 ? 89 : x;
    bounded = bounded < -176.1f ? -176.1f : bounded;
    float shifted = Math.fma(bounded, 1.442695f, MAGIC);
    float p = expRest(bounded, shifted - MAGIC);
    int exponent = Float.floatToRawIntBits(shifted) - MAGIC_BITS;
    int half = exponent >> 1;
    return p * power(half + 127) * power(exponent - half + 127);
  }

  private static float power(int exponent) {
    return Float.intBitsToFloat(exponent << 23);
  }

  private static float expRest(float x, float n) {
    float r = Math.fma(n, -355 / 512f, x);
    r = Math.fma(n, 2.12194440e-4f, r);
    float p = Math.fma(0.0013950525f, r, 0.008368908f);
    p = Math.fma(p, r, 0.041666206f);
    p = Math.fma(p, r, 0.16666518f);
    p = Math.fma(p, r, 0.5f);
    return Math.fma(p, r * r, r) + 1;
  }

  static float smallExp(float x) {
    float bounded = x < -105 ? -105 : x;
    float shifted = Math.fma(bounded, 1.442695f, MAGIC);
    float n = shifted - MAGIC;
    float r = Math.fma(n, 2.12194440e-4f, Math.fma(n, -355 / 512f, bounded));
    float p = Math.fma(0.0013950525f, r, 0.008368908f);
    p = Math.fma(p, r, 0.041666206f);
    p = Math.fma(p, r, 0.16666518f);
    p = Math.fma(p, r, 0.5f);
    p = Math.fma(p, r, 1);
    p = Math.fma(p, r, 1);
    int power = Float.floatToRawIntBits(shifted) << 23;
    return Float.intBitsToFloat(Math.max(Float.floatToRawIntBits(p) + power, 0));
  }

  private static float softExp(float t) {
    float v = t <= 105 ? t : 105;
    float shifted = Math.fma(v, -1.442695f, MAGIC);
    float r = Math.fma(shifted - MAGIC, 0.6931472f, v);
    float p = Math.fma(-0.0083124f, r, 0.04189128f);
    p = Math.fma(p, r, -0.16667119f);
    p = Math.fma(p, r, 0.49999225f);
    p = Math.fma(p, r, -1);
    p = Math.fma(p, r, 1);
    int power = Float.floatToRawIntBits(shifted) << 23;
    return Float.intBitsToFloat(Math.max(Float.floatToRawIntBits(p) + power, 0));
  }

  static float sigmoid(float x) {
    if (x < -4) {
      float e = smallExp(x);
      return e / (e + 1);
    }
    float v = x > LOGISTIC_MOST ? LOGISTIC_MOST : x;
    float s = v * v;
    float p = Math.fma(s, 4.37031e-11f, 1.1562732e-7f);
    p = Math.fma(p, s, 6.085749e-5f);
    p = Math.fma(p, s, 0.008513771f);
    p = Math.fma(p, s, 0.24828795f);
    float q = Math.fma(s, 6.1024737e-13f, 5.7610214e-9f);
    q = Math.fma(q, s, 6.291068e-6f);
    q = Math.fma(q, s, 0.0017019882f);
    q = Math.fma(q, s, 0.11681765f);
    q = Math.fma(q, s, 0.9931519f);
    return p * v / q + 0.5f;
  }

  private static float withSign(float x, float sign) {
    return Float.intBitsToFloat(
        (Float.floatToRawIntBits(sign) & SIGN) | Float.floatToRawIntBits(x));
  }

  static float tanh(float x) {
    if (Math.abs(x) < 4e-4f) {
      return x;
    }
    float v = x > TANH_MOST ? TANH_MOST : x;
    v = v < -TANH_MOST ? -TANH_MOST : v;
    float s = v * v;
    float p = Math.fma(s, -2.7607684e-16f, 2.000188e-13f);
    p = Math.fma(p, s, -8.604672e-11f);
    p = Math.fma(p, s, 5.1222973e-8f);
    p = Math.fma(p, s, 1.48572235e-5f);
    p = Math.fma(p, s, 6.3726195e-4f);
    p = Math.fma(p, s, 0.0048935246f);
    float q = Math.fma(s, 1.1982584e-6f, 1.1853471e-4f);
    q = Math.fma(q, s, 0.0022684347f);
    q = Math.fma(q, s, 0.004893525f);
    return p * v / q;
  }

  static float erf(float x) {
    float a = Math.abs(x);
    float y;
    if (a < 0.9f) {
      float q = a * a;
      float p = Math.fma(-6.111294e-4f, q, 0.0050162286f);
      p = Math.fma(p, q, -0.026781958f);
      p = Math.fma(p, q, 0.1128223f);
      p = Math.fma(p, q, -0.37612534f);
      p = Math.fma(p, q, 0.12837915f);
      y = Math.fma(p, a, a);
    } else {
      float t = a > 3.95f ? 3.95f : a;
      float g = Math.fma(1.982190e-4f, t, -0.0030654843f);
      g = Math.fma(g, t, 0.02231519f);
      g = Math.fma(g, t, -0.10411363f);
      g = Math.fma(g, t, -0.6369761f);
      g = Math.fma(g, t, -1.1277972f);
      g = Math.fma(g, t, -1.6645496e-4f);
      y = 1 - exp(g);
    }
    return withSign(y, x);
  }

  static float gelu(float x) {
    float a = Math.min(Math.abs(x), 14.49f);
    float square = a * a;
    float shifted = Math.fma(square, -0.7213475f, MAGIC);
    float n = shifted - MAGIC;
    float r = Math.fma(n, 355 / 256f, square);
    r = Math.fma(n, -4.2438888e-4f, r) + Math.fma(a, a, -square);
    float p = Math.fma(0.0013950525f / 64, r, 0.008368908f / -32);
    p = Math.fma(p, r, 0.041666206f / 16);
    p = Math.fma(p, r, 0.16666518f / -8);
    p = Math.fma(p, r, 0.125f);
    p = Math.fma(p, r, -0.5f);
    p = Math.fma(p, r, 1);
    int power = Float.floatToRawIntBits(shifted) << 23;
    float e = Float.intBitsToFloat(Math.max(Float.floatToRawIntBits(p) + power, 0));
    float u = Math.fma(-0.00411555f, a, -0.040628176f);
    u = Math.fma(u, a, -0.18322025f);
    u = Math.fma(u, a, -0.43827498f);
    u = Math.fma(u, a, -0.5f);
    float v = Math.fma(0.010316034f, a, 0.10184619f);
    v = Math.fma(v, a, 0.46943128f);
    v = Math.fma(v, a, 1.2024416f);
    v = Math.fma(v, a, 1.674435f);
    v = Math.fma(v, a, 1);
    return Math.fma(a, e * u / v, x < 0 ? -0f : x);
  }

  static float geluTanh(float x) {
    float a = Math.min(Math.abs(x), 10.8f);
    float factor = Math.fma(a * a, 0.071354814f, 1.595769f);
    float argument = a * factor;
    float lost = Math.fma(-a, factor, argument);
    float e = smallExp(-argument);
    e = Math.fma(e, lost, e);
    return product(x, (x >= 0 ? 1 : e) / (e + 1));
  }

  static float silu(float x) {
    return product(x, sigmoid(x));
  }

  private static float product(float x, float factor) {
    return x < -Float.MAX_VALUE ? -0f : x * factor;
  }

  static float softplus(float x) {
    float e = smallExp(-Math.min(Math.abs(x), 105));
    float t = e / (e + 2);
    float q = t * t;
    float p = Math.fma(0.2802446f, q, 0.27999142f);
    p = Math.fma(p, q, 0.400217f);
    p = Math.fma(p, q, 0.6666641f);
    return Math.fma(t * q, p, t + t) + (x < 0 ? 0 : x);
  }

  static float log(float x) {
    if (!(x > 0) || x > Float.MAX_VALUE) {
      return x < 0 ? Float.NaN : x == 0 ? Float.NEGATIVE_INFINITY : x;
    }
    boolean tiny = x < Float.MIN_NORMAL;
    int bits = Float.floatToRawIntBits(tiny ? x * 0x1p23f : x);
    int exponent = (bits - 0x3f3504f3) >> 23;
    float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1;
    float n = exponent;
    n = tiny ? n - 23 : n;
    float p = Math.fma(-0.07634564f, f, 0.12761612f);
    p = Math.fma(p, f, -0.13160174f);
    p = Math.fma(p, f, 0.14201753f);
    p = Math.fma(p, f, -0.16623358f);
    p = Math.fma(p, f, 0.20001227f);
    p = Math.fma(p, f, -0.2500082f);
    p = Math.fma(p, f, 0.3333333f);
    float square = f * f;
    float y = Math.fma(n, -2.12194440e-4f, p * f * square);
    y = Math.fma(square, -0.5f, y) + f;
    return Math.fma(n, 355 / 512f, y);
  }

  static void unary(Unary f, float[] x, int xo, float[] y, int yo, int n) {
    switch (f) {
      case EXP -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = exp(x[xo + i]);
        }
      }
      case LOG -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = log(x[xo + i]);
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = sigmoid(x[xo + i]);
        }
      }
      case TANH -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = tanh(x[xo + i]);
        }
      }
      case ERF -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = erf(x[xo + i]);
        }
      }
      case SOFTPLUS -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = softplus(x[xo + i]);
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = gelu(x[xo + i]);
        }
      }
      case GELU_TANH -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = geluTanh(x[xo + i]);
        }
      }
      case SILU -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = silu(x[xo + i]);
        }
      }
      case ABS, NEG, RELU, SQRT, RECIPROCAL -> throw new IllegalArgumentException(f.toString());
    }
  }

  static float sum(float[] x, int xo, int n) {
    int i = 0;
    float sum = 0;
    if (n >= LANES) {
      float[] s = new float[4 * LANES];
      for (; i + s.length <= n; i += s.length) {
        for (int j = 0; j < s.length; j++) {
          s[j] += x[xo + i + j];
        }
      }
      for (; i + LANES <= n; i += LANES) {
        for (int j = 0; j < LANES; j++) {
          s[j] += x[xo + i + j];
        }
      }
      sum = total(s);
    }
    for (; i < n; i++) {
      sum += x[xo + i];
    }
    return sum;
  }

  static float dot(float[] x, int xo, float[] y, int yo, int n) {
    int i = 0;
    float sum = 0;
    if (n >= LANES) {
      float[] s = new float[4 * LANES];
      for (; i + s.length <= n; i += s.length) {
        for (int j = 0; j < s.length; j++) {
          s[j] = Math.fma(x[xo + i + j], y[yo + i + j], s[j]);
        }
      }
      for (; i + LANES <= n; i += LANES) {
        for (int j = 0; j < LANES; j++) {
          s[j] = Math.fma(x[xo + i + j], y[yo + i + j], s[j]);
        }
      }
      sum = total(s);
    }
    for (; i < n; i++) {
      sum = Math.fma(x[xo + i], y[yo + i], sum);
    }
    return sum;
  }

  private static float total(float[] s) {
    for (int j = 0; j < LANES; j++) {
      s[j] = s[j] + s[LANES + j] + (s[2 * LANES + j] + s[3 * LANES + j]);
    }
    for (int by = LANES / 2; by > 0; by /= 2) {
      for (int j = 0; j < by; j++) {
        s[j] += s[j + by];
      }
    }
    return s[0];
  }

  static float max(float[] x, int xo, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[xo + i]);
    }
    return max;
  }

  static void softmax(float[] x, int xo, float[] y, int yo, int n, int rows) {
    for (int i = 0; i < rows; i++) {
      int to = yo + i * n;
      float factor = 1 / powers(x, xo + i * n, max(x, xo + i * n, n), y, to, n);
      for (int j = to; j < to + n; j++) {
        y[j] *= factor;
      }
    }
  }

  /** Returns the sum, or NaN where max is no number. */
  static float powers(float[] x, int xo, float max, float[] y, int yo, int n) {
    int whole = n - n % LANES;
    float[] s = whole == 0 ? NONE : new float[4 * LANES];
    float rest = 0;
    for (int i = 0; i < n; i++) {
      float e = softExp(max - x[xo + i]);
      y[yo + i] = e;
      if (i < whole) {
        s[i % (2 * LANES)] += e;
      } else {
        rest += e;
      }
    }
    return (whole == 0 ? rest : total(s) + rest) + 0 * max;
  }

  /** The gates i, o, f and g lie side by side, with the functions of all but g applied. */
  static void lstm(int n, float[] gates, int offset, float[] c, float[] h, int unit) {
    for (int j = 0; j < n; j++) {
      int i = offset + j;
      float cell = gates[i + 2 * n] * c[unit + j] + gates[i] * tanh(gates[i + 3 * n]);
      c[unit + j] = cell;
      h[unit + j] = gates[i + n] * tanh(cell);
    }
  }

  static void gru(int n, float[] gates, int z, int g, float[] h, float[] next, int unit) {
    for (int j = 0; j < n; j++) {
      float update = gates[z + j];
      next[unit + j] = (1 - update) * tanh(gates[g + j]) + update * h[unit + j];
    }
  }
}
