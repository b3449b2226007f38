package org.sardonyx.torch;

import java.util.function.DoubleUnaryOperator;

/** Layers of PyTorch in double, written from their formulas, on single rows and images. */
final class Float64 {

  private Float64() {}

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  static double[] map(double[] x, DoubleUnaryOperator f) {
    return java.util.Arrays.stream(x).map(f).toArray();
  }

  /** W x + b, W [out, in]. */
  static double[] linear(double[] x, float[] w, float[] b) {
    int out = w.length / x.length;
    double[] y = new double[out];
    for (int o = 0; o < out; o++) {
      y[o] = b.length == 0 ? 0 : b[o];
      for (int i = 0; i < x.length; i++) {
        y[o] += (double) w[o * x.length + i] * x[i];
      }
    }
    return y;
  }

  /** One step: state is h, c; gates i f g o. */
  static void lstmCell(
      double[] x, double[][] state, float[] wi, float[] wh, float[] bi, float[] bh) {
    double[] a = linear(x, wi, bi);
    double[] r = linear(state[0], wh, bh);
    int n = state[0].length;
    double[] h = new double[n];
    double[] c = new double[n];
    for (int k = 0; k < n; k++) {
      double in = sigmoid(a[k] + r[k]);
      double forget = sigmoid(a[n + k] + r[n + k]);
      double cell = Math.tanh(a[2 * n + k] + r[2 * n + k]);
      double out = sigmoid(a[3 * n + k] + r[3 * n + k]);
      c[k] = forget * state[1][k] + in * cell;
      h[k] = out * Math.tanh(c[k]);
    }
    state[0] = h;
    state[1] = c;
  }

  /** One step: gates r z n. */
  static double[] gruCell(double[] x, double[] h, float[] wi, float[] wh, float[] bi, float[] bh) {
    double[] a = linear(x, wi, bi);
    double[] b = linear(h, wh, bh);
    int n = h.length;
    double[] next = new double[n];
    for (int k = 0; k < n; k++) {
      double r = sigmoid(a[k] + b[k]);
      double z = sigmoid(a[n + k] + b[n + k]);
      double fresh = Math.tanh(a[2 * n + k] + r * b[2 * n + k]);
      next[k] = (1 - z) * fresh + z * h[k];
    }
    return next;
  }

  /** All steps [time][features], from a state of zeros, one direction. */
  static double[][] lstm(double[][] x, int hidden, boolean back, float[][] w) {
    double[][] y = new double[x.length][];
    double[][] state = {new double[hidden], new double[hidden]};
    for (int i = 0; i < x.length; i++) {
      int t = back ? x.length - 1 - i : i;
      lstmCell(x[t], state, w[0], w[1], w[2], w[3]);
      y[t] = state[0];
    }
    return y;
  }

  static double[] joined(double[] a, double[] b) {
    double[] all = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  static double[] softmax(double[] x) {
    double most = java.util.Arrays.stream(x).max().orElse(0);
    double[] e = map(x, v -> Math.exp(v - most));
    double sum = java.util.Arrays.stream(e).sum();
    return map(e, v -> v / sum);
  }

  static double[] layerNorm(double[] x, float[] w, float[] b, double eps) {
    double mean = java.util.Arrays.stream(x).average().orElse(0);
    double spread =
        java.util.Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElse(0);
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = (x[i] - mean) / Math.sqrt(spread + eps) * w[i] + b[i];
    }
    return y;
  }

  /** Images [channels][height][width], no dilation, one group; W [out, in, kh, kw]. */
  static double[][][] conv(
      double[][][] x,
      float[] w,
      float[] b,
      int out,
      int kh,
      int kw,
      int sh,
      int sw,
      int ph,
      int pw) {
    int h = (x[0].length + 2 * ph - kh) / sh + 1;
    int v = (x[0][0].length + 2 * pw - kw) / sw + 1;
    double[][][] y = new double[out][h][v];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < h; i++) {
        for (int j = 0; j < v; j++) {
          double sum = b.length == 0 ? 0 : b[o];
          for (int c = 0; c < x.length; c++) {
            for (int p = 0; p < kh; p++) {
              for (int q = 0; q < kw; q++) {
                int a = i * sh + p - ph;
                int d = j * sw + q - pw;
                if (a >= 0 && d >= 0 && a < x[0].length && d < x[0][0].length) {
                  sum += x[c][a][d] * w[((o * x.length + c) * kh + p) * kw + q];
                }
              }
            }
          }
          y[o][i][j] = sum;
        }
      }
    }
    return y;
  }
}
