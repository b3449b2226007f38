package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.UnaryLoops.LANES;

import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.Unary;

/**
 * Products of matrices by tiles. Columns of b go in panels of {@link #WIDTH}, the last one rounded
 * up to one, two or four vectors; k goes in blocks of {@link #DEPTH}, each of which is added to c.
 * That order, and so every bit of an element of c, depends on k alone.
 *
 * <p>An object is the room that one thread works in, so that a call allocates nothing.
 */
final class Product {

  /** Vectors to a tile: 6 rows of 4 fill 32 registers. */
  private static final int VECTORS = LANES >= 16 ? 4 : 2;

  /** Columns of a panel. */
  static final int WIDTH = VECTORS * LANES;

  /**
   * Rows of a tile: of 16 registers, C2 has none left for 6 rows of 2 vectors, and runs 4 as fast
   * as the units allow; one more rather than a small rest.
   */
  private static final int ROWS = VECTORS == 4 ? 6 : 4;

  private static final int MOST_ROWS = VECTORS == 4 ? 6 : 5;

  /** Columns that {@link Tile2#wide} takes at each of its four places, and at all of them. */
  private static final int PAIR = 2 * LANES;

  private static final int STRIDE = 4 * PAIR;

  /** Rows of a panel that stay in the first cache, beside what is read of a. */
  private static final int DEPTH = VECTORS == 4 ? 512 : 256;

  /** Rows of a that stay in the second cache. */
  private static final int HEIGHT = VECTORS == 4 ? 240 : 120;

  /** Columns of b that are copied at a time where b is not packed. */
  private static final int BLOCK = 512;

  /** Up to this many rows of a, rows of b are read where they lie. */
  private static final int FEW = 6;

  /** Elements of a column that are read together when b lies transposed. */
  private static final int STRIP = 16;

  private static final float[] NONE = {};

  private final WarmUp warmUp;

  /** A tile that is not added to c as it is. */
  private final float[] tail = new float[MOST_ROWS * WIDTH];

  /** Zeros, which a tile apart starts from. */
  private final float[] nothing = new float[WIDTH];

  /** Sums of one row, while the compiler is not done with the tiles. */
  private final float[] sums = new float[WIDTH];

  /** A block of b, copied into panels. */
  private float[] panels = NONE;

  /** A block of a, copied where its elements lie apart. */
  private float[] block = NONE;

  private float[] a = NONE;
  private int aOffset;
  private int aRow;
  private int aColumn;
  private float alpha;
  private float[] c = NONE;
  private int cOffset;
  private int cRow;

  // What c starts from: a row that is laid over it, or c itself, which so is added to.
  private float[] start = NONE;
  private int startOffset;
  private int startRow;

  // What the sums of one block are added to.
  private float[] d = NONE;
  private int dOffset;
  private int dRow;

  private float[] zeros = NONE;

  // The rows of a that are multiplied now: from row `first` of c on, `height` of them.
  private float[] x = NONE;
  private int xOffset;
  private int stride;
  private int first;
  private int height;
  private int depth;

  Product(WarmUp warmUp) {
    this.warmUp = warmUp;
  }

  /** Takes the left side and the result, and returns this. */
  Product of(
      float[] a,
      int aOffset,
      int aRow,
      int aColumn,
      float alpha,
      float[] c,
      int cOffset,
      int cRow) {
    this.a = a;
    this.aOffset = aOffset;
    this.aRow = aRow;
    this.aColumn = aColumn;
    this.alpha = alpha;
    this.c = c;
    this.cOffset = cOffset;
    this.cRow = cRow;
    this.start = c;
    this.startOffset = cOffset;
    this.startRow = cRow;
    return this;
  }

  /** Has c start from n floats in every row rather than from what it holds; none are zeros. */
  Product from(float[] bias, int biasOffset, int n) {
    if (bias.length == 0 && zeros.length < n) {
      zeros = new float[n];
    }
    start = bias.length == 0 ? zeros : bias;
    startOffset = bias.length == 0 ? 0 : biasOffset;
    startRow = 0;
    return this;
  }

