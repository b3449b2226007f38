package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.Panels.VECTORS;
import static org.sardonyx.kernels.vector.Panels.WIDTH;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.PlainProduct;

/**
 * The left side and the result of a product, and the rows of them that are multiplied now: with
 * panels of b, or with b as it lies.
 *
 * <p>An object is the room that one thread works in.
 */
final class Tiles {

  /**
   * Rows of a tile: its sums, the vectors of a row of b and a factor for each row are to stay in
   * registers all at once, since C2 may load all factors before it multiplies; it then keeps a sum
   * in memory where 16 registers hold 5 rows by 2 vectors, which takes up to three times as long.
   */
  static final int ROWS = VECTORS == 4 ? 6 : 4;

  /** Columns that {@link Tile2#wide} takes at each of its four places, and at all of them. */
  static final int PAIR = 2 * LANES;

  private static final int STRIDE = 4 * PAIR;

  /** Elements of arrays that may be kept from one call to the next. */
  private static final int SMALL = 1 << 18;

  private static final float[] NONE = {};

  private static final int NOTHING = -1;

  private final WarmUp warmUp;

  /** A tile, before it is added to what c starts from. */
  final float[] tail = new float[ROWS * WIDTH];

  /** Zeros, which a tile apart starts from. */
  final float[] nothing = new float[ROWS * WIDTH];

  /** A panel, copied of what is left of rows that are read where they lie. */
  private float[] panel = NONE;

  /** A block of a, copied where its elements lie apart. */
  private float[] block = NONE;

  /** What multiplies until tiles are ready. */
  private @Nullable PlainProduct cold;

  private float[] a = NONE;
  private int aOffset;
  private int aRow;
  private int aColumn;
  private float alpha;
  float[] c = NONE;
  int cOffset;
  int cRow;

  // What c starts from: a row that is laid over it, or c itself, which so is added to.
  float[] start = NONE;
  private int startOffset;
  private int startRow;
  private int startColumn;

  // What the sums of one block are added to.
  float[] d = NONE;
  int dOffset;
  int dRow;
  int dColumn;

  private float[] zeros = NONE;

  /**
   * Whether the last panels of a packed matrix come first, every second time: a recurrent layer
   * finds in the cache what the step before has read last, and not what it has read first.
   */
  private boolean backwards;

  // The rows of a that are multiplied now: from row `first` of c on, `height` of them.
  float[] x = NONE;
  int xOffset;
  int stride;
  int first;
  int height;
  int depth;

  /** Whether panels come from far, so that it pays to read each before its turn. */
  private boolean far;

  /** Where the panel begins that comes next; {@link #NOTHING} where nothing is read ahead. */
  private int ahead = NOTHING;

  /** What was read ahead: if nobody kept it, the compiler would leave the reading out. */
  @SuppressWarnings("UnusedVariable")
  private int read;

  Tiles(WarmUp warmUp) {
    this.warmUp = warmUp;
  }

  /** Takes the left side and the result. */
  void of(
      float[] a,
      int aOffset,
      int aRow,
      int aColumn,
      float alpha,
      float[] c,
      int cOffset,
      int cRow) {
    if (this.a != a) {
      this.a = a;
    }
    this.aOffset = aOffset;
    this.aRow = aRow;
    this.aColumn = aColumn;
    this.alpha = alpha;
    if (this.c != c) {
      this.c = c;
    }
    this.cOffset = cOffset;
    this.cRow = cRow;
    if (start != c) {
      start = c;
    }
    this.startOffset = cOffset;
    this.startRow = cRow;
    this.startColumn = 1;
  }

  /** Has c start from n floats in every row rather than from what it holds; none are zeros. */
  void from(float[] bias, int biasOffset, int n) {
    if (bias.length == 0 && zeros.length < n) {
      zeros = new float[n];
    }
    start = bias.length == 0 ? zeros : bias;
    startOffset = bias.length == 0 ? 0 : biasOffset;
    startRow = 0;
  }

  /** Has row i of c start from {@code width} floats at {@code i * width}, in all its columns. */
  void fromEach(float[] rows, int width) {
    start = rows;
    startOffset = 0;
    startRow = width;
    startColumn = 0;
  }

  /** Has m rows of c be what they start from, where nothing is added. */
  void fill(int m, int n) {
    for (int i = 0; i < m && start != c; i++) {
      System.arraycopy(start, startOffset, c, cOffset + i * cRow, n);
    }
  }

  /** Lets go of the caller's arrays, but for small ones: see {@link Product#stripes}. */
  void end() {
    far = false;
    if (Math.max(a.length, Math.max(c.length, start.length)) > SMALL) {
      a = NONE;
      c = NONE;
      x = NONE;
      d = NONE;
      start = NONE;
    }
  }

