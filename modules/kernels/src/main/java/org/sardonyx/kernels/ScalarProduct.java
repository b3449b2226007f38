package org.sardonyx.kernels;

import java.util.Arrays;

/** Products of matrices of floats by plain loops. */
final class ScalarProduct {

  private static final int BLOCK = 256;

  private ScalarProduct() {}

  /** Computes {@code c += alpha * a * b}, see {@link Kernels#gemm}. */
  static void run(
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int aRow,
      int aColumn,
      float[] b,
      int bOffset,
      int bRow,
      int bColumn,
      float[] c,
      int cOffset,
      int cRow) {
    float[] row = new float[Math.min(n, BLOCK)];
    // Columns of b that are not contiguous are copied, so that one loop serves both.
    float[] block = bColumn == 1 ? b : new float[k * row.length];
    for (int j0 = 0; j0 < n; j0 += BLOCK) {
      int width = Math.min(BLOCK, n - j0);
      int start = bOffset + j0;
      int step = bRow;
      if (bColumn != 1) {
        for (int p = 0; p < k; p++) {
          for (int j = 0; j < width; j++) {
            block[p * width + j] = b[bOffset + p * bRow + (j0 + j) * bColumn];
          }
        }
        start = 0;
        step = width;
      }
      for (int i = 0; i < m; i++) {
        Arrays.fill(row, 0, width, 0);
        int at = aOffset + i * aRow;
        int p = 0;
        for (; p + 4 <= k; p += 4) {
          int ap = at + p * aColumn;
          axpy4(
              a[ap],
              a[ap + aColumn],
              a[ap + 2 * aColumn],
              a[ap + 3 * aColumn],
              block,
              start + p * step,
              step,
              row,
              width);
        }
        for (; p < k; p++) {
          Kernels.scalar().axpy(a[at + p * aColumn], block, start + p * step, row, 0, width);
        }
        Kernels.scalar().axpy(alpha, row, 0, c, cOffset + i * cRow + j0, width);
      }
    }
  }

  /** Four steps of {@link Kernels#axpy} in their order, with one walk over y. */
  private static void axpy4(
      float x0, float x1, float x2, float x3, float[] b, int at, int step, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      y[j] =
          y[j]
              + x0 * b[at + j]
              + x1 * b[at + step + j]
              + x2 * b[at + 2 * step + j]
              + x3 * b[at + 3 * step + j];
    }
  }
}