  /** Lets go of the caller's arrays. */
  private void end() {
    a = NONE;
    c = NONE;
    x = NONE;
    d = NONE;
    start = NONE;
  }

  /** Returns the columns that a panel for {@code columns} of them has. */
  private static int rounded(int columns) {
    if (columns >= WIDTH) {
      return WIDTH;
    }
    int vectors = (columns + LANES - 1) / LANES;
    return vectors <= 2 ? vectors * LANES : WIDTH;
  }

  /** Returns the length of the panels for n columns of k rows. */
  private static int length(int k, int n) {
    int full = n / WIDTH * WIDTH;
    return Math.multiplyExact(k, full + (n > full ? rounded(n - full) : 0));
  }

  static PackedMatrix pack(int k, int n, float[] b, int bOffset, int bRow, int bColumn) {
    float[] panels = new float[length(k, n)];
    pack(k, n, b, bOffset, bRow, bColumn, panels);
    return new PackedMatrix(k, n, WIDTH, panels);
  }

  private static void pack(
      int k, int n, float[] b, int bOffset, int bRow, int bColumn, float[] panels) {
    for (int j = 0; j < n; j += WIDTH) {
      int columns = Math.min(WIDTH, n - j);
      panel(k, columns, b, bOffset + j * bColumn, bRow, bColumn, panels, j * k);
    }
  }

  private static void panel(
      int k, int columns, float[] b, int bOffset, int bRow, int bColumn, float[] to, int start) {
    int width = rounded(columns);
    if (bColumn == 1) {
      for (int p = 0; p < k; p++) {
        System.arraycopy(b, bOffset + p * bRow, to, start + p * width, columns);
      }
      return;
    }
    for (int p0 = 0; p0 < k; p0 += STRIP) {
      int end = Math.min(k, p0 + STRIP);
      for (int j = 0; j < columns; j++) {
        int from = bOffset + j * bColumn;
        for (int p = p0; p < end; p++) {
          to[start + p * width + j] = b[from + p * bRow];
        }
      }
    }
  }

  /** Returns how deep the blocks of k rows are: as equal as can be. */
  private static int depth(int k) {
    int blocks = (k + DEPTH - 1) / DEPTH;
    return (k + blocks - 1) / blocks;
  }

  /** Computes {@code c = start + alpha * a * b} for m rows of a, and then f of it. */
  void run(int m, PackedMatrix b, @Nullable Unary f, Kernels kernels) {
    int n = b.n();
    int k = b.k();
    if (k == 0) {
      for (int i = 0; i < m && start != c; i++) {
        System.arraycopy(start, startOffset, c, cOffset + i * cRow, n);
      }
    }
    int deepest = k == 0 ? 1 : depth(k);
    for (int i = 0; i < m; i += HEIGHT) {
      int rows = Math.min(HEIGHT, m - i);
      for (int p = 0; p < k; p += deepest) {
        rows(i, rows, p, Math.min(deepest, k - p));
        panels(b.panels(), b.offset(), p, k, n, 0);
      }
      if (f != null) {
        for (int r = i; r < i + rows; r++) {
          int at = cOffset + r * cRow;
          kernels.unary(f, c, at, c, at, n);
        }
      }
    }
    end();
  }

  /** Computes {@code c += alpha * a * b} for m rows of a and a matrix b [k, n] as it lies. */
  void run(int m, int n, int k, float[] b, int bOffset, int bRow, int bColumn) {
    boolean direct = m <= FEW && bColumn == 1;
    int deepest = k == 0 ? 1 : depth(k);
    int length = length(Math.min(k, deepest), direct ? n % WIDTH : Math.min(n, BLOCK));
    if (panels.length < length) {
      panels = new float[length];
    }
    for (int p = 0; p < k; p += deepest) {
      int deep = Math.min(deepest, k - p);
      if (direct) {
        rows(0, m, p, deep);
        direct(n, b, bOffset + p * bRow, bRow);
        continue;
      }
      for (int j = 0; j < n; j += BLOCK) {
        int columns = Math.min(BLOCK, n - j);
        pack(deep, columns, b, bOffset + p * bRow + j * bColumn, bRow, bColumn, panels);
        for (int i = 0; i < m; i += HEIGHT) {
          rows(i, Math.min(HEIGHT, m - i), p, deep);
          panels(panels, 0, 0, deep, columns, j);
        }
      }
    }
    end();
  }

