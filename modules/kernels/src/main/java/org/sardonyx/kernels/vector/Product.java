package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.UnaryLoops.LANES;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.Unary;
import org.sardonyx.kernels.vector.WarmUp.Kind;

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
   * Columns of a panel of {@link Pairs}; here, since who has none of them does without the class.
   */
  static final int PAIRS = 8 * LANES;

  /**
   * Rows of a tile: its sums, the vectors of a row of b and a factor for each row are to stay in
   * registers all at once, since C2 may load all factors before it multiplies; it then keeps a sum
   * in memory where 16 registers hold 5 rows by 2 vectors, which takes up to three times as long.
   */
  private static final int ROWS = VECTORS == 4 ? 6 : 4;

  /** As {@link #ROWS}, of tiles that need more registers for places. */
  private static final int PLACED = Math.min(5, ROWS);

  /** Columns that {@link Tile2#wide} takes at each of its four places, and at all of them. */
  private static final int PAIR = 2 * LANES;

  private static final int STRIDE = 4 * PAIR;

  /** Rows of a panel; they stay near in the second cache, and few pass over c. */
  private static final int DEPTH = 512;

  /**
   * As {@link #DEPTH} where rows of b lie anywhere: of windows of three by three, a panel of what
   * they read stays in the first cache.
   */
  static final int SPREAD = 288;

  /** Rows of a that stay in the second cache. */
  private static final int HEIGHT = 240;

  /** Elements of c that stay in the second cache beside a panel. */
  private static final int NEAREST = 1 << 16;

  /** Columns of b that are copied at a time where b is not packed. */
  private static final int BLOCK = 512;

  /** Columns that are copied together of rows that lie anywhere, since each may be on its page. */
  private static final int NEAR = 64;

  /** Up to this many rows of a, rows of b are read where they lie. */
  private static final int FEW = 6;

  /** From this many rows of a on, rows of b that overlap are read where they lie. */
  private static final int FEWEST = 4;

  /** Elements of a column that are read together when b lies transposed. */
  private static final int STRIP = 16;

  /** Elements of arrays that may be kept from one call to the next. */
  private static final int SMALL = 1 << 18;

  private static final float[] NONE = {};

  private final WarmUp warmUp;

  /** A tile that is not added to c as it is. */
  private final float[] tail = new float[ROWS * WIDTH];

  /** Zeros, which a tile apart starts from. */
  private final float[] nothing = new float[ROWS * WIDTH];

  /** A block of b, copied into panels. */
  private float[] panels = NONE;

  /** A block of a, copied where its elements lie apart. */
  private float[] block = NONE;

  /** Where rows of b begin for the tiles of some columns. */
  private int[] places = {};

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
  private int startColumn;

  // What the sums of one block are added to.
  private float[] d = NONE;
  private int dOffset;
  private int dRow;
  private int dColumn;

  private float[] zeros = NONE;

  /** The width of a tile, for each row of c, of what all of that row starts from. */
  private float[] starts = NONE;

  /**
   * Whether the last panels of a packed matrix come first, every second time: a recurrent layer
   * finds in the cache what the step before has read last, and not what it has read first.
   */
  private boolean backwards;

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

  /** Lets go of the caller's arrays, but for small ones: see {@link #stripes}. */
  private void end() {
    if (Math.max(a.length, Math.max(c.length, start.length)) > SMALL) {
      a = NONE;
      c = NONE;
      x = NONE;
      d = NONE;
      start = NONE;
    }
  }

  /** Returns the columns that a panel for {@code columns} of them has. */
  static int rounded(int columns) {
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

  static PackedMatrix pack(
      int k, int n, float[] b, int bOffset, int bRow, int bColumn, @Nullable PackedMatrix over) {
    PackedMatrix packed =
        over != null && over.holds(k, n, WIDTH)
            ? over
            : new PackedMatrix(k, n, WIDTH, new float[length(k, n)]);
    pack(k, 0, n, b, bOffset, bRow, bColumn, packed.panels());
    return packed;
  }

  /** Copies columns [from, n) into panels. */
  private static void pack(
      int k, int from, int n, float[] b, int bOffset, int bRow, int bColumn, float[] panels) {
    for (int j = from; j < n; j += WIDTH) {
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
    if (bRow == 1 && columns == WIDTH) {
      Turned.panel(k, b, bOffset, bColumn, to, start);
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

  /** Returns how long the parts of n are where none is longer than most: as equal as can be. */
  private static int part(int n, int most) {
    int parts = Math.max(1, (n + most - 1) / most);
    return Math.max(1, (n + parts - 1) / parts);
  }

  /**
   * Computes {@code c = d + a * b} for one row of a and a matrix in {@link Stripes}, where it has
   * such; returns how many columns that were. Keeps no array: to write a reference is to write
   * where the collector looks, and what threads write there lies in one line of the cache.
   */
  int stripes(PackedMatrix b, float[] a, int ao, float[] d, int dd, float[] c, int co) {
    int n = b.n();
    int k = b.k();
    if (!b.isForSteps() || b.width() != WIDTH || !warmUp.of(Kind.STRIPES).isReady()) {
      return 0;
    }
    MemorySegment stripes = b.segment();
    if (stripes == null) {
      stripes = Stripes.copy(b);
      b.keep(stripes);
    }
    backwards = !backwards;
    int all = k == 0 ? 0 : Stripes.count(n) * Stripes.WIDTH;
    int deepest = part(k, DEPTH);
    for (int i = 0; i < all; i += Stripes.WIDTH) {
      int j = turned(i, all - Stripes.WIDTH);
      for (int p = 0; p < k; p += deepest) {
        int deep = Math.min(deepest, k - p);
        float[] from = p == 0 ? d : c;
        int at = (p == 0 ? dd : co) + j;
        long bo = ((long) j * k + (long) p * Stripes.WIDTH) * Float.BYTES;
        if (j + Stripes.WIDTH <= n) {
          Stripes.row(deep, a, ao + p, stripes, bo, from, at, c, co + j);
        } else {
          Stripes.row(deep, a, ao + p, stripes, bo, nothing, 0, tail, 0);
          addTimes(1, tail, 0, from, at, c, co + j, n - j);
        }
      }
    }
    return all;
  }

  /**
   * Computes {@code c = start + alpha * a * b} for m rows of a, from column {@code done} on, and
   * then f of it.
   */
  void run(int m, PackedMatrix b, int done, @Nullable Unary f, Kernels kernels) {
    int n = b.n();
    int k = b.k();
    if (done == 0) {
      backwards = !backwards;
    }
    if (k == 0) {
      for (int i = 0; i < m && start != c; i++) {
        System.arraycopy(start, startOffset, c, cOffset + i * cRow, n);
      }
    }
    int deepest = part(k, DEPTH);
    // A function follows while the rows of c are near.
    int highest =
        part(m, f == null ? HEIGHT : Math.clamp(NEAREST / Math.max(1, n), 4 * ROWS, HEIGHT));
    for (int i = 0; i < m; i += highest) {
      int rows = Math.min(highest, m - i);
      for (int p = 0; p < k; p += deepest) {
        rows(i, rows, p, Math.min(deepest, k - p));
        if (b.width() == PAIRS) {
          pairs(Objects.requireNonNull(b.segment()), b.offset() / 2, p, k, n);
        } else {
          panels(b.panels(), b.offset(), p, k, n, done, 0);
        }
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
    int deepest = part(k, DEPTH);
    int highest = part(m, HEIGHT);
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
        int from = bOffset + p * bRow + j * bColumn;
        int whole =
            bColumn == 1 && warmUp.of(Kind.GATHER).isReady() ? columns - columns % WIDTH : 0;
        if (whole > 0) {
          Gather.panels(whole / WIDTH, deep, b, from, bRow, panels);
        }
        pack(deep, whole, columns, b, from, bRow, bColumn, panels);
        for (int i = 0; i < m; i += highest) {
          rows(i, Math.min(highest, m - i), p, deep);
          panels(panels, 0, 0, deep, columns, 0, j);
        }
      }
    }
    end();
  }

  /**
   * Computes {@code c = start + a * b} for lines of m rows of a and n columns of b, whose row p
   * begins at {@code bOffset + line * bLine + at[p]}; row i starts from {@code bias[biasOffset +
   * i]}.
   */
  void run(
      int lines,
      int bLine,
      int cLine,
      int m,
      int n,
      int k,
      float[] b,
      int bOffset,
      int[] at,
      float[] bias,
      int biasOffset) {
    if (starts.length < m * WIDTH) {
      starts = new float[m * WIDTH];
    }
    for (int i = 0; i < m; i++) {
      Arrays.fill(starts, i * WIDTH, (i + 1) * WIDTH, bias[biasOffset + i]);
    }
    start = starts;
    startOffset = 0;
    startRow = WIDTH;
    startColumn = 0;
    int deepest = part(k, SPREAD);
    if (m >= FEWEST && n >= PAIR && k > 1 && at[1] - at[0] < PAIR) {
      int whole = n - n % PAIR;
      windows(lines, bLine, cLine, m, 0, whole, k, deepest, b, bOffset, at);
      // The last columns overlap those before.
      windows(lines, bLine, cLine, m, whole == n ? n : n - PAIR, n, k, deepest, b, bOffset, at);
      end();
      return;
    }
    if (panels.length < deepest * NEAR) {
      panels = new float[deepest * NEAR];
    }
    int whole = n - n % WIDTH;
    int last = whole == 0 || whole == n ? whole : n - WIDTH;
    for (int line = 0; line < lines; line++) {
      columns(m, 0, whole, k, deepest, b, bOffset + line * bLine, at);
      // The last panel overlaps the one before, where there is one.
      columns(m, last, n, k, deepest, b, bOffset + line * bLine, at);
      cOffset += cLine;
    }
    end();
  }

  /** Computes columns [from, to) of rows of b that overlap. */
  private void windows(
      int lines,
      int bLine,
      int cLine,
      int m,
      int from,
      int to,
      int k,
      int deepest,
      float[] b,
      int bOffset,
      int[] at) {
    if (places.length < deepest) {
      places = new int[deepest];
    }
    int highest = part(m, HEIGHT);
    for (int p = 0; p < k && from < to; p += deepest) {
      int deep = Math.min(deepest, k - p);
      for (int i = 0; i < m; i += highest) {
        apart(i, Math.min(highest, m - i), p, deep);
        int more = p == 0 ? 0 : cLine;
        for (int line = 0; line < lines; line++) {
          for (int j = from; j < to; ) {
            int width = to - j >= WIDTH ? WIDTH : PAIR;
            int start = bOffset + line * bLine + j;
            for (int q = 0; q < deep; q++) {
              places[q] = start + at[p + q];
            }
            int tiles = (height + PLACED - 1) / PLACED;
            int rows = height / tiles;
            int higher = height - tiles * rows;
            int c0 = cOffset + line * cLine + j;
            int d0 = dOffset + line * more + j * dColumn;
            placed(width, 0, higher, rows + 1, b, d0, c0);
            placed(width, higher * (rows + 1), tiles - higher, rows, b, d0, c0);
            j += width;
          }
        }
      }
    }
  }

  /** Takes rows of a, copied to where {@link Placed4} wants them. */
  private void apart(int i, int rows, int p, int deep) {
    rows(i, rows, p, deep);
    if (block.length < rows * Placed4.LDA) {
      block = new float[rows * Placed4.LDA];
    }
    for (int r = 0; r < rows; r++) {
      System.arraycopy(x, xOffset + r * stride, block, r * Placed4.LDA, deep);
    }
  }

  private void placed(int width, int i, int tiles, int rows, float[] b, int d0, int c0) {
    if (tiles == 0) {
      return;
    }
    int to = c0 + (first + i) * cRow;
    int from = d0 + (first + i) * dRow;
    int ao = i * Placed4.LDA;
    if (!warmUp.placed(width / LANES, rows).isReady()) {
      int all = tiles * rows;
      TwinProduct.tile(
          width, all, depth, block, ao, Placed4.LDA, b, places, d, from, dRow, c, to, cRow);
    } else if (width == 4 * LANES) {
      Placed4.run(tiles, rows, depth, block, ao, b, places, d, from, dRow, c, to, cRow);
    } else {
      Placed2.run(tiles, rows, depth, block, ao, b, places, d, from, dRow, c, to, cRow);
    }
  }

  /** Computes columns [from, to) of rows of b that lie anywhere. */
  private void columns(
      int m, int from, int to, int k, int deepest, float[] b, int bOffset, int[] at) {
    for (int p = 0; p < k && from < to; p += deepest) {
      int deep = Math.min(deepest, k - p);
      int highest = part(m, HEIGHT * SPREAD / deep);
      for (int j = from; j < to; j += NEAR) {
        int columns = Math.min(NEAR, to - j);
        gather(deep, columns, b, bOffset + j, at, p);
        for (int i = 0; i < m; i += highest) {
          rows(i, Math.min(highest, m - i), p, deep);
          panels(panels, 0, 0, deep, columns, 0, j);
        }
      }
    }
  }

  /** Copies rows of b, from row p on, into panels. */
  private void gather(int deep, int columns, float[] b, int bo, int[] at, int p) {
    if (columns % WIDTH == 0 && warmUp.of(Kind.GATHER).isReady()) {
      Gather.panels(columns / WIDTH, deep, b, bo, at, p, panels);
      return;
    }
    for (int j = 0; j < columns; j += WIDTH) {
      int width = Math.min(WIDTH, columns - j);
      int apart = rounded(width);
      for (int q = 0; q < deep; q++) {
        System.arraycopy(b, bo + j + at[p + q], panels, j * deep + q * apart, width);
      }
    }
  }

  /** Takes rows of a from row i and column p on, copied where their elements lie apart. */
  private void rows(int i, int rows, int p, int deep) {
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

  /**
   * Multiplies the rows with rows [p, p + depth) of the panels of a matrix [k, n], which begin at
   * {@code bo}, from column {@code done} on, into columns of c from {@code to} on.
   */
  private void panels(float[] b, int bo, int p, int k, int n, int done, int to) {
    int j = done;
    if (height == 1 && alpha == 1 && done == 0 && dColumn == 1) {
      j = n - n % STRIDE;
      for (int i = 0; i < j; i += STRIDE) {
        int w = turned(i, j - STRIDE);
        wide(
            b,
            bo + at(w, p, k),
            bo + at(w + PAIR, p, k),
            bo + at(w + 2 * PAIR, p, k),
            bo + at(w + 3 * PAIR, p, k),
            to + w);
      }
    }
    int last = (n - 1 - j) / WIDTH * WIDTH;
    for (int i = 0; i < n - j; i += WIDTH) {
      int w = j + turned(i, last);
      int columns = Math.min(WIDTH, n - w);
      int width = rounded(columns);
      panel(b, bo + w * k + p * width, columns, to + w);
    }
  }

  /** As {@link #panels}, of a matrix of bfloat16. */
  private void pairs(MemorySegment b, int bo, int p, int k, int n) {
    boolean ready = warmUp.of(Kind.PAIRS).isReady();
    int j = 0;
    if (height == 1 && alpha == 1 && ready) {
      j = n - n % PAIRS;
      for (int i = 0; i < j; i += PAIRS) {
        int w = turned(i, j - PAIRS);
        long at = (bo + (w * k + p * PAIRS) / 2) * (long) Integer.BYTES;
        int from = dOffset + first * dRow + w;
        Pairs.row(depth, x, xOffset, b, at, d, from, c, cOffset + first * cRow + w);
      }
    }
    if (j < n && panels.length < depth * WIDTH) {
      panels = new float[depth * WIDTH];
    }
    for (; j < n; j += WIDTH) {
      int inside = j % PAIRS;
      long at = (bo + ((j - inside) * k + p * PAIRS + inside) / 2) * (long) Integer.BYTES;
      if (ready) {
        Pairs.widen(depth, b, at, panels);
      } else {
        Pairs.widenSlowly(depth, b, at, panels);
      }
      panel(WIDTH, panels, 0, Math.min(WIDTH, n - j), j);
    }
  }

  /** Returns i, or where one is that comes as late before {@code last} in a product backwards. */
  private int turned(int i, int last) {
    return backwards ? last - i : i;
  }

  /** Returns where column j of row p lies in full panels of k rows. */
  private static int at(int j, int p, int k) {
    int inside = j % WIDTH;
    return (j - inside) * k + p * WIDTH + inside;
  }

  /** Multiplies the rows with a matrix whose rows lie {@code ldb} apart. */
  private void direct(int n, float[] b, int bo, int ldb) {
    int j = 0;
    if (height == 1 && alpha == 1 && warmUp.of(Kind.STRIPS).isReady()) {
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
  private void panel(float[] b, int bo, int columns, int j) {
    panel(rounded(columns), b, bo, columns, j);
  }

  private void panel(int width, float[] b, int bo, int columns, int j) {
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
    int at = cOffset + (first + i) * cRow + j;
    int from = dOffset + (first + i) * dRow + j * dColumn;
    int ao = xOffset + i * stride;
    if (columns == width && alpha == 1) {
      tile(width, tiles, rows, ao, b, bo, d, from, dRow, c, at, cRow);
      return;
    }
    for (int t = 0; t < tiles; t++) {
      int r = t * rows;
      apart(width, rows, ao + r * stride, b, bo, from + r * dRow, at + r * cRow, columns);
    }
  }

  /** A tile that is wider than what is left of c, or has a factor. */
  private void apart(
      int width, int rows, int ao, float[] b, int bo, int from, int at, int columns) {
    tile(width, 1, rows, ao, b, bo, nothing, 0, 0, tail, 0, width);
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
      int tiles,
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
      int all = tiles * rows;
      TwinProduct.tile(width, all, depth, x, ao, stride, b, bo, width, from, fo, ldf, to, at, ldc);
    } else if (width == 4 * LANES) {
      Tile4.run(tiles, rows, depth, x, ao, stride, b, bo, from, fo, ldf, to, at, ldc);
    } else if (width == 2 * LANES) {
      Tile2.run(tiles, rows, depth, x, ao, stride, b, bo, from, fo, ldf, to, at, ldc);
    } else {
      Tile1.run(tiles, rows, depth, x, ao, stride, b, bo, from, fo, ldf, to, at, ldc);
    }
  }
}
