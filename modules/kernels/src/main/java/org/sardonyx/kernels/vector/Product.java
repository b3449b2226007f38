package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.Panels.FIRST;
import static org.sardonyx.kernels.vector.Panels.WIDTH;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.PlainProduct;
import org.sardonyx.kernels.Unary;

/**
 * Products of matrices by tiles. Columns of b go in {@link Panels}; k goes in blocks of {@link
 * #DEPTH}, each of which is added to c. That order, and so every bit of an element of c, depends on
 * k alone.
 *
 * <p>An object is the room that one thread works in, so that a call allocates nothing.
 */
final class Product {

  /**
   * Columns of a panel of {@link Pairs}; here, since who has none of them does without the class.
   */
  static final int PAIRS = 8 * LANES;

  /** Rows of a panel; they stay near in the second cache, and few pass over c. */
  private static final int DEPTH = 512;

  /** Rows of a that stay in the second cache. */
  static final int HEIGHT = 240;

  /** Elements of c that stay in the second cache beside a panel. */
  private static final int NEAREST = 1 << 16;

  /** Columns of b that are copied at a time where b is not packed. */
  private static final int BLOCK = 512;

  /** Up to this many rows of a, rows of b are read where they lie. */
  private static final int FEW = 6;

  private static final float[] NONE = {};

  private final WarmUp warmUp;
  private final Tiles tiles;
  private final Spread spread;

  /** A block of b, copied into panels. */
  private int[] pairs = {};

  private float[] panels = NONE;

  Product(WarmUp warmUp) {
    this.warmUp = warmUp;
    tiles = new Tiles(warmUp);
    spread = new Spread(warmUp, tiles);
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
    tiles.of(a, aOffset, aRow, aColumn, alpha, c, cOffset, cRow);
    return this;
  }

  /** As {@link Tiles#from}, and returns this. */
  Product from(float[] bias, int biasOffset, int n) {
    tiles.from(bias, biasOffset, n);
    return this;
  }

  /** Returns what multiplies until loops are ready. */
  PlainProduct cold() {
    return tiles.cold();
  }

  /** Returns {@link Spread} with the same sides. */
  Spread spread() {
    return spread;
  }

