package org.sardonyx.kernels;

import java.util.Arrays;

/**
 * Products of integers of at most 8 bits with their zero points taken off, by way of the float
 * product: each factor is in [-255, 255], so that a sum of 256 products is an integer below 2^24
 * and exact in float, in whatever order. Longer sums go to int after every 256, where they wrap.
 */
public final class IntegerProduct {

  /** The longest sum that is exact. */
  static final int CHUNK = 256;

  private static final int COLUMNS = 1024;
  private static final int ROWS = 256;

  private IntegerProduct() {}

  /**
   * Computes c = (a - aZero) * (b - bZero) for a [m, k], b [k, n] and c [m, n], all contiguous.
   *
   * @param aZero a zero point for each row, or one for all
   * @param bZero a zero point for each column, or one for all
   */
  public static void gemm(
      Kernels kernels,
      int m,
      int n,
      int k,
      byte[] a,
      int aOffset,
      boolean aSigned,
      int[] aZero,
      byte[] b,
      int bOffset,
      boolean bSigned,
      int[] bZero,
      int[] c,
      int cOffset) {
    Arrays.fill(c, cOffset, cOffset + m * n, 0);
    if (m == 0 || n == 0) {
      return;
    }
    float[] rows = new float[m * k];
    for (int i = 0; i < m; i++) {
      int zero = aZero[aZero.length == 1 ? 0 : i];
      kernels.dequantize(a, aOffset + i * k, aSigned, zero, 1, rows, i * k, k);
    }
    int width = Math.min(n, COLUMNS);
    float[] block = new float[Math.min(k, CHUNK) * width];
    float[] tile = new float[Math.min(m, ROWS) * width];
    for (int j = 0; j < n; j += width) {
      int w = Math.min(width, n - j);
      for (int p = 0; p < k; p += CHUNK) {
        int depth = Math.min(CHUNK, k - p);
        for (int q = 0; q < depth; q++) {
          int from = bOffset + (p + q) * n + j;
          widenColumns(b, from, bSigned, bZero, j, block, q * w, w);
        }
        for (int i = 0; i < m; i += ROWS) {
          int height = Math.min(ROWS, m - i);
          chunk(
              kernels,
              height,
              w,
              depth,
              rows,
              i * k + p,
              k,
              block,
              0,
              w,
              tile,
              c,
              cOffset + i * n + j,
              n);
        }
      }
    }
  }

  /** Computes c += a * b, a and b integers of which {@code k} products sum up exactly. */
  static void chunk(
      Kernels kernels,
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int aRow,
      float[] b,
      int bOffset,
      int bRow,
      float[] tile,
      int[] c,
      int cOffset,
      int cRow) {
    Arrays.fill(tile, 0, m * n, 0);
    kernels.gemm(m, n, k, 1, a, aOffset, aRow, 1, b, bOffset, bRow, 1, tile, 0, n);
    for (int i = 0; i < m; i++) {
      add(tile, i * n, c, cOffset + i * cRow, n);
    }
  }

  /** Adds integers kept as floats. */
  static void add(float[] from, int offset, int[] to, int toOffset, int n) {
    for (int j = 0; j < n; j++) {
      to[toOffset + j] += (int) from[offset + j];
    }
  }

  /** Computes {@code to[i] = from[i] - zero}. */
  public static void widen(
      byte[] from, int offset, boolean signed, int zero, float[] to, int toOffset, int n) {
    if (signed) {
      for (int i = 0; i < n; i++) {
        to[toOffset + i] = from[offset + i] - zero;
      }
    } else {
      for (int i = 0; i < n; i++) {
        to[toOffset + i] = (from[offset + i] & 0xff) - zero;
      }
    }
  }

  /** Computes {@code to[i] = from[i] - zero[zeroOffset + i]}, or less the only zero. */
  public static void widenColumns(
      byte[] from,
      int offset,
      boolean signed,
      int[] zero,
      int zeroOffset,
      float[] to,
      int toOffset,
      int n) {
    if (zero.length == 1) {
      widen(from, offset, signed, zero[0], to, toOffset, n);
      return;
    }
    int mask = signed ? -1 : 0xff;
    for (int i = 0; i < n; i++) {
      to[toOffset + i] = (from[offset + i] & mask) - zero[zeroOffset + i];
    }
  }
}
