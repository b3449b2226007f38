package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.UnaryLoops.LANES;

import java.util.Arrays;
import org.sardonyx.kernels.PackedMatrix;

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

  /** Rows of a tile: of 16 registers, C2 has none left for 6 rows of 2 vectors. */
  static final int ROWS = VECTORS == 4 ? 6 : 5;

  /** Columns that {@link Tile2#wide} takes at each of its four places, and at all of them. */
  private static final int PAIR = 2 * LANES;

  private static final int STRIDE = 4 * PAIR;

  private static final int DEPTH = 512;
  private static final int HEIGHT = 240;

  /** Columns of b that are copied at a time where b is not packed. */
  private static final int BLOCK = 512;

  /** Up to this many rows of a, rows of b are read where they lie. */
  private static final int FEW = 6;

  /** Elements of a column that are read together when b lies transposed. */
  private static final int STRIP = 16;

  private static final float[] NONE = {};

  private final WarmUp warmUp;

  /** A tile that is not added to c as it is. */
  private final float[] tail = new float[ROWS * WIDTH];

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
    return this;
  }

  /** Lets go of the caller's arrays. */
  private void end() {
    a = NONE;
    c = NONE;
    x = NONE;
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

  /** Computes {@code c += alpha * a * b} for m rows of a. */
  void run(int m, PackedMatrix b) {
    int k = b.k();
    for (int p = 0; p < k; p += DEPTH) {
      int deep = Math.min(DEPTH, k - p);
      for (int i = 0; i < m; i += HEIGHT) {
        rows(i, Math.min(HEIGHT, m - i), p, deep);
        panels(b.panels(), p, k, b.n(), 0);
      }
    }
    end();
  }

  /** Computes {@code c += alpha * a * b} for m rows of a and a matrix b [k, n] as it lies. */
  void run(int m, int n, int k, float[] b, int bOffset, int bRow, int bColumn) {
    boolean direct = m <= FEW && bColumn == 1;
    int length = length(Math.min(k, DEPTH), direct ? n % WIDTH : Math.min(n, BLOCK));
    if (panels.length < length) {
      panels = new float[length];
    }
    for (int p = 0; p < k; p += DEPTH) {
      int deep = Math.min(DEPTH, k - p);
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
          panels(panels, 0, deep, columns, j);
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
   * Multiplies the rows with rows [p, p + depth) of all panels of a matrix [k, n], into columns of
   * c from {@code to} on.
   */
  private void panels(float[] b, int p, int k, int n, int to) {
    int j = 0;
    if (height == 1 && alpha == 1) {
      for (; j + STRIDE <= n; j += STRIDE) {
        wide(
            b,
            at(j, p, k),
            at(j + PAIR, p, k),
            at(j + 2 * PAIR, p, k),
            at(j + 3 * PAIR, p, k),
            WIDTH,
            to + j);
      }
    }
    for (; j < n; j += WIDTH) {
      int columns = Math.min(WIDTH, n - j);
      int width = rounded(columns);
      panel(b, j * k + p * width, width, columns, to + j);
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
    if (height == 1 && alpha == 1) {
      for (; j + STRIDE <= n; j += STRIDE) {
        int at = bo + j;
        wide(b, at, at + PAIR, at + 2 * PAIR, at + 3 * PAIR, ldb, j);
      }
    }
    for (; j + WIDTH <= n; j += WIDTH) {
      panel(b, bo + j, ldb, WIDTH, j);
    }
    if (j < n) {
      panel(depth, n - j, b, bo + j, ldb, 1, panels, 0);
      panel(panels, 0, rounded(n - j), n - j, j);
    }
  }

  /** Multiplies one row with four pairs of vectors at once, into columns from j on. */
  private void wide(float[] b, int b0, int b1, int b2, int b3, int ldb, int j) {
    int at = cOffset + first * cRow + j;
    if (warmUp.wide.isReady()) {
      Tile2.wide(depth, x, xOffset, b, b0, b1, b2, b3, ldb, c, at);
    } else {
      coldPair(b, b0, ldb, at);
      coldPair(b, b1, ldb, at + PAIR);
      coldPair(b, b2, ldb, at + 2 * PAIR);
      coldPair(b, b3, ldb, at + 3 * PAIR);
    }
  }

  private void coldPair(float[] b, int bo, int ldb, int at) {
    Twin.tile(PAIR, 1, depth, x, xOffset, stride, b, bo, ldb, c, at, 0, sums);
  }

  /** Multiplies with one panel of b, whose rows lie {@code ldb} apart, into columns from j on. */
  private void panel(float[] b, int bo, int ldb, int columns, int j) {
    int width = rounded(columns);
    // Tiles as equal as can be, rather than full ones and a small rest.
    int tiles = (height + ROWS - 1) / ROWS;
    int i = 0;
    for (int left = tiles; left > 0; left--) {
      int rows = (height - i + left - 1) / left;
      int at = cOffset + (first + i) * cRow + j;
      int ao = xOffset + i * stride;
      if (columns == width && alpha == 1) {
        tile(width, rows, ao, b, bo, ldb, c, at, cRow);
      } else {
        apart(width, rows, ao, b, bo, ldb, at, columns);
      }
      i += rows;
    }
  }

  /** A tile that is wider than what is left of c, or has a factor. */
  private void apart(int width, int rows, int ao, float[] b, int bo, int ldb, int at, int columns) {
    Arrays.fill(tail, 0, rows * width, 0);
    tile(width, rows, ao, b, bo, ldb, tail, 0, width);
    for (int r = 0; r < rows; r++) {
      addTimes(alpha, tail, r * width, c, at + r * cRow, columns);
    }
  }

  private static void addTimes(float alpha, float[] x, int xo, float[] y, int yo, int n) {
    for (int j = 0; j < n; j++) {
      y[yo + j] += alpha * x[xo + j];
    }
  }

  private void tile(
      int width, int rows, int ao, float[] b, int bo, int ldb, float[] to, int at, int ldc) {
    if (!warmUp.tile(width / LANES, rows).isReady()) {
      Twin.tile(width, rows, depth, x, ao, stride, b, bo, ldb, to, at, ldc, sums);
    } else if (width == 4 * LANES) {
      Tile4.run(rows, depth, x, ao, stride, b, bo, ldb, to, at, ldc);
    } else if (width == 2 * LANES) {
      Tile2.run(rows, depth, x, ao, stride, b, bo, ldb, to, at, ldc);
    } else {
      Tile1.run(rows, depth, x, ao, stride, b, bo, ldb, to, at, ldc);
    }
  }
}
