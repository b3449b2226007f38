package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.UnaryLoops.LANES;

import org.sardonyx.kernels.PackedMatrix;

/**
 * Products of matrices by tiles. Columns of b go in panels of {@link #WIDTH}, the last one rounded
 * up to one, two or four vectors; k goes in blocks of {@link #DEPTH}, each of which is added to c.
 * That order, and so every bit of an element of c, depends on k alone.
 */
final class Product {

  /** Vectors to a tile: 6 rows of 4 fill 32 registers, 6 rows of 2 fill 16. */
  private static final int VECTORS = LANES >= 16 ? 4 : 2;

  /** Columns of a panel. */
  static final int WIDTH = VECTORS * LANES;

  private static final int DEPTH = 512;
  private static final int HEIGHT = 240;
  private static final int ROWS = 6;

  /** Columns of b that are copied at a time where b is not packed. */
  private static final int BLOCK = 512;

  /** Up to this many rows of a, rows of b are read where they lie. */
  private static final int FEW = 6;

  /** Elements of a column that are read together when b lies transposed. */
  private static final int STRIP = 16;

  private final float[] a;
  private final int aOffset;
  private final int aRow;
  private final int aColumn;
  private final float alpha;
  private final float[] c;
  private final int cOffset;
  private final int cRow;
  private final WarmUp warmUp;
  private float[] tail = new float[0];
  private float[] sums = new float[0];

  Product(
      float[] a,
      int aOffset,
      int aRow,
      int aColumn,
      float alpha,
      float[] c,
      int cOffset,
      int cRow,
      WarmUp warmUp) {
    this.a = a;
    this.aOffset = aOffset;
    this.aRow = aRow;
    this.aColumn = aColumn;
    this.alpha = alpha;
    this.c = c;
    this.cOffset = cOffset;
    this.cRow = cRow;
    this.warmUp = warmUp;
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
    int n = b.n();
    for (int p = 0; p < k; p += DEPTH) {
      int depth = Math.min(DEPTH, k - p);
      for (int i = 0; i < m; i += HEIGHT) {
        Rows rows = rows(i, Math.min(HEIGHT, m - i), p, depth);
        for (int j = 0; j < n; j += WIDTH) {
          int columns = Math.min(WIDTH, n - j);
          int width = rounded(columns);
          rows.panel(b.panels(), j * k + p * width, width, columns, j);
        }
      }
    }
  }

  /** Computes {@code c += alpha * a * b} for m rows of a and a matrix b [k, n] as it lies. */
  void run(int m, int n, int k, float[] b, int bOffset, int bRow, int bColumn) {
    boolean direct = m <= FEW && bColumn == 1;
    int widest = Math.min(n, BLOCK);
    float[] panels = new float[direct ? 0 : length(Math.min(k, DEPTH), widest)];
    for (int p = 0; p < k; p += DEPTH) {
      int depth = Math.min(DEPTH, k - p);
      for (int j0 = 0; j0 < n; j0 += BLOCK) {
        int block = Math.min(BLOCK, n - j0);
        int from = bOffset + p * bRow + j0 * bColumn;
        if (!direct) {
          pack(depth, block, b, from, bRow, bColumn, panels);
        }
        for (int i = 0; i < m; i += HEIGHT) {
          Rows rows = rows(i, Math.min(HEIGHT, m - i), p, depth);
          for (int j = 0; j < block; j += WIDTH) {
            int columns = Math.min(WIDTH, block - j);
            if (!direct) {
              rows.panel(panels, j * depth, rounded(columns), columns, j0 + j);
            } else if (columns == WIDTH) {
              rows.panel(b, from + j, bRow, columns, j0 + j);
            } else {
              float[] last = new float[depth * rounded(columns)];
              panel(depth, columns, b, from + j, bRow, 1, last, 0);
              rows.panel(last, 0, rounded(columns), columns, j0 + j);
            }
          }
        }
      }
    }
  }

  /** Returns rows of a from row i and column p on, copied where their elements lie apart. */
  private Rows rows(int i, int height, int p, int depth) {
    int from = aOffset + i * aRow + p * aColumn;
    if (aColumn == 1) {
      return new Rows(a, from, aRow, i, height, depth);
    }
    float[] copy = new float[height * depth];
    for (int r = 0; r < height; r++) {
      for (int q = 0; q < depth; q++) {
        copy[r * depth + q] = a[from + r * aRow + q * aColumn];
      }
    }
    return new Rows(copy, 0, depth, i, height, depth);
  }

  /** Some rows of a block of a. */
  private final class Rows {

    private final float[] x;
    private final int xOffset;
    private final int stride;
    private final int first;
    private final int height;
    private final int depth;

    Rows(float[] x, int xOffset, int stride, int first, int height, int depth) {
      this.x = x;
      this.xOffset = xOffset;
      this.stride = stride;
      this.first = first;
      this.height = height;
      this.depth = depth;
    }

    /** Multiplies with one panel of b, whose rows lie {@code ldb} apart, into columns from j on. */
    void panel(float[] b, int bo, int ldb, int columns, int j) {
      int width = rounded(columns);
      // Six rows at a time, and fives rather than a small rest.
      int tiles = (height + ROWS - 1) / ROWS;
      int fives = tiles * ROWS - height;
      int i = 0;
      for (int t = 0; t < tiles; t++) {
        int rows =
            fives <= tiles ? (t < tiles - fives ? ROWS : ROWS - 1) : Math.min(ROWS, height - i);
        int at = cOffset + (first + i) * cRow + j;
        int ao = xOffset + i * stride;
        if (columns == width) {
          tile(width, rows, ao, b, bo, ldb, c, at, cRow);
        } else {
          ragged(width, rows, ao, b, bo, ldb, at, columns);
        }
        i += rows;
      }
    }

    /** A tile that is wider than what is left of c. */
    private void ragged(
        int width, int rows, int ao, float[] b, int bo, int ldb, int at, int columns) {
      if (tail.length == 0) {
        tail = new float[ROWS * WIDTH];
      }
      for (int r = 0; r < rows; r++) {
        System.arraycopy(c, at + r * cRow, tail, r * width, columns);
      }
      tile(width, rows, ao, b, bo, ldb, tail, 0, width);
      for (int r = 0; r < rows; r++) {
        System.arraycopy(tail, r * width, c, at + r * cRow, columns);
      }
    }

    private void tile(
        int width, int rows, int ao, float[] b, int bo, int ldb, float[] to, int at, int ldc) {
      if (!warmUp.tile(width / LANES, rows).isReady()) {
        if (sums.length == 0) {
          sums = new float[WIDTH];
        }
        Twin.tile(width, rows, depth, x, ao, stride, b, bo, ldb, alpha, to, at, ldc, sums);
      } else if (width == 4 * LANES) {
        Tile4.run(rows, depth, x, ao, stride, b, bo, ldb, alpha, to, at, ldc);
      } else if (width == 2 * LANES) {
        Tile2.run(rows, depth, x, ao, stride, b, bo, ldb, alpha, to, at, ldc);
      } else {
        Tile1.run(rows, depth, x, ao, stride, b, bo, ldb, alpha, to, at, ldc);
      }
    }
  }
}
