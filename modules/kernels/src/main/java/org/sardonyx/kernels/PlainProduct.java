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
  private static final int HEIGHT = 32;

  private static final float[] NONE = {};

  private final float[] copied = new float[DEPTH * WIDTH];

  /** Two rows each. */
  private final float[][] sums = new float[HEIGHT / 2][2 * WIDTH];

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
        for (int r = 0; r < height; r++) {
          Arrays.fill(sums[r / 2], r % 2 * WIDTH, r % 2 * WIDTH + width, 0);
        }
        for (int p = 0; p < k; p += DEPTH) {
          int depth = Math.min(DEPTH, k - p);
          for (int q = 0; q < depth; q++) {
            copy(p + q, j, width, q * WIDTH);
          }
          add(aOffset + i * aRow + p * aColumn, depth, height, width);
        }
        for (int r = 0; r < height; r++) {
          float[] row = sums[r / 2];
          int from = r % 2 * WIDTH;
          int start = dOffset + (i + r) * dRow + j * dColumn;
          int to = cOffset + (i + r) * cRow + j;
          if (dColumn == 0) {
            finish(alpha, row, from, d[start], c, to, width);
          } else {
            finish(alpha, row, from, d, start, dColumn, c, to, width);
          }
        }
      }
    }
    a = NONE;
    b = NONE;
    rows = null;
  }

  // Methods of their own, which the compiler has after fewer steps than loops within others.

  private static void finish(
      float alpha, float[] sums, int from, float d, float[] c, int to, int n) {
    for (int s = 0; s < n; s++) {
      c[to + s] = d + alpha * sums[from + s];
    }
  }

  private static void finish(
      float alpha,
      float[] sums,
      int from,
      float[] d,
      int start,
      int dColumn,
      float[] c,
      int to,
      int n) {
    for (int s = 0; s < n; s++) {
      c[to + s] = d[start + s * dColumn] + alpha * sums[from + s];
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
    if (bColumn == 1) {
      System.arraycopy(b, from, copied, to, width);
      return;
    }
    for (int s = 0; s < width; s++) {
      copied[to + s] = b[from + s * bColumn];
    }
  }

  private void add(int at, int depth, int height, int width) {
    int r = 0;
    if (depth == DEPTH) {
      for (; r + 2 <= height; r += 2) {
        int first = at + r * aRow;
        add(a, first, first + aRow, aColumn, copied, sums[r / 2], width);
      }
    }
    for (; r < height; r++) {
      addFew(at + r * aRow, depth, sums[r / 2], r % 2 * WIDTH, width);
    }
  }

  /** Two rows of sums: what is read of b serves both. */
  private static void add(
      float[] a, int at, int next, int step, float[] rows, float[] sums, int n) {
    float a0 = a[at];
    float a1 = a[at + step];
    float a2 = a[at + 2 * step];
    float a3 = a[at + 3 * step];
    float b0 = a[next];
    float b1 = a[next + step];
    float b2 = a[next + 2 * step];
    float b3 = a[next + 3 * step];
    for (int j = 0; j < n; j++) {
      float s = Math.fma(a0, rows[j], sums[j]);
      float t = Math.fma(b0, rows[j], sums[WIDTH + j]);
      s = Math.fma(a1, rows[WIDTH + j], s);
      t = Math.fma(b1, rows[WIDTH + j], t);
      s = Math.fma(a2, rows[2 * WIDTH + j], s);
      t = Math.fma(b2, rows[2 * WIDTH + j], t);
      sums[j] = Math.fma(a3, rows[3 * WIDTH + j], s);
      sums[WIDTH + j] = Math.fma(b3, rows[3 * WIDTH + j], t);
    }
  }

  /** One row of sums, as many steps as there are. */
  private void addFew(int at, int depth, float[] sums, int to, int width) {
    if (depth == DEPTH && to == 0) {
      add(a, at, aColumn, copied, sums, width);
      return;
    }
    for (int q = 0; q < depth; q++) {
      float factor = a[at + q * aColumn];
      int from = q * WIDTH;
      for (int j = 0; j < width; j++) {
        sums[to + j] = Math.fma(factor, copied[from + j], sums[to + j]);
      }
    }
  }

  private static void add(float[] a, int at, int step, float[] rows, float[] sums, int n) {
    float a0 = a[at];
    float a1 = a[at + step];
    float a2 = a[at + 2 * step];
    float a3 = a[at + 3 * step];
    for (int j = 0; j < n; j++) {
      float s = Math.fma(a0, rows[j], sums[j]);
      s = Math.fma(a1, rows[WIDTH + j], s);
      s = Math.fma(a2, rows[2 * WIDTH + j], s);
      sums[j] = Math.fma(a3, rows[3 * WIDTH + j], s);
    }
  }
}