  /** Returns how long the parts of n are where none is longer than most: as equal as can be. */
  static int part(int n, int most) {
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
    MemorySegment stripes = b.copyForSteps();
    if (stripes == null) {
      stripes = Stripes.copy(b);
      b.keepForSteps(stripes);
    }
    tiles.turn();
    int all = k == 0 ? 0 : Stripes.count(n) * Stripes.WIDTH;
    int deepest = part(k, DEPTH);
    for (int i = 0; i < all; i += Stripes.WIDTH) {
      int j = tiles.turned(i, all - Stripes.WIDTH);
      for (int p = 0; p < k; p += deepest) {
        int deep = Math.min(deepest, k - p);
        float[] from = p == 0 ? d : c;
        int at = (p == 0 ? dd : co) + j;
        long bo = ((long) j * k + (long) p * Stripes.WIDTH) * Float.BYTES;
        if (j + Stripes.WIDTH <= n) {
          Stripes.row(deep, a, ao + p, stripes, bo, from, at, c, co + j);
        } else {
          Stripes.row(deep, a, ao + p, stripes, bo, tiles.nothing, 0, tiles.tail, 0);
          Tiles.addTimes(1, tiles.tail, 0, from, at, c, co + j, n - j);
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
      tiles.turn();
    }
    if (k == 0) {
      tiles.fill(m, n);
    }
    tiles.readAhead(m > Tiles.ROWS && b.comesFromFar());
    int deepest = part(k, DEPTH);
    // A function follows while the rows of c are near.
    int highest =
        part(m, f == null ? HEIGHT : Math.clamp(NEAREST / Math.max(1, n), 4 * Tiles.ROWS, HEIGHT));
    for (int i = 0; i < m; i += highest) {
      int rows = Math.min(highest, m - i);
      for (int p = 0; p < k; p += deepest) {
        tiles.rows(i, rows, p, Math.min(deepest, k - p));
        if (b.width() == PAIRS) {
          pairs(Objects.requireNonNull(b.pairs()), b.offset() / 2, p, k, n);
        } else {
          tiles.panels(b.panels(), b.offset(), p, k, n, done, 0);
        }
      }
      if (f != null) {
        for (int r = i; r < i + rows; r++) {
          int at = tiles.cOffset + r * tiles.cRow;
          kernels.unary(f, tiles.c, at, tiles.c, at, n);
        }
      }
    }
    tiles.end();
  }

  /** Computes {@code c += alpha * a * b} for m rows of a and a matrix b [k, n] as it lies. */
  void run(int m, int n, int k, float[] b, int bOffset, int bRow, int bColumn) {
    boolean direct = m <= FEW && bColumn == 1;
    int deepest = part(k, DEPTH);
    int highest = part(m, HEIGHT);
    int length = direct ? 0 : Panels.length(Math.min(k, deepest), Math.min(n, BLOCK));
    if (panels.length < FIRST + length) {
      panels = Panels.room(length);
    }
    for (int p = 0; p < k; p += deepest) {
      int deep = Math.min(deepest, k - p);
      if (direct) {
        tiles.rows(0, m, p, deep);
        tiles.direct(n, b, bOffset + p * bRow, bRow);
        continue;
      }
      for (int j = 0; j < n; j += BLOCK) {
        int columns = Math.min(BLOCK, n - j);
        int from = bOffset + p * bRow + j * bColumn;
        int whole =
            bColumn == 1 && warmUp.of(Kind.GATHER).isReady() ? columns - columns % WIDTH : 0;
        if (whole > 0) {
          Gather.panels(whole / WIDTH, deep, b, from, bRow, panels);
        } else if (bRow == 1 && Turned.isReady(warmUp)) {
          for (; whole + WIDTH <= columns; whole += WIDTH) {
            int at = from + whole * bColumn;
            Turned.run(b, at, bColumn, panels, FIRST + whole * deep, WIDTH, WIDTH, deep);
          }
        }
        Panels.pack(deep, whole, columns, b, from, bRow, bColumn, panels, FIRST);
        for (int i = 0; i < m; i += highest) {
          tiles.rows(i, Math.min(highest, m - i), p, deep);
          tiles.panels(panels, FIRST, 0, deep, columns, 0, j);
        }
      }
    }
    tiles.end();
  }

  /** As {@link Tiles#panels}, of a matrix of bfloat16. */
  private void pairs(MemorySegment b, int bo, int p, int k, int n) {
    boolean ready = warmUp.of(Kind.PAIRS).isReady();
    int j = 0;
    if (tiles.isOneRow() && ready) {
      j = n - n % PAIRS;
      for (int i = 0; i < j; i += PAIRS) {
        int w = tiles.turned(i, j - PAIRS);
        tiles.pairs(b, (bo + (w * k + p * PAIRS) / 2) * (long) Integer.BYTES, w);
      }
    }
    int step = ready ? WIDTH : PAIRS;
    if (j < n && panels.length < FIRST + tiles.depth * step) {
      panels = Panels.room(tiles.depth * step);
    }
    for (; j < n; j += step) {
      int inside = j % PAIRS;
      long at = (bo + ((j - inside) * k + p * PAIRS + inside) / 2) * (long) Integer.BYTES;
      if (ready) {
        Pairs.widen(tiles.depth, b, at, panels);
        tiles.panel(WIDTH, panels, FIRST, Math.min(WIDTH, n - j), j);
      } else {
        pairs = Pairs.widenSlowly(tiles.depth, b, at, pairs, panels);
        tiles.cold(panels, FIRST, 0, tiles.depth, Math.min(PAIRS, n - j), WIDTH, j);
      }
    }
  }
}
