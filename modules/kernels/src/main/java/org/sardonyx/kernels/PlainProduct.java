package org.sardonyx.kernels;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A product of matrices: four rows of b at a time are copied to where C2 knows them to lie, and
 * added to rows of sums, each an array of its own. Every sum is made in the order of k.
 *
 * <p>An object is the room that one thread works in, so that a call allocates nothing. Vector
 * kernels multiply so until their own loops are compiled: these are soon.
 */
public final class PlainProduct {

  private static final int WIDTH = 512;
  private static final int DEPTH = 4;
  private static final int ROWS = 2;
  private static final int HEIGHT = 32;

  private static final float[] NONE = {};

  private final float[] copied = new float[DEPTH * WIDTH];

  /** Two rows each. */
  private final float[][] sums = new float[HEIGHT / ROWS][ROWS * WIDTH];

  private int m;
  private int n;
  private int k;
  private float[] a = NONE;
  private int aOffset;
  private int aRow;
  private int aColumn;
  private float[] b = NONE;
  private int bOffset;
  private int bRow;
  private int bColumn;
  private int @Nullable [] rows;
  private int firstRow;

  /** Columns of a panel; 0 where b has none. */
  private int panel;

  private int lastPanel;
  private int panelRows;

  /** Makes room, some 70 kB. */
  public PlainProduct() {}

  /** Takes a product of matrices, and returns this. */
  public PlainProduct of(
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int aRow,
      int aColumn,
      float[] b,
      int bOffset,
      int bRow,
      int bColumn) {
    this.m = m;
    this.n = n;
    this.k = k;
    this.a = a;
    this.aOffset = aOffset;
    this.aRow = aRow;
    this.aColumn = aColumn;
    this.b = b;
    this.bOffset = bOffset;
    this.bRow = bRow;
    this.bColumn = bColumn;
    this.rows = null;
    this.firstRow = 0;
    this.panel = 0;
    return this;
  }

  /** As the other, where row p of b begins at {@code bOffset + rows[firstRow + p]}. */
  public PlainProduct of(
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int aRow,
      float[] b,
      int bOffset,
      int[] rows,
      int firstRow) {
    of(m, n, k, a, aOffset, aRow, 1, b, bOffset, 0, 1);
    this.rows = rows;
    this.firstRow = firstRow;
    return this;
  }

  /**
   * As the other, with b in panels of {@code width} columns, which divides 512, each of {@code
   * panelRows} rows that lie one after the other; of them the k from {@code firstRow} on.
   *
   * @param last how many columns the last panel has room for
   */
  public PlainProduct ofPanels(
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int aRow,
      float[] b,
      int bOffset,
      int width,
      int last,
      int panelRows,
      int firstRow) {
    of(m, n, k, a, aOffset, aRow, 1, b, bOffset, 0, 1);
    this.panel = width;
    this.lastPanel = last;
    this.panelRows = panelRows;
    this.firstRow = firstRow;
    return this;
  }

  /** Computes {@code c += alpha * a * b}, and lets go of the caller's arrays. */
  void addTo(float alpha, float[] c, int cOffset, int cRow) {
    addTo(alpha, c, cOffset, cRow, 1, c, cOffset, cRow);
  }

  /**
   * Computes {@code c = d + alpha * a * b}, and lets go of the caller's arrays.
   *
   * @param dRow from a row of d to the next
   * @param dColumn from an element of a row of d to the next
   */
  public void addTo(
      float alpha,
      float[] d,
      int dOffset,
      int dRow,
      int dColumn,
      float[] c,
      int cOffset,
      int cRow) {
    for (int j = 0; j < n; j += WIDTH) {
      int width = Math.min(WIDTH, n - j);
      for (int i = 0; i < m; i += HEIGHT) {
        int height = Math.min(HEIGHT, m - i);
        clear(height, width);
        multiply(i, height, j, width);
        int from = dOffset + i * dRow + j * dColumn;
        finish(alpha, height, width, d, from, dRow, dColumn, c, cOffset + i * cRow + j, cRow);
      }
    }
    a = NONE;
    b = NONE;
    rows = null;
  }

  private void clear(int height, int width) {
    for (int r = 0; r < height; r++) {
      Arrays.fill(sums[r / ROWS], r % ROWS * WIDTH, r % ROWS * WIDTH + width, 0);
    }
  }

