package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

/** Copies rows into panels, see {@link Panels}. */
final class Gather {

  private static final int WIDTH = Panels.WIDTH;

  private Gather() {}

  /** Copies the columns of some panels; row p of k begins at {@code bo + at[first + p]}. */
  static void panels(int panels, int k, float[] b, int bo, int[] at, int first, float[] to) {
    for (int p = 0; p < k; p++) {
      row(panels, k, p, b, bo + at[first + p], to);
    }
  }

  /** Copies the columns of some panels; rows lie {@code ldb} apart. */
  static void panels(int panels, int k, float[] b, int bo, int ldb, float[] to) {
    for (int p = 0; p < k; p++) {
      row(panels, k, p, b, bo + p * ldb, to);
    }
  }

  private static void row(int panels, int k, int p, float[] b, int row, float[] to) {
    for (int panel = 0; panel < panels; panel++) {
      int from = row + panel * WIDTH;
      int d = Panels.FIRST + (panel * k + p) * WIDTH;
      for (int j = 0; j < WIDTH; j += 2 * LANES) {
        load(b, from + j).intoArray(to, d + j);
        load(b, from + j + LANES).intoArray(to, d + j + LANES);
      }
    }
  }
}
