package org.sardonyx.kernels;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Plain loops: the meaning of {@link Kernels}. */
class ScalarKernels implements Kernels {

  static final ScalarKernels INSTANCE = new ScalarKernels();

  /** The width of a panel that is the whole matrix. */
  private static final int WHOLE = 0;

  ScalarKernels() {}

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void unary(Unary f, float[] x, int xOffset, float[] y, int yOffset, int n) {
    switch (f) {
      case ABS -> abs(x, xOffset, y, yOffset, n);
      case NEG -> neg(x, xOffset, y, yOffset, n);
      case RELU -> relu(x, xOffset, y, yOffset, n);
      case SQRT -> sqrt(x, xOffset, y, yOffset, n);
      case RECIPROCAL -> reciprocal(x, xOffset, y, yOffset, n);
      case EXP -> exp(x, xOffset, y, yOffset, n);
      case LOG -> log(x, xOffset, y, yOffset, n);
      case SIGMOID -> sigmoid(x, xOffset, y, yOffset, n);
      case TANH -> tanh(x, xOffset, y, yOffset, n);
      case ERF -> erf(x, xOffset, y, yOffset, n);
      case SOFTPLUS -> softplus(x, xOffset, y, yOffset, n);
      case GELU -> gelu(x, xOffset, y, yOffset, n);
      case GELU_TANH -> geluTanh(x, xOffset, y, yOffset, n);
      case SILU -> silu(x, xOffset, y, yOffset, n);
    }
  }

  @Override
  public void binary(
      Binary f, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, int n) {
    switch (f) {
      case ADD -> add(a, aOffset, b, bOffset, y, yOffset, n);
      case SUB -> sub(a, aOffset, b, bOffset, y, yOffset, n);
      case MUL -> mul(a, aOffset, b, bOffset, y, yOffset, n);
      case DIV -> div(a, aOffset, b, bOffset, y, yOffset, n);
      case MAX -> max(a, aOffset, b, bOffset, y, yOffset, n);
      case MIN -> min(a, aOffset, b, bOffset, y, yOffset, n);
    }
  }

  @Override
  public void binaryRight(
      Binary f, float[] a, int aOffset, float b, float[] y, int yOffset, int n) {
    switch (f) {
      case ADD -> add(a, aOffset, b, y, yOffset, n);
      case SUB -> sub(a, aOffset, b, y, yOffset, n);
      case MUL -> mul(a, aOffset, b, y, yOffset, n);
      case DIV -> div(a, aOffset, b, y, yOffset, n);
      case MAX -> max(a, aOffset, b, y, yOffset, n);
      case MIN -> min(a, aOffset, b, y, yOffset, n);
    }
  }

  @Override
  public void binaryLeft(Binary f, float a, float[] b, int bOffset, float[] y, int yOffset, int n) {
    switch (f) {
      case ADD, MUL, MAX, MIN -> binaryRight(f, b, bOffset, a, y, yOffset, n);
      case SUB -> sub(a, b, bOffset, y, yOffset, n);
      case DIV -> div(a, b, bOffset, y, yOffset, n);
    }
  }

  // Each loop is a method: one that is compiled waits for no other, and is compiled once.

