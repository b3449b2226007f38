package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.UnaryLoops.LANES;

/**
 * Products whose right-hand rows lie anywhere: {@code c = bias + a * b}. Rows of a go in sixes and
 * fives, columns in two vectors, the last of which overlap those before.
 */
final class Gather {

  private static final int WIDTH = 2 * LANES;
  private static final int ROWS = 6;

  private Gather() {}

  static void run(
      int m,
      int n,
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int[] at,
      float[] bias,
      int first,
      float[] c,
      int co,
      int ldc,
      WarmUp warmUp) {
    if (n < WIDTH || m == 1) {
      boolean ready = n >= LANES && warmUp.gather(1).isReady();
      for (int i = 0; i < m; i++) {
        int ai = ao + i * lda;
        int ci = co + i * ldc;
        if (ready) {
          GatherRow.run(n, k, a, ai, b, bo, at, bias[first + i], c, ci);
        } else {
          Twin.gather(n, 1, k, a, ai, lda, b, bo, at, bias, first + i, c, ci, ldc);
        }
      }
      return;
    }
    int tiles = (m + ROWS - 1) / ROWS;
    int fives = tiles * ROWS - m;
    int i = 0;
    for (int t = 0; t < tiles; t++) {
      int rows = fives <= tiles ? (t < tiles - fives ? ROWS : ROWS - 1) : Math.min(ROWS, m - i);
      int ai = ao + i * lda;
      int ci = co + i * ldc;
      if (warmUp.gather(rows).isReady()) {
        for (int j = 0; j < n; j += WIDTH) {
          j = Math.min(j, n - WIDTH);
          GatherTile.run(rows, k, a, ai, lda, b, bo + j, at, bias, first + i, c, ci + j, ldc);
        }
      } else {
        Twin.gather(n, rows, k, a, ai, lda, b, bo, at, bias, first + i, c, ci, ldc);
      }
      i += rows;
    }
  }
}
