package org.sardonyx.kernels;

import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Kernels that share their larger loops among threads. Since elements of products do not depend on
 * what else is computed, the results are those of one thread, bit for bit.
 */
final class ThreadedKernels implements Kernels {

  /** Multiplications that are worth a second thread: about 20 microseconds. */
  private static final long PRODUCT = 1 << 20;

  /** Elements of a function that are. */
  private static final int ELEMENTS = 1 << 15;

  /** Columns of unpacked matrices are shared in units of so many, whole vectors of any machine. */
  private static final int COLUMNS = 64;

  /** Rows of a product that make good use of a tile, and of a packed panel. */
  private static final int ROWS = 12;

  private final Kernels base;
  private final Team team;

  ThreadedKernels(Kernels base, Executor executor, int threads) {
    this.base = base;
    this.team = new Team(executor, threads);
  }

  @Override
  public String name() {
    return base.name() + ", " + team.threads() + " threads";
  }

  @Override
  public Kernels single() {
    return base;
  }

  @Override
  public int threads() {
    return team.threads();
  }

  @Override
  public void share(int parts, IntConsumer task) {
    team.run(parts, task);
  }

  @Override
  public void rest() {
    team.rest();
  }

  /** A range of a loop. */
  @FunctionalInterface
  private interface Range {
    void run(int from, int to);
  }

  /** Runs n as ranges that begin at multiples of {@code unit}, about two a thread. */
  private void split(int n, int unit, Range range) {
    int units = (n + unit - 1) / unit;
    int parts = Math.min(Math.min(units, 2 * team.threads()), Long.SIZE);
    team.run(
        parts,
        part -> {
          int from = (int) ((long) units * part / parts) * unit;
          int to = Math.min(n, (int) ((long) units * (part + 1) / parts) * unit);
          range.run(from, to);
        });
  }

  private static boolean isSmall(int m, int n, int k) {
    return (long) m * n * k < PRODUCT;
  }

  /** Whether there are enough rows to share them rather than columns. */
  private boolean byRows(int m) {
    return m >= ROWS * team.threads();
  }

  @Override
  public void unary(Unary f, float[] x, int xOffset, float[] y, int yOffset, int n) {
    if (n < ELEMENTS) {
      base.unary(f, x, xOffset, y, yOffset, n);
    } else {
      split(
          n, COLUMNS, (from, to) -> base.unary(f, x, xOffset + from, y, yOffset + from, to - from));
    }
  }

  @Override
  public void binary(
      Binary f, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, int n) {
    base.binary(f, a, aOffset, b, bOffset, y, yOffset, n);
  }

  @Override
  public void binaryRight(
      Binary f, float[] a, int aOffset, float b, float[] y, int yOffset, int n) {
    base.binaryRight(f, a, aOffset, b, y, yOffset, n);
  }

  @Override
  public void binaryLeft(Binary f, float a, float[] b, int bOffset, float[] y, int yOffset, int n) {
    base.binaryLeft(f, a, b, bOffset, y, yOffset, n);
  }

  @Override
  public void clamp(
      float least, float greatest, float[] x, int xOffset, float[] y, int yOffset, int n) {
    base.clamp(least, greatest, x, xOffset, y, yOffset, n);
  }

  @Override
  public float sum(float[] x, int xOffset, int n) {
    return base.sum(x, xOffset, n);
  }

  @Override
  public float max(float[] x, int xOffset, int n) {
    return base.max(x, xOffset, n);
  }

  @Override
  public float min(float[] x, int xOffset, int n) {
    return base.min(x, xOffset, n);
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    return base.dot(a, aOffset, b, bOffset, n);
  }