  /** Adds products of rows of a with columns of b to the sums. */
  private void multiply(int i, int height, int j, int width) {
    for (int p = 0; p < k; ) {
      int depth = k - p < DEPTH ? 1 : DEPTH;
      for (int q = 0; q < depth; q++) {
        copy(p + q, j, width, q * WIDTH);
      }
      int at = aOffset + i * aRow + p * aColumn;
      for (int r = 0; r < height; r += ROWS) {
        add(depth, height - r, a, at + r * aRow, aRow, aColumn, copied, sums[r / ROWS], width);
      }
      p += depth;
    }
  }

  /** Computes {@code c = d + alpha * sums}; takes the room of what was copied. */
  private void finish(
      float alpha,
      int height,
      int width,
      float[] d,
      int dAt,
      int dRow,
      int dColumn,
      float[] c,
      int cAt,
      int cRow) {
    for (int r = 0; r < height; r++) {
      float[] row = sums[r / ROWS];
      int from = r % ROWS * WIDTH;
      int start = dAt + r * dRow;
      if (dColumn == 0) {
        Arrays.fill(copied, from, from + width, d[start]);
      } else {
        take(d, start, dColumn, copied, from, width);
      }
      finish(alpha, copied, row, from, from + width);
      System.arraycopy(row, from, c, cAt + r * cRow, width);
    }
  }

  private void copy(int p, int j, int width, int to) {
    int row = firstRow + p;
    if (panel > 0) {
      for (int s = 0; s < width; s += panel) {
        int room = j + s + panel <= n ? panel : lastPanel;
        int from = bOffset + (j + s) * panelRows + row * room;
        System.arraycopy(b, from, copied, to + s, Math.min(panel, width - s));
      }
      return;
    }
    int from = bOffset + (rows == null ? row * bRow : rows[row]) + j * bColumn;
    take(b, from, bColumn, copied, to, width);
  }

  private static void take(float[] x, int from, int step, float[] y, int to, int n) {
    if (step == 1) {
      System.arraycopy(x, from, y, to, n);
      return;
    }
    for (int s = 0; s < n; s++) {
      y[to + s] = x[from + s * step];
    }
  }

  // Methods of their own, which the compiler has after fewer steps than loops within others.

  private static void finish(float alpha, float[] d, float[] sums, int from, int to) {
    for (int s = from; s < to; s++) {
      sums[s] = d[s] + alpha * sums[s];
    }
  }

  /**
   * Adds products of four rows of b, or one, to two rows of sums, or one. More rows, and C2 would
   * not make vectors of it. All in one method, which is too large to be taken into others: it is
   * compiled once.
   */
  private static void add(
      int depth, int height, float[] a, int at, int row, int step, float[] b, float[] sums, int n) {
    int next = height == 1 ? at : at + row;
    float a0 = a[at];
    float b0 = a[next];
    if (depth == 1) {
      for (int j = 0; j < n; j++) {
        sums[j] = Math.fma(a0, b[j], sums[j]);
        sums[WIDTH + j] = Math.fma(b0, b[j], sums[WIDTH + j]);
      }
      return;
    }
    float a1 = a[at + step];
    float a2 = a[at + 2 * step];
    float a3 = a[at + 3 * step];
    if (height == 1) {
      for (int j = 0; j < n; j++) {
        float s = Math.fma(a0, b[j], sums[j]);
        s = Math.fma(a1, b[WIDTH + j], s);
        s = Math.fma(a2, b[2 * WIDTH + j], s);
        sums[j] = Math.fma(a3, b[3 * WIDTH + j], s);
      }
      return;
    }
    float b1 = a[next + step];
    float b2 = a[next + 2 * step];
    float b3 = a[next + 3 * step];
    for (int j = 0; j < n; j++) {
      float s = Math.fma(a0, b[j], sums[j]);
      float t = Math.fma(b0, b[j], sums[WIDTH + j]);
      s = Math.fma(a1, b[WIDTH + j], s);
      t = Math.fma(b1, b[WIDTH + j], t);
      s = Math.fma(a2, b[2 * WIDTH + j], s);
      t = Math.fma(b2, b[2 * WIDTH + j], t);
      sums[j] = Math.fma(a3, b[3 * WIDTH + j], s);
      sums[WIDTH + j] = Math.fma(b3, b[3 * WIDTH + j], t);
    }
  }
}