  /** Takes rows of a from row i and column p on, copied where their elements lie apart. */
  void rows(int i, int rows, int p, int deep) {
    first = i;
    height = rows;
    depth = deep;
    if (x != a) {
      x = a;
    }
    xOffset = aOffset + i * aRow + p * aColumn;
    stride = aRow;
    float[] from = p == 0 ? start : c;
    if (d != from) {
      d = from;
    }
    dOffset = p == 0 ? startOffset : cOffset;
    dRow = p == 0 ? startRow : cRow;
    dColumn = p == 0 ? startColumn : 1;
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

  /** Says whether panels are read before their turn, until {@link #end}. */
  void readAhead(boolean far) {
    this.far = far && VECTORS == 4;
  }

  /** Has packed panels come in the other order from now on. */
  void turn() {
    backwards = !backwards;
  }

  /** Returns i, or where one is that comes as late before {@code last} in a product backwards. */
  int turned(int i, int last) {
    return backwards ? last - i : i;
  }

  /** Whether tiles for so many rows are ready; where not, sees to it that they will be. */
  boolean isReady(int height) {
    int tiles = (height + ROWS - 1) / ROWS;
    int rows = height / tiles;
    boolean lower = warmUp.tile(VECTORS, rows).isReady();
    return (height % tiles == 0 || warmUp.tile(VECTORS, rows + 1).isReady()) && lower;
  }

  /** Returns what multiplies until tiles are ready. */
  PlainProduct cold() {
    PlainProduct found = cold;
    if (found == null) {
      found = new PlainProduct();
      cold = found;
    }
    return found;
  }

  /**
   * Multiplies the rows with rows [p, p + depth) of the panels of a matrix [k, n], which begin at
   * {@code bo}, from column {@code done} on, into columns of c from {@code to} on.
   */
  void panels(float[] b, int bo, int p, int k, int n, int done, int to) {
    if (height > 1 && done == 0 && !isReady(height)) {
      cold(b, bo, p, k, n, Panels.rounded((n - 1) % WIDTH + 1), to);
      return;
    }
    int j = done;
    // Only where c starts from as many columns: those of a stride are read one after another.
    if (isOneRow() && done == 0 && dColumn == 1) {
      j = n - n % STRIDE;
      for (int i = 0; i < j; i += STRIDE) {
        int w = turned(i, j - STRIDE);
        wide(
            b,
            bo + Panels.at(w, p, k),
            bo + Panels.at(w + PAIR, p, k),
            bo + Panels.at(w + 2 * PAIR, p, k),
            bo + Panels.at(w + 3 * PAIR, p, k),
            to + w);
      }
    }
    int last = (n - 1 - j) / WIDTH * WIDTH;
    for (int i = 0; i < n - j; i += WIDTH) {
      int w = j + turned(i, last);
      int columns = Math.min(WIDTH, n - w);
      int width = Panels.rounded(columns);
      int next = i + WIDTH < n - j ? j + turned(i + WIDTH, last) : w;
      // Only of a whole panel is there as much to read.
      ahead = far && next != w && next + WIDTH <= n ? bo + next * k + p * WIDTH : NOTHING;
      panel(width, b, bo + w * k + p * width, columns, to + w);
    }
    ahead = NOTHING;
  }

  /**
   * As {@link #panels}, until tiles are ready.
   *
   * @param last how many columns the last panel has room for
   */
  void cold(float[] b, int bo, int p, int k, int n, int last, int to) {
    int from = dOffset + first * dRow + to * dColumn;
    cold()
        .ofPanels(height, n, depth, x, xOffset, stride, b, bo, WIDTH, last, k, p)
        .addTo(alpha, d, from, dRow, dColumn, c, cOffset + first * cRow + to, cRow);
  }

  /** Multiplies one row with a panel of {@link Pairs} that begins at byte {@code bo}. */
  void pairs(MemorySegment b, long bo, int j) {
    int from = dOffset + first * dRow + j;
    Pairs.row(depth, x, xOffset, b, bo, d, from, c, cOffset + first * cRow + j);
  }

  /** Whether one row alone is multiplied, with no factor. */
  boolean isOneRow() {
    return height == 1 && alpha == 1;
  }

  /** Multiplies the rows with a matrix whose rows lie {@code ldb} apart. */
  void direct(int n, float[] b, int bo, int ldb) {
    int j = 0;
    if (isOneRow() && warmUp.of(Kind.STRIPS).isReady()) {
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
      if (panel.length < depth * WIDTH) {
        panel = new float[depth * WIDTH];
      }
      Panels.copy(depth, n - j, b, bo + j, ldb, 1, panel, 0);
      panel(Panels.rounded(n - j), panel, 0, n - j, j);
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
    if (warmUp.of(Kind.STRIPS).isReady()) {
      Strip.run(rows, depth, x, ao, stride, b, bo, ldb, from, fo, ldf, to, at, ldc);
    } else {
      TwinProduct.tile(PAIR, rows, depth, x, ao, stride, b, bo, ldb, from, fo, ldf, to, at, ldc);
    }
  }

  /** Multiplies one row with four pairs of vectors at once, into columns from j on. */
  private void wide(float[] b, int b0, int b1, int b2, int b3, int j) {
    int at = cOffset + first * cRow + j;
    int from = dOffset + first * dRow + j;
    if (warmUp.of(Kind.WIDE).isReady()) {
      Tile2.wide(depth, x, xOffset, b, b0, b1, b2, b3, d, from, c, at);
    } else {
      coldPair(b, b0, from, at);
      coldPair(b, b1, from + PAIR, at + PAIR);
      coldPair(b, b2, from + 2 * PAIR, at + 2 * PAIR);
      coldPair(b, b3, from + 3 * PAIR, at + 3 * PAIR);
    }
  }

  private void coldPair(float[] b, int bo, int from, int at) {
    TwinProduct.tile(PAIR, 1, depth, x, xOffset, stride, b, bo, WIDTH, d, from, 0, c, at, 0);
  }

  /** Multiplies with one panel of b, into columns from j on. */
  void panel(int width, float[] b, int bo, int columns, int j) {
    if (height == 0) {
      return;
    }
    // Tiles as equal as can be, rather than full ones and a small rest.
    int tiles = (height + ROWS - 1) / ROWS;
    int rows = height / tiles;
    int higher = height - tiles * rows;
    tiles(width, 0, higher, rows + 1, b, bo, columns, j);
    tiles(width, higher * (rows + 1), tiles - higher, rows, b, bo, columns, j);
  }

  /** Some tiles of as many rows, one below the other, from row i on. */
  private void tiles(int width, int i, int tiles, int rows, float[] b, int bo, int columns, int j) {
    if (tiles == 0) {
      return;
    }
    boolean ready = warmUp.tile(width / LANES, rows).isReady();
    boolean whole = ready && columns == width && alpha == 1;
    for (int r = i; r < i + tiles * rows; r += rows) {
      int ao = xOffset + r * stride;
      int from = dOffset + (first + r) * dRow + j * dColumn;
      int at = cOffset + (first + r) * cRow + j;
      if (whole && d == zeros) {
        tile(width, rows, r, ao, b, bo, c, at, cRow);
        continue;
      }
      if (ready) {
        tile(width, rows, r, ao, b, bo, tail, 0, width);
      } else {
        twin(width, rows, ao, b, bo);
      }
      if (whole) {
        add(rows, width, tail, d, from, dRow, c, at, cRow);
        continue;
      }
      for (int q = 0; q < rows; q++) {
        if (alpha == 1 && d == zeros) {
          System.arraycopy(tail, q * width, c, at + q * cRow, columns);
        } else {
          addTimes(alpha, tail, q * width, d, from + q * dRow, c, at + q * cRow, columns);
        }
      }
    }
  }

  private void tile(
      int width, int rows, int r, int ao, float[] b, int bo, float[] to, int at, int apart) {
    int tile = r / rows;
    if (width == WIDTH
        && ahead != NOTHING
        && tile < Ahead4.TILES
        && rows >= Ahead4.LEAST
        && warmUp.of(Kind.AHEAD).isReady()) {
      int next = ahead + tile * depth * LANES;
      read ^= Ahead4.run(rows, depth, x, ao, stride, b, bo, next, to, at, apart);
    } else if (width == 4 * LANES) {
      Tile4.run(rows, depth, x, ao, stride, b, bo, to, at, apart);
    } else if (width == 2 * LANES) {
      Tile2.run(rows, depth, x, ao, stride, b, bo, to, at, apart);
    } else {
      Tile1.run(rows, depth, x, ao, stride, b, bo, to, at, apart);
    }
  }

  private void twin(int width, int rows, int ao, float[] b, int bo) {
    TwinProduct.tile(
        width, rows, depth, x, ao, stride, b, bo, width, nothing, 0, 0, tail, 0, width);
  }

  /** Computes {@code c = d + sums} for rows of whole vectors, of sums one after another. */
  static void add(
      int rows, int width, float[] sums, float[] d, int dd, int ldd, float[] c, int co, int ldc) {
    for (int r = 0; r < rows; r++) {
      int from = dd + r * ldd;
      int to = co + r * ldc;
      for (int j = 0; j < width; j += LANES) {
        load(sums, r * width + j).add(load(d, from + j)).intoArray(c, to + j);
      }
    }
  }

  static void addTimes(
      float alpha, float[] x, int xo, float[] d, int dd, float[] y, int yo, int n) {
    for (int j = 0; j < n; j++) {
      y[yo + j] = d[dd + j] + alpha * x[xo + j];
    }
  }
}
