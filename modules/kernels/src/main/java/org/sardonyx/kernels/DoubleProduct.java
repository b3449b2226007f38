package org.sardonyx.kernels;

import java.util.Arrays;

/** Products of matrices of doubles. */
final class DoubleProduct {

  private DoubleProduct() {}

  /** Computes {@code c += alpha * a * b}, see {@link Kernels#gemm}. */
  static void run(
      int m,
      int n,
      int k,
      double alpha,
      double[] a,
      int aOffset,
      int aRow,
      int aColumn,
      double[] b,
      int bOffset,
      int bRow,
      int bColumn,
      double[] c,
      int cOffset,
      int cRow) {
    double[] row = new double[n];
    for (int i = 0; i < m; i++) {
      Arrays.fill(row, 0);
      for (int p = 0; p < k; p++) {
        double x = a[aOffset + i * aRow + p * aColumn];
        int bp = bOffset + p * bRow;
        if (bColumn == 1) {
          for (int j = 0; j < n; j++) {
            row[j] += x * b[bp + j];
          }
        } else {
          for (int j = 0; j < n; j++) {
            row[j] += x * b[bp + j * bColumn];
          }
        }
      }
      for (int j = 0; j < n; j++) {
        c[cOffset + i * cRow + j] += alpha * row[j];
      }
    }
  }
}
