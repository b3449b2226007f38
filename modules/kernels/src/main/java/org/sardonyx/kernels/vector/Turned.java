package org.sardonyx.kernels.vector;

/** Copies a transposed matrix into panels, see {@link Panels}. */
final class Turned {

  private static final int WIDTH = Panels.WIDTH;

  /**
   * Columns at once, which lie side by side in the panel: no more loads than there are registers.
   */
  private static final int COLUMNS = 8;

  private Turned() {}

  /** Copies the columns of one panel, each of which lies in k floats, {@code ldb} from the last. */
  static void panel(int k, float[] b, int bo, int ldb, float[] to, int start) {
    for (int j = 0; j < WIDTH; j += COLUMNS) {
      columns(k, b, bo + j * ldb, ldb, to, start + j);
    }
  }

  private static void columns(int k, float[] b, int b0, int ldb, float[] to, int start) {
    int b1 = b0 + ldb;
    int b2 = b1 + ldb;
    int b3 = b2 + ldb;
    int b4 = b3 + ldb;
    int b5 = b4 + ldb;
    int b6 = b5 + ldb;
    int b7 = b6 + ldb;
    for (int p = 0; p < k; p++) {
      int at = start + p * WIDTH;
      to[at] = b[b0 + p];
      to[at + 1] = b[b1 + p];
      to[at + 2] = b[b2 + p];
      to[at + 3] = b[b3 + p];
      to[at + 4] = b[b4 + p];
      to[at + 5] = b[b5 + p];
      to[at + 6] = b[b6 + p];
      to[at + 7] = b[b7 + p];
    }
  }
}
