package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.Panels.FIRST;
import static org.sardonyx.kernels.vector.Panels.VECTORS;
import static org.sardonyx.kernels.vector.Panels.WIDTH;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;

import java.util.Arrays;

/**
 * Products with a matrix whose rows lie anywhere, and may overlap, as those of windows over planes
 * do. Columns go in the widths of {@link Panels}, k in blocks of {@link #DEPTH}.
 */
final class Spread {

  /** Of windows of three by three, a panel of what so many rows read stays in the first cache. */
  static final int DEPTH = 288;

  /** Rows of a tile that needs registers for places too. */
  private static final int ROWS = Math.min(5, Tiles.ROWS);

  private static final int PAIR = Tiles.PAIR;

  /** Columns that are copied together of rows that lie anywhere, since each may be on its page. */
  private static final int NEAR = 64;

  /**
   * From so many rows of a on, and up to so many, rows of b that overlap are read where they lie:
   * where tiles have few rows, each is read so often that it pays to copy it first.
   */
  private static final int FEWEST = 4;

  private static final int MOST = VECTORS == 4 ? Integer.MAX_VALUE : 20;

  private static final float[] NONE = {};

  private final WarmUp warmUp;
  private final Tiles tiles;

  /** A block of b, copied into panels. */
  private float[] panels = NONE;

  /** A block of a, copied to where {@link Placed4} wants it. */
  private float[] block = NONE;

  /** Where rows of b begin for the tiles of some columns. */
  private int[] places = {};

  /** The width of a tile, for each row of c, of what all of that row starts from. */
  private float[] starts = NONE;

  Spread(WarmUp warmUp, Tiles tiles) {
    this.warmUp = warmUp;
    this.tiles = tiles;
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
    tiles.fromEach(starts, WIDTH);
    int deepest = Product.part(k, DEPTH);
    boolean overlap = m >= FEWEST && m <= MOST && k > 1 && at[1] - at[0] < PAIR;
    // Of one tile of rows, nothing is read a second time.
    boolean placed = n >= PAIR && (overlap || (m >= Placed4.LEAST && m <= ROWS));
    int highest = Product.part(m, placed ? Product.HEIGHT : Product.HEIGHT * DEPTH / deepest);
    boolean ready = placed ? isReady(highest, n) : tiles.isReady(highest);
    ready &= !placed || isReady((m - 1) % highest + 1, n);
    if (!ready) {
      cold(lines, bLine, cLine, m, n, k, deepest, b, bOffset, at);
      tiles.end();
      return;
    }
    if (placed) {
      int whole = n - n % PAIR;
      windows(lines, bLine, cLine, m, 0, whole, k, deepest, b, bOffset, at);
      // The last columns overlap those before.
      windows(lines, bLine, cLine, m, whole == n ? n : n - PAIR, n, k, deepest, b, bOffset, at);
      tiles.end();
      return;
    }
    if (panels.length < FIRST + deepest * NEAR) {
      panels = Panels.room(deepest * NEAR);
    }
    int whole = n - n % WIDTH;
    int last = whole == 0 || whole == n ? whole : n - WIDTH;
    for (int line = 0; line < lines; line++) {
      columns(m, 0, whole, k, deepest, b, bOffset + line * bLine, at);
      // The last panel overlaps the one before, where there is one.
      columns(m, last, n, k, deepest, b, bOffset + line * bLine, at);
      tiles.cOffset += cLine;
    }
    tiles.end();
  }

  /**
   * Whether tiles of so many rows, for n columns of b that overlap, are ready; where not, sees to
   * it that they will be.
   */
  private boolean isReady(int height, int n) {
    int count = (height + ROWS - 1) / ROWS;
    boolean ready = true;
    for (int rows = height / count; rows <= (height + count - 1) / count; rows++) {
      ready &= n < WIDTH || warmUp.placed(VECTORS, rows).isReady();
      ready &= n % WIDTH == 0 || warmUp.placed(PAIR / LANES, rows).isReady();
    }
    return ready;
  }

  /** Multiplies until tiles are ready. */
  private void cold(
      int lines,
      int bLine,
      int cLine,
      int m,
      int n,
      int k,
      int deepest,
      float[] b,
      int bOffset,
      int[] at) {
    for (int p = 0; p < k; p += deepest) {
      tiles.rows(0, m, p, Math.min(deepest, k - p));
      for (int line = 0; line < lines; line++) {
        int from = tiles.dOffset + (p == 0 ? 0 : line * cLine);
        int to = tiles.cOffset + line * cLine;
        tiles
            .cold()
            .of(
                m,
                n,
                tiles.depth,
                tiles.x,
                tiles.xOffset,
                tiles.stride,
                b,
                bOffset + line * bLine,
                at,
                p)
            .addTo(1, tiles.d, from, tiles.dRow, tiles.dColumn, tiles.c, to, tiles.cRow);
      }
    }
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
    int highest = Product.part(m, Product.HEIGHT);
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
            int count = (tiles.height + ROWS - 1) / ROWS;
            int rows = tiles.height / count;
            int higher = tiles.height - count * rows;
            int c0 = tiles.cOffset + line * cLine + j;
            int d0 = tiles.dOffset + line * more + j * tiles.dColumn;
            placed(width, 0, higher, rows + 1, b, d0, c0);
            placed(width, higher * (rows + 1), count - higher, rows, b, d0, c0);
            j += width;
          }
        }
      }
    }
  }

  /** Takes rows of a, copied to where {@link Placed4} wants them. */
  private void apart(int i, int rows, int p, int deep) {
    tiles.rows(i, rows, p, deep);
    if (block.length < rows * Placed4.LDA) {
      block = new float[rows * Placed4.LDA];
    }
    for (int r = 0; r < rows; r++) {
      System.arraycopy(tiles.x, tiles.xOffset + r * tiles.stride, block, r * Placed4.LDA, deep);
    }
  }

  private void placed(int width, int i, int count, int rows, float[] b, int d0, int c0) {
    for (int r = i; r < i + count * rows; r += rows) {
      if (width == 4 * LANES) {
        Placed4.run(rows, tiles.depth, block, r * Placed4.LDA, b, places, tiles.tail, 0, width);
      } else {
        Placed2.run(rows, tiles.depth, block, r * Placed4.LDA, b, places, tiles.tail, 0, width);
      }
      int to = c0 + (tiles.first + r) * tiles.cRow;
      int from = d0 + (tiles.first + r) * tiles.dRow;
      Tiles.add(rows, width, tiles.tail, tiles.d, from, tiles.dRow, tiles.c, to, tiles.cRow);
    }
  }

  /** Computes columns [from, to) of rows of b that lie anywhere. */
  private void columns(
      int m, int from, int to, int k, int deepest, float[] b, int bOffset, int[] at) {
    for (int p = 0; p < k && from < to; p += deepest) {
      int deep = Math.min(deepest, k - p);
      int highest = Product.part(m, Product.HEIGHT * DEPTH / deep);
      for (int j = from; j < to; j += NEAR) {
        int columns = Math.min(NEAR, to - j);
        gather(deep, columns, b, bOffset + j, at, p);
        for (int i = 0; i < m; i += highest) {
          tiles.rows(i, Math.min(highest, m - i), p, deep);
          tiles.panels(panels, FIRST, 0, deep, columns, 0, j);
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
      int apart = Panels.rounded(width);
      for (int q = 0; q < deep; q++) {
        System.arraycopy(b, bo + j + at[p + q], panels, FIRST + j * deep + q * apart, width);
      }
    }
  }
}
