package org.sardonyx.kernels;

import java.util.Arrays;

/**
 * What runs where the Vector API is missing: loops that C2 makes vectors of by itself. It does so
 * where a loop reads and writes one array at one place, or arrays at places that differ by
 * constants, without integer views of floats and without conditions; hence the copies, the formulas
 * and {@link PlainBlocks}. All else is as in {@link ScalarKernels}.
 */
final class PlainKernels extends ScalarKernels {

  /** Sums that are made side by side. */
  private static final int SUMS = 8;

  private final ThreadLocal<PlainProduct> product = ThreadLocal.withInitial(PlainProduct::new);
  private final ThreadLocal<PlainBlocks> blocks;
  private final ThreadLocal<PlainSoftmax> softmax;

  PlainKernels() {
    this(true);
  }

  /**
   * Makes some.
   *
   * @param cold whether the loops are not fast yet, and others do their work at first
   */
  PlainKernels(boolean cold) {
    blocks = ThreadLocal.withInitial(() -> new PlainBlocks(cold));
    softmax = ThreadLocal.withInitial(() -> new PlainSoftmax(blocks.get(), new PlainStart(cold)));
  }

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public void unary(Unary f, float[] x, int xOffset, float[] y, int yOffset, int n) {
    if (f == Unary.LOG) {
      super.unary(f, x, xOffset, y, yOffset, n);
    } else {
      blocks.get().apply(f, x, xOffset, y, yOffset, n);
    }
  }

  @Override
  public void binary(
      Binary f, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, int n) {
    blocks.get().apply(f, a, aOffset, 1, b, bOffset, 1, y, yOffset, n);
  }

  @Override
  public void binaryRight(
      Binary f, float[] a, int aOffset, float b, float[] y, int yOffset, int n) {
    PlainBlocks room = blocks.get();
    room.apply(f, a, aOffset, 1, room.number(b), 0, 0, y, yOffset, n);
  }

  @Override
  public void binaryLeft(Binary f, float a, float[] b, int bOffset, float[] y, int yOffset, int n) {
    PlainBlocks room = blocks.get();
    room.apply(f, room.number(a), 0, 0, b, bOffset, 1, y, yOffset, n);
  }

  @Override
  public float sum(float[] x, int xOffset, int n) {
    return sumOf(x, xOffset, n);
  }

  static float sumOf(float[] x, int xOffset, int n) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    float e = 0;
    float f = 0;
    float g = 0;
    float h = 0;
    int i = xOffset;
    int end = xOffset + n;
    for (; i + SUMS <= end; i += SUMS) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
      e += x[i + 4];
      f += x[i + 5];
      g += x[i + 6];
      h += x[i + 7];
    }
    for (; i < end; i++) {
      a += x[i];
    }
    return a + e + (c + g) + (b + f + (d + h));
  }

  @Override
  public float dot(float[] x, int xOffset, float[] y, int yOffset, int n) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    float e = 0;
    float f = 0;
    float g = 0;
    float h = 0;
    int i = 0;
    for (; i + SUMS <= n; i += SUMS) {
      int p = xOffset + i;
      int q = yOffset + i;
      a = Math.fma(x[p], y[q], a);
      b = Math.fma(x[p + 1], y[q + 1], b);
      c = Math.fma(x[p + 2], y[q + 2], c);
      d = Math.fma(x[p + 3], y[q + 3], d);
      e = Math.fma(x[p + 4], y[q + 4], e);
      f = Math.fma(x[p + 5], y[q + 5], f);
      g = Math.fma(x[p + 6], y[q + 6], g);
      h = Math.fma(x[p + 7], y[q + 7], h);
    }
    for (; i < n; i++) {
      a = Math.fma(x[xOffset + i], y[yOffset + i], a);
    }
    return a + e + (c + g) + (b + f + (d + h));
  }

  @Override
  public void gemm(
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int aRow,
      int aColumn,
      float[] b,
      int bOffset,
      int bRow,
      int bColumn,
      float[] c,
      int cOffset,
      int cRow) {
    product
        .get()
        .of(m, n, k, a, aOffset, aRow, aColumn, b, bOffset, bRow, bColumn)
        .addTo(alpha, c, cOffset, cRow);
  }

  @Override
  public void gemm(
      int lines,
      int bLine,
      int cLine,
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int aRow,
      float[] b,
      int bOffset,
      int[] rows,
      float[] bias,
      int biasOffset,
      float[] c,
      int cOffset,
      int cRow) {
    for (int line = 0; line < lines; line++) {
      int at = cOffset + line * cLine;
      for (int i = 0; i < m; i++) {
        Arrays.fill(c, at + i * cRow, at + i * cRow + n, bias[biasOffset + i]);
      }
      product
          .get()
          .of(m, n, k, a, aOffset, aRow, b, bOffset + line * bLine, rows, 0)
          .addTo(1, c, at, cRow);
    }
  }

  @Override
  public void softmax(float[] x, int xOffset, float[] y, int yOffset, int n, int rows) {
    softmax.get().rows(x, xOffset, y, yOffset, n, rows);
  }

  @Override
  public void softmax(float[] x, int xOffset, float[] y, int yOffset, int n) {
    softmax(x, xOffset, y, yOffset, n, 1);
  }

  @Override
  public void lstm(int n, float[] gates, int offset, float[] c, float[] h, int unit) {
    unary(Unary.SIGMOID, gates, offset, gates, offset, 3 * n);
    unary(Unary.TANH, gates, offset + 3 * n, gates, offset + 3 * n, n);
    for (int j = 0; j < n; j++) {
      int i = offset + j;
      float cell = gates[i + 2 * n] * c[unit + j] + gates[i] * gates[i + 3 * n];
      c[unit + j] = cell;
      h[unit + j] = cell;
    }
    unary(Unary.TANH, h, unit, h, unit, n);
    for (int j = 0; j < n; j++) {
      h[unit + j] *= gates[offset + n + j];
    }
  }

  @Override
  public void gru(int n, float[] gates, int z, int g, float[] h, float[] next, int unit) {
    unary(Unary.TANH, gates, g, gates, g, n);
    for (int j = 0; j < n; j++) {
      float update = gates[z + j];
      next[unit + j] = (1 - update) * gates[g + j] + update * h[unit + j];
    }
  }

  @Override
  public void gruLinear(int n, float[] gates, int offset, float[] h, float[] next, int unit) {
    unary(Unary.SIGMOID, gates, offset + n, gates, offset + n, 2 * n);
    for (int j = offset; j < offset + n; j++) {
      gates[j] += gates[j + 2 * n] * gates[j + 3 * n];
    }
    gru(n, gates, offset + n, offset, h, next, unit);
  }
}
