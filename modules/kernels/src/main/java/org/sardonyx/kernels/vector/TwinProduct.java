package org.sardonyx.kernels.vector;

/** The products of this package without vectors, as {@link Twin}. */
final class TwinProduct {

  private TwinProduct() {}

  /** A tile of any size: its width is a multiple of four. */
  static void tile(
      int width,
      int rows,
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
      float[] d,
      int dd,
      int ldd,
      float[] c,
      int co,
      int ldc) {
    for (int i = 0; i < rows; i++) {
      int x = ao + i * lda;
      int from = dd + i * ldd;
      int to = co + i * ldc;
      int j = 0;
      for (; j + 8 <= width; j += 8) {
        eight(k, a, x, b, bo + j, ldb, d, from + j, c, to + j);
      }
      if (j < width) {
        four(k, a, x, b, bo + j, ldb, d, from + j, c, to + j);
      }
    }
  }

  // Sums in registers, and methods that the first compiler already makes fast: it is the one that
  // is soon done.

  private static void eight(
      int k, float[] a, int ao, float[] b, int bo, int ldb, float[] d, int dd, float[] c, int co) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    for (int p = 0; p < k; p++) {
      float x = a[ao + p];
      int q = bo + p * ldb;
      s0 = Math.fma(x, b[q], s0);
      s1 = Math.fma(x, b[q + 1], s1);
      s2 = Math.fma(x, b[q + 2], s2);
      s3 = Math.fma(x, b[q + 3], s3);
      s4 = Math.fma(x, b[q + 4], s4);
      s5 = Math.fma(x, b[q + 5], s5);
      s6 = Math.fma(x, b[q + 6], s6);
      s7 = Math.fma(x, b[q + 7], s7);
    }
    c[co] = s0 + d[dd];
    c[co + 1] = s1 + d[dd + 1];
    c[co + 2] = s2 + d[dd + 2];
    c[co + 3] = s3 + d[dd + 3];
    c[co + 4] = s4 + d[dd + 4];
    c[co + 5] = s5 + d[dd + 5];
    c[co + 6] = s6 + d[dd + 6];
    c[co + 7] = s7 + d[dd + 7];
  }

  private static void four(
      int k, float[] a, int ao, float[] b, int bo, int ldb, float[] d, int dd, float[] c, int co) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    for (int p = 0; p < k; p++) {
      float x = a[ao + p];
      int q = bo + p * ldb;
      s0 = Math.fma(x, b[q], s0);
      s1 = Math.fma(x, b[q + 1], s1);
      s2 = Math.fma(x, b[q + 2], s2);
      s3 = Math.fma(x, b[q + 3], s3);
    }
    c[co] = s0 + d[dd];
    c[co + 1] = s1 + d[dd + 1];
    c[co + 2] = s2 + d[dd + 2];
    c[co + 3] = s3 + d[dd + 3];
  }
}
