package org.sardonyx.operators;

import org.jspecify.annotations.Nullable;

/**
 * Loops over dimensions.
 *
 * @param n the sizes
 * @param f the strides in the source, in slots
 * @param t the strides in the target
 * @param outer how many dimensions are walked through; the others are moved together
 * @param second the dimension that is moved together with the last; -1 where that is alone
 * @param runs whether the last lies side by side in both
 * @param index where the walk is; zeros
 */
record Nest(
    int from,
    int to,
    int[] n,
    int[] f,
    int[] t,
    int rank,
    int outer,
    int second,
    boolean runs,
    int[] index) {

  /** Runs shorter than this are moved element by element: each copy costs as much as some. */
  private static final int SHORT_RUN = 16;

  /** Elements that lie no further apart are read with others of their line of the cache. */
  private static final int NEAR = 4;

  /**
   * Returns the loops of {@link Moves#strided}, dimensions that are one taken as one; null where
   * there is nothing to move.
   *
   * @param unit slots of an element
   */
  static @Nullable Nest of(
      int fromOffset, int[] fromStrides, int toOffset, int[] toStrides, int[] shape, int unit) {
    int[] n = new int[shape.length + 1];
    int[] f = new int[shape.length + 1];
    int[] t = new int[shape.length + 1];
    int rank = 0;
    for (int i = 0; i <= shape.length; i++) {
      boolean last = i == shape.length;
      int size = last ? unit : shape[i];
      if (size == 0) {
        return null;
      }
      if (size == 1) {
        continue;
      }
      int fs = last ? 1 : fromStrides[i] * unit;
      int ts = last ? 1 : toStrides[i] * unit;
      if (rank > 0 && f[rank - 1] == fs * size && t[rank - 1] == ts * size) {
        n[rank - 1] *= size;
        f[rank - 1] = fs;
        t[rank - 1] = ts;
      } else {
        n[rank] = size;
        f[rank] = fs;
        t[rank] = ts;
        rank++;
      }
    }
    return of(fromOffset * unit, toOffset * unit, n, f, t, rank);
  }

  private static Nest of(int from, int to, int[] n, int[] f, int[] t, int rank) {
    int inner = Math.max(0, rank - 1);
    boolean runs =
        rank > 0 && f[inner] == 1 && t[inner] == 1 && (n[inner] >= SHORT_RUN || rank == 1);
    int outer = inner;
    int second = -1;
    if (!runs && rank > 1) {
      // The dimension that the source has closest together goes into the tile with the last one,
      // or the one before that, where it is the last that is so.
      second = inner - 1;
      for (int i = second - 1; i >= 0 && Math.abs(f[inner]) > NEAR; i--) {
        if (Math.abs(f[i]) < Math.abs(f[second])) {
          second = i;
        }
      }
      outer = inner - 1;
      swap(n, second, outer);
      swap(f, second, outer);
      swap(t, second, outer);
      second = outer;
    }
    return new Nest(from, to, n, f, t, rank, outer, second, runs, new int[outer]);
  }

  private static void swap(int[] a, int i, int j) {
    int kept = a[i];
    a[i] = a[j];
    a[j] = kept;
  }
}