  @Override
  public void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int n) {
    base.axpy(alpha, x, xOffset, y, yOffset, n);
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
    if (isSmall(m, n, k)) {
      base.gemm(
          m, n, k, alpha, a, aOffset, aRow, aColumn, b, bOffset, bRow, bColumn, c, cOffset, cRow);
    } else {
      // By columns where there are some, since every thread would copy all of b.
      boolean columns = n >= COLUMNS * team.threads() || !byRows(m);
      split(
          columns ? n : m,
          columns ? COLUMNS : ROWS,
          (from, to) ->
              base.gemm(
                  columns ? m : to - from,
                  columns ? to - from : n,
                  k,
                  alpha,
                  a,
                  columns ? aOffset : aOffset + from * aRow,
                  aRow,
                  aColumn,
                  b,
                  columns ? bOffset + from * bColumn : bOffset,
                  bRow,
                  bColumn,
                  c,
                  columns ? cOffset + from : cOffset + from * cRow,
                  cRow));
    }
  }

  @Override
  public PackedMatrix pack(int k, int n, float[] b, int bOffset, int bRow, int bColumn) {
    return base.pack(k, n, b, bOffset, bRow, bColumn);
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
    if (isSmall(m, b.n(), b.k())) {
      base.gemm(m, alpha, a, aOffset, aRow, aColumn, b, c, cOffset, cRow);
    } else if (byRows(m) || b.width() == 0) {
      split(
          m,
          ROWS,
          (from, to) ->
              base.gemm(
                  to - from,
                  alpha,
                  a,
                  aOffset + from * aRow,
                  aRow,
                  aColumn,
                  b,
                  c,
                  cOffset + from * cRow,
                  cRow));
    } else {
      split(
          b.n(),
          Math.max(COLUMNS, b.width()),
          (from, to) ->
              base.gemm(
                  m,
                  alpha,
                  a,
                  aOffset,
                  aRow,
                  aColumn,
                  b.columns(from, to),
                  c,
                  cOffset + from,
                  cRow));
    }
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
    if (isSmall(m, b.n(), b.k())) {
      base.gemm(m, a, aOffset, aRow, aColumn, b, bias, biasOffset, f, c, cOffset, cRow);
    } else if (byRows(m) || b.width() == 0) {
      split(
          m,
          ROWS,
          (from, to) ->
              base.gemm(
                  to - from,
                  a,
                  aOffset + from * aRow,
                  aRow,
                  aColumn,
                  b,
                  bias,
                  biasOffset,
                  f,
                  c,
                  cOffset + from * cRow,
                  cRow));
    } else {
      split(
          b.n(),
          Math.max(COLUMNS, b.width()),
          (from, to) ->
              base.gemm(
                  m,
                  a,
                  aOffset,
                  aRow,
                  aColumn,
                  b.columns(from, to),
                  bias,
                  biasOffset + from,
                  f,
                  c,
                  cOffset + from,
                  cRow));
    }
  }

  @Override
  public void gemm(
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
    if (isSmall(m, n, k)) {
      base.gemm(m, n, k, a, aOffset, aRow, b, bOffset, rows, bias, biasOffset, c, cOffset, cRow);
    } else {
      boolean columns = n >= COLUMNS * team.threads() || !byRows(m);
      split(
          columns ? n : m,
          columns ? COLUMNS : ROWS,
          (from, to) ->
              base.gemm(
                  columns ? m : to - from,
                  columns ? to - from : n,
                  k,
                  a,
                  columns ? aOffset : aOffset + from * aRow,
                  aRow,
                  b,
                  columns ? bOffset + from : bOffset,
                  rows,
                  bias,
                  columns ? biasOffset : biasOffset + from,
                  c,
                  columns ? cOffset + from : cOffset + from * cRow,
                  cRow));
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
    base.gemm(
        m, n, k, alpha, a, aOffset, aRow, aColumn, b, bOffset, bRow, bColumn, c, cOffset, cRow);
  }

  @Override
  public void softmax(float[] x, int xOffset, float[] y, int yOffset, int n) {
    base.softmax(x, xOffset, y, yOffset, n);
  }

  @Override
  public void lstm(int n, float[] gates, int offset, float[] c, float[] h, int unit) {
    base.lstm(n, gates, offset, c, h, unit);
  }

  @Override
  public void gru(int n, float[] gates, int z, int g, float[] h, int unit) {
    base.gru(n, gates, z, g, h, unit);
  }
}
