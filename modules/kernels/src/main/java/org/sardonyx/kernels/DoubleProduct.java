package org.sardonyx.kernels;

import java.util.Arrays;

/**
 * Products of matrices of doubles. Some rows of b are copied to arrays of their own, as sums are in
 * some: only of such loops C2 makes vectors. Every sum is made in the order of k.
 */
final class DoubleProduct {

  private static final int HEIGHT = 64;
  private static final int DEPTH = 4;

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
    double[][] sums = new double[Math.min(m, HEIGHT)][n];
    double[][] rows = new double[DEPTH][n];
    for (int first = 0; first < m; first += HEIGHT) {
      int height = Math.min(HEIGHT, m - first);
      for (int i = 0; i < height; i++) {
        Arrays.fill(sums[i], 0);
      }
      for (int p = 0; p < k; p += DEPTH) {
        int depth = Math.min(DEPTH, k - p);
        for (int q = 0; q < depth; q++) {
          copy(b, bOffset + (p + q) * bRow, bColumn, rows[q]);
        }
        for (int i = 0; i < height; i++) {
          add(depth, a, aOffset + (first + i) * aRow + p * aColumn, aColumn, rows, sums[i]);
        }
      }
      for (int i = 0; i < height; i++) {
        int to = cOffset + (first + i) * cRow;
        for (int j = 0; j < n; j++) {
          c[to + j] += alpha * sums[i][j];
        }
      }
    }
  }

  private static void copy(double[] b, int from, int step, double[] row) {
    if (step == 1) {
      System.arraycopy(b, from, row, 0, row.length);
      return;
    }
    for (int j = 0; j < row.length; j++) {
      row[j] = b[from + j * step];
    }
  }

  private static void add(int depth, double[] a, int at, int step, double[][] rows, double[] sums) {
    if (depth == DEPTH) {
      four(a[at], a[at + step], a[at + 2 * step], a[at + 3 * step], rows, sums);
      return;
    }
    for (int q = 0; q < depth; q++) {
      one(a[at + q * step], rows[q], sums);
    }
  }

  private static void four(double x, double y, double z, double w, double[][] rows, double[] sums) {
    double[] first = rows[0];
    double[] second = rows[1];
    double[] third = rows[2];
    double[] fourth = rows[3];
    for (int j = 0; j < sums.length; j++) {
      sums[j] = sums[j] + x * first[j] + y * second[j] + z * third[j] + w * fourth[j];
    }
  }

  private static void one(double x, double[] row, double[] sums) {
    for (int j = 0; j < sums.length; j++) {
      sums[j] += x * row[j];
    }
  }
}