  /** Takes rows of a from row i and column p on, copied where their elements lie apart. */
  private void rows(int i, int rows, int p, int deep) {
    first = i;
    height = rows;
    depth = deep;
    x = a;
    xOffset = aOffset + i * aRow + p * aColumn;
    stride = aRow;
    d = p == 0 ? start : c;
    dOffset = p == 0 ? startOffset : cOffset;
    dRow = p == 0 ? startRow : cRow;
    if (aColumn != 1) {
      if (block.length < rows * deep) {
        block = new float[rows * deep];
      }
      for (int r = 0; r < rows; r++) {
        for (int q = 0; q < deep; q++) {
          block[r * deep + q] = a[xOffset + r * aRow + q * aColumn];
        }
      }
      x = block;
      xOffset = 0;
      stride = deep;
    }
  }

  /**
   * Multiplies the rows with rows [p, p + depth) of all panels of a matrix [k, n], which begin at
   * {@code bo}, into columns of c from {@code to} on.
   */
  private void panels(float[] b, int bo, int p, int k, int n, int to) {
    int j = 0;
    if (height == 1 && alpha == 1) {
      for (; j + STRIDE <= n; j += STRIDE) {
        wide(
            b,
            bo + at(j, p, k),
            bo + at(j + PAIR, p, k),
            bo + at(j + 2 * PAIR, p, k),
            bo + at(j + 3 * PAIR, p, k),
            to + j);
      }
    }
    for (; j < n; j += WIDTH) {
      int columns = Math.min(WIDTH, n - j);
      int width = rounded(columns);
      panel(b, bo + j * k + p * width, columns, to + j);
    }
  }

  /** Returns where column j of row p lies in full panels of k rows. */
  private static int at(int j, int p, int k) {
    int inside = j % WIDTH;
    return (j - inside) * k + p * WIDTH + inside;
  }

  /** Multiplies the rows with a matrix whose rows lie {@code ldb} apart. */
  private void direct(int n, float[] b, int bo, int ldb) {
    int j = 0;
    if (height == 1 && alpha == 1 && warmUp.strips.isReady()) {
      for (; j + STRIDE <= n; j += STRIDE) {
        int at = cOffset + first * cRow + j;
        int from = dOffset + first * dRow + j;
        Strip.wide(depth, x, xOffset, b, bo + j, ldb, d, from, c, at);
      }
    }
    for (; j + PAIR <= n; j += PAIR) {
      for (int i = 0; i < height; i += Strip.ROWS) {
        strip(i, Math.min(Strip.ROWS, height - i), b, bo + j, ldb, j);
      }
    }
    if (j < n) {
      panel(depth, n - j, b, bo + j, ldb, 1, panels, 0);
      panel(panels, 0, n - j, j);
    }
  }

  /** Multiplies some rows with two vectors of each row of b, into columns from j on. */
  private void strip(int i, int rows, float[] b, int bo, int ldb, int j) {
    int ao = xOffset + i * stride;
    int from = dOffset + (first + i) * dRow + j;
    int at = cOffset + (first + i) * cRow + j;
    if (alpha != 1) {
      strip(rows, ao, b, bo, ldb, nothing, 0, 0, tail, 0, PAIR);
      for (int r = 0; r < rows; r++) {
        addTimes(alpha, tail, r * PAIR, d, from + r * dRow, c, at + r * cRow, PAIR);
      }
    } else {
      strip(rows, ao, b, bo, ldb, d, from, dRow, c, at, cRow);
    }
  }

