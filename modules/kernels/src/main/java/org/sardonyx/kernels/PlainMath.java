package org.sardonyx.kernels;

/** Functions of every element of an array in its place, of which C2 makes vectors. */
final class PlainMath {

  private static final double TWICE_SQRT_2_OVER_PI = 2 * Math.sqrt(2 / Math.PI);

  private PlainMath() {}

  /**
   * Returns exp(x) within 1e-7 of itself, infinity above 88.8, 0 below -104 or NaN: the series of
   * exp(x / 512) in double, squared nine times. Squares need no integers, of which C2 makes no
   * floats in vectors.
   */
  private static double exp(double x) {
    double r = Math.max(x, -110) * (1 / 512.0);
    double p = Math.fma(r, 1 / 5040.0, 1 / 720.0);
    p = Math.fma(p, r, 1 / 120.0);
    p = Math.fma(p, r, 1 / 24.0);
    p = Math.fma(p, r, 1 / 6.0);
    p = Math.fma(p, r, 0.5);
    p = Math.fma(p, r, 1);
    p = Math.fma(p, r, 1);
    p = p * p;
    p = p * p;
    p = p * p;
    p = p * p;
    p = p * p;
    p = p * p;
    p = p * p;
    p = p * p;
    return p * p;
  }

  static void expFrom(float max, float[] y, int at, int n) {
    for (int i = 0; i < n; i++) {
      y[at + i] = (float) exp(y[at + i] - max);
    }
  }

  static void apply(Unary f, float[] y, int at, int n) {
    switch (f) {
      case ABS -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = Math.abs(y[at + i]);
        }
      }
      case NEG -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = -y[at + i];
        }
      }
      case RELU -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = Math.max(y[at + i], 0);
        }
      }
      case SQRT -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = (float) Math.sqrt(y[at + i]);
        }
      }
      case RECIPROCAL -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = 1 / y[at + i];
        }
      }
      case EXP -> expFrom(0, y, at, n);
      case SIGMOID -> sigmoid(y, at, n);
      case TANH -> tanh(y, at, n);
      case ERF -> erf(y, at, n);
      case SOFTPLUS -> softplus(y, at, n);
      case GELU -> gelu(y, at, n);
      case GELU_TANH -> geluTanh(y, at, n);
      case SILU -> silu(y, at, n);
      case LOG -> throw new IllegalArgumentException(f.toString());
    }
  }

  private static void sigmoid(float[] y, int at, int n) {
    for (int i = 0; i < n; i++) {
      y[at + i] = 1 / (1 + (float) exp(-y[at + i]));
    }
  }

  /** Minus infinity times 0 is to be 0. */
  private static void silu(float[] y, int at, int n) {
    for (int i = 0; i < n; i++) {
      float x = y[at + i];
      y[at + i] = Math.max(x, -Float.MAX_VALUE) / (1 + (float) exp(-x));
    }
  }

  private static void geluTanh(float[] y, int at, int n) {
    for (int i = 0; i < n; i++) {
      float x = y[at + i];
      double v = x;
      float e =
          (float) exp(v * Math.fma(v * v, -TWICE_SQRT_2_OVER_PI * 0.044715, -TWICE_SQRT_2_OVER_PI));
      y[at + i] = Math.max(x, -Float.MAX_VALUE) / (1 + e);
    }
  }

  /** An odd rational function, which ends at 1. */
  private static void tanh(float[] y, int at, int n) {
    for (int i = 0; i < n; i++) {
      float x = y[at + i];
      float s = Math.min(x * x, 81);
      float p = Math.fma(s, -2.7607684e-16f, 2.000188e-13f);
      p = Math.fma(p, s, -8.604672e-11f);
      p = Math.fma(p, s, 5.1222973e-8f);
      p = Math.fma(p, s, 1.48572235e-5f);
      p = Math.fma(p, s, 6.3726195e-4f);
      p = Math.fma(p, s, 0.0048935246f);
      float q = Math.fma(s, 1.1982584e-6f, 1.1853471e-4f);
      q = Math.fma(q, s, 0.0022684347f);
      q = Math.fma(q, s, 0.004893525f);
      y[at + i] = Math.max(Math.min(p / q * x, 1), -1);
    }
  }

  /** As {@link #tanh}, within 3.3e-7 of itself. */
  private static void erf(float[] y, int at, int n) {
    for (int i = 0; i < n; i++) {
      float x = y[at + i];
      float s = Math.min(x * x, 15.6f);
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
      y[at + i] = Math.max(Math.min(p / q * x, 1), -1);
    }
  }

  /** log(1 + e) is twice the area tangent of e / (2 + e). */
  private static void softplus(float[] y, int at, int n) {
    for (int i = 0; i < n; i++) {
      float x = y[at + i];
      float e = (float) exp(-Math.abs(x));
      float t = e / (e + 2);
      float q = t * t;
      float p = Math.fma(0.2802446f, q, 0.27999142f);
      p = Math.fma(p, q, 0.400217f);
      p = Math.fma(p, q, 0.6666641f);
      y[at + i] = Math.fma(t * q, p, t + t) + Math.max(x, 0);
    }
  }

  /** x where it is positive, and its absolute value times half of erfc, which is small. */
  private static void gelu(float[] y, int at, int n) {
    for (int i = 0; i < n; i++) {
      float x = y[at + i];
      float a = Math.min(Math.abs(x), 14.49f);
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
      float e = (float) exp((double) a * a * -0.5);
      y[at + i] = Math.fma(a, e * (p * w) * -0.5f, Math.max(x, -0f));
    }
  }
}