  private static void abs(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = Math.abs(x[xOffset + i]);
    }
  }

  private static void neg(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = -x[xOffset + i];
    }
  }

  private static void relu(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = Math.max(x[xOffset + i], 0);
    }
  }

  private static void sqrt(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (float) Math.sqrt(x[xOffset + i]);
    }
  }

  private static void reciprocal(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = 1 / x[xOffset + i];
    }
  }

  private static void exp(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = FloatMath.exp(x[xOffset + i]);
    }
  }

  private static void log(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (float) StrictMath.log(x[xOffset + i]);
    }
  }

  private static void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = FloatMath.sigmoid(x[xOffset + i]);
    }
  }

  private static void tanh(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = FloatMath.tanh(x[xOffset + i]);
    }
  }

  private static void erf(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = FloatMath.erf(x[xOffset + i]);
    }
  }

  private static void softplus(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = FloatMath.softplus(x[xOffset + i]);
    }
  }

  private static void gelu(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = FloatMath.gelu(x[xOffset + i]);
    }
  }

  private static void geluTanh(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = FloatMath.geluTanh(x[xOffset + i]);
    }
  }

  private static void silu(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = FloatMath.silu(x[xOffset + i]);
    }
  }

  private static void add(
      float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = a[aOffset + i] + b[bOffset + i];
    }
  }

  private static void sub(
      float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = a[aOffset + i] - b[bOffset + i];
    }
  }

  private static void mul(
      float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = a[aOffset + i] * b[bOffset + i];
    }
  }

  private static void div(
      float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = a[aOffset + i] / b[bOffset + i];
    }
  }

  private static void max(
      float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = Math.max(a[aOffset + i], b[bOffset + i]);
    }
  }

  private static void min(
      float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = Math.min(a[aOffset + i], b[bOffset + i]);
    }
  }

  private static void add(float[] a, int aOffset, float b, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = a[aOffset + i] + b;
    }
  }

  private static void sub(float[] a, int aOffset, float b, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = a[aOffset + i] - b;
    }
  }

  private static void mul(float[] a, int aOffset, float b, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = a[aOffset + i] * b;
    }
  }

  private static void div(float[] a, int aOffset, float b, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = a[aOffset + i] / b;
    }
  }

  private static void max(float[] a, int aOffset, float b, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = Math.max(a[aOffset + i], b);
    }
  }

  private static void min(float[] a, int aOffset, float b, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = Math.min(a[aOffset + i], b);
    }
  }

  private static void sub(float a, float[] b, int bOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = a - b[bOffset + i];
    }
  }

  private static void div(float a, float[] b, int bOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = a / b[bOffset + i];
    }
  }

  @Override
  public void clamp(
      float least, float greatest, float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i];
      v = v < least ? least : v;
      y[yOffset + i] = v > greatest ? greatest : v;
    }
  }

  @Override
  public float sum(float[] x, int xOffset, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[xOffset + i];
    }
    return sum;
  }

  @Override
  public float max(float[] x, int xOffset, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[xOffset + i]);
    }
    return max;
  }

  @Override
  public float min(float[] x, int xOffset, int n) {
    float min = Float.POSITIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      min = Math.min(min, x[xOffset + i]);
    }
    return min;
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum += a[aOffset + i] * b[bOffset + i];
    }
    return sum;
  }

  @Override
  public void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] += alpha * x[xOffset + i];
    }
  }

  @Override
  public PackedMatrix pack(
      int k, int n, float[] b, int bOffset, int bRow, int bColumn, @Nullable PackedMatrix over) {
    PackedMatrix packed =
        over != null && over.holds(k, n, WHOLE)
            ? over
            : new PackedMatrix(k, n, WHOLE, new float[Math.multiplyExact(k, n)]);
    float[] rows = packed.panels();
    for (int p = 0; p < k; p++) {
      for (int j = 0; j < n; j++) {
        rows[p * n + j] = b[bOffset + p * bRow + j * bColumn];
      }
    }
    return packed;
  }

  @Override
  public PackedMatrix packBfloat16(int k, int n, float[] b, int bOffset, int bRow, int bColumn) {
    PackedMatrix packed = pack(k, n, b, bOffset, bRow, bColumn);
    float[] rows = packed.panels();
    for (int i = 0; i < rows.length; i++) {
      rows[i] = PackedMatrix.rounded(rows[i]);
    }
    return packed;
  }

  @Override
  public void gemm(
      int m,
      float alpha,
      float[] a,
      int aOffset,
      int aRow,
      int aColumn,
      PackedMatrix b,
      float[] c,
      int cOffset,
      int cRow) {
    if (b.width() != WHOLE) {
      throw new IllegalArgumentException("the matrix was packed by other kernels");
    }
    gemm(
        m,
        b.n(),
        b.k(),
        alpha,
        a,
        aOffset,
        aRow,
        aColumn,
        b.panels(),
        b.offset(),
        b.n(),
        1,
        c,
        cOffset,
        cRow);
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
    ScalarProduct.run(
        m, n, k, alpha, a, aOffset, aRow, aColumn, b, bOffset, bRow, bColumn, c, cOffset, cRow);
  }

  @Override
  public void gemm(
      int m,
      float[] a,
      int aOffset,
      int aRow,
      int aColumn,
      PackedMatrix b,
      float[] bias,
      int biasOffset,
      @Nullable Unary f,
      float[] c,
      int cOffset,
      int cRow) {
    int n = b.n();
    for (int i = 0; i < m; i++) {
      int at = cOffset + i * cRow;
      if (bias.length == 0) {
        Arrays.fill(c, at, at + n, 0);
      } else {
        System.arraycopy(bias, biasOffset, c, at, n);
      }
    }
    gemm(m, 1, a, aOffset, aRow, aColumn, b, c, cOffset, cRow);
    for (int i = 0; i < m && f != null; i++) {
      int at = cOffset + i * cRow;
      unary(f, c, at, c, at, n);
    }
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
    for (int i = 0; i < lines * m; i++) {
      int row = i % m;
      int from = bOffset + i / m * bLine;
      int to = cOffset + i / m * cLine + row * cRow;
      Arrays.fill(c, to, to + n, bias[biasOffset + row]);
      for (int p = 0; p < k; p++) {
        axpy(a[aOffset + row * aRow + p], b, from + rows[p], c, to, n);
      }
    }
  }

  @Override
  public void gemm(
      int m,
      int n,
      int k,
      double alpha,
      double[] a,
      int aOffset,
      int aRow,
      int aColumn,
      double[] b,
      int bOffset,
      int bRow,
      int bColumn,
      double[] c,
      int cOffset,
      int cRow) {
    DoubleProduct.run(
        m, n, k, alpha, a, aOffset, aRow, aColumn, b, bOffset, bRow, bColumn, c, cOffset, cRow);
  }

  @Override
  public void softmax(float[] x, int xOffset, float[] y, int yOffset, int n, int rows) {
    for (int i = 0; i < rows; i++) {
      softmaxOf(x, xOffset + i * n, y, yOffset + i * n, n);
    }
  }

  private void softmaxOf(float[] x, int xOffset, float[] y, int yOffset, int n) {
    float max = max(x, xOffset, n);
    float sum = 0;
    for (int i = 0; i < n; i++) {
      float e = FloatMath.exp(x[xOffset + i] - max);
      y[yOffset + i] = e;
      sum += e;
    }
    for (int i = 0; i < n; i++) {
      y[yOffset + i] /= sum;
    }
  }

  @Override
  public void lstm(int n, float[] gates, int offset, float[] c, float[] h, int unit) {
    for (int j = 0; j < n; j++) {
      float i = FloatMath.sigmoid(gates[offset + j]);
      float o = FloatMath.sigmoid(gates[offset + n + j]);
      float f = FloatMath.sigmoid(gates[offset + 2 * n + j]);
      float g = FloatMath.tanh(gates[offset + 3 * n + j]);
      float cell = f * c[unit + j] + i * g;
      c[unit + j] = cell;
      h[unit + j] = o * FloatMath.tanh(cell);
    }
  }

  @Override
  public void gru(int n, float[] gates, int z, int g, float[] h, float[] next, int unit) {
    for (int j = 0; j < n; j++) {
      float update = gates[z + j];
      next[unit + j] = (1 - update) * FloatMath.tanh(gates[g + j]) + update * h[unit + j];
    }
  }

  @Override
  public void gruLinear(int n, float[] gates, int offset, float[] h, float[] next, int unit) {
    for (int j = 0; j < n; j++) {
      int at = offset + j;
      gates[at + n] = FloatMath.sigmoid(gates[at + n]);
      gates[at] += FloatMath.sigmoid(gates[at + 2 * n]) * gates[at + 3 * n];
    }
    gru(n, gates, offset + n, offset, h, next, unit);
  }
}