  private void strip(
      int rows,
      int ao,
      float[] b,
      int bo,
      int ldb,
      float[] from,
      int fo,
      int ldf,
      float[] to,
      int at,
      int ldc) {
    if (warmUp.strips.isReady()) {
      Strip.run(rows, depth, x, ao, stride, b, bo, ldb, from, fo, ldf, to, at, ldc);
    } else {
      Twin.tile(PAIR, rows, depth, x, ao, stride, b, bo, ldb, from, fo, ldf, to, at, ldc, sums);
    }
  }

  /** Multiplies one row with four pairs of vectors at once, into columns from j on. */
  private void wide(float[] b, int b0, int b1, int b2, int b3, int j) {
    int at = cOffset + first * cRow + j;
    int from = dOffset + first * dRow + j;
    if (warmUp.wide.isReady()) {
      Tile2.wide(depth, x, xOffset, b, b0, b1, b2, b3, d, from, c, at);
    } else {
      coldPair(b, b0, from, at);
      coldPair(b, b1, from + PAIR, at + PAIR);
      coldPair(b, b2, from + 2 * PAIR, at + 2 * PAIR);
      coldPair(b, b3, from + 3 * PAIR, at + 3 * PAIR);
    }
  }

  private void coldPair(float[] b, int bo, int from, int at) {
    Twin.tile(PAIR, 1, depth, x, xOffset, stride, b, bo, WIDTH, d, from, 0, c, at, 0, sums);
  }

  /** Multiplies with one panel of b, into columns from j on. */
  private void panel(float[] b, int bo, int columns, int j) {
    int width = rounded(columns);
    // Tiles as equal as can be, rather than full ones and a small rest.
    int tiles = Math.max((height + MOST_ROWS - 1) / MOST_ROWS, height / ROWS);
    int i = 0;
    for (int left = tiles; left > 0; left--) {
      int rows = (height - i + left - 1) / left;
      int at = cOffset + (first + i) * cRow + j;
      int from = dOffset + (first + i) * dRow + j;
      int ao = xOffset + i * stride;
      if (columns == width && alpha == 1) {
        tile(width, rows, ao, b, bo, d, from, dRow, c, at, cRow);
      } else {
        apart(width, rows, ao, b, bo, from, at, columns);
      }
      i += rows;
    }
  }

  /** A tile that is wider than what is left of c, or has a factor. */
  private void apart(
      int width, int rows, int ao, float[] b, int bo, int from, int at, int columns) {
    tile(width, rows, ao, b, bo, nothing, 0, 0, tail, 0, width);
    for (int r = 0; r < rows; r++) {
      addTimes(alpha, tail, r * width, d, from + r * dRow, c, at + r * cRow, columns);
    }
  }

  private static void addTimes(
      float alpha, float[] x, int xo, float[] d, int dd, float[] y, int yo, int n) {
    for (int j = 0; j < n; j++) {
      y[yo + j] = d[dd + j] + alpha * x[xo + j];
    }
  }

  private void tile(
      int width,
      int rows,
      int ao,
      float[] b,
      int bo,
      float[] from,
      int fo,
      int ldf,
      float[] to,
      int at,
      int ldc) {
    if (!warmUp.tile(width / LANES, rows).isReady()) {
      Twin.tile(width, rows, depth, x, ao, stride, b, bo, width, from, fo, ldf, to, at, ldc, sums);
    } else if (width == 4 * LANES) {
      Tile4.run(rows, depth, x, ao, stride, b, bo, from, fo, ldf, to, at, ldc);
    } else if (width == 2 * LANES) {
      Tile2.run(rows, depth, x, ao, stride, b, bo, from, fo, ldf, to, at, ldc);
    } else {
      Tile1.run(rows, depth, x, ao, stride, b, bo, from, fo, ldf, to, at, ldc);
    }
  }
}
