package org.sardonyx.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The right-hand matrix [k, n] of integers less their zero points, packed for products that never
 * change it: as floats, which hold them exactly, in slices of as many rows as sum up exactly.
 *
 * @param k rows
 * @param n columns
 * @param slices the rows, {@link IntegerProduct#CHUNK} at a time
 */
public record PackedIntegers(int k, int n, List<PackedMatrix> slices) {

  private static final int ROWS = 64;

  /**
   * Packs b [k, n].
   *
   * @param zero a zero point for each column, or one for all
   */
  public static PackedIntegers pack(
      Kernels kernels, int k, int n, byte[] b, boolean signed, int[] zero) {
    List<PackedMatrix> slices = new ArrayList<>();
    float[] rows = new float[Math.min(k, IntegerProduct.CHUNK) * n];
    for (int p = 0; p < k; p += IntegerProduct.CHUNK) {
      int depth = Math.min(IntegerProduct.CHUNK, k - p);
      for (int q = 0; q < depth; q++) {
        IntegerProduct.widenColumns(b, (p + q) * n, signed, zero, 0, rows, q * n, n);
      }
      slices.add(kernels.pack(depth, n, rows, 0, n, 1));
    }
    return new PackedIntegers(k, n, List.copyOf(slices));
  }

  /**
   * Computes c = (a - aZero) * b, as {@link IntegerProduct#gemm}.
   *
   * @param zero a zero point for each row, or one for all
   */
  public void multiply(
      Kernels kernels,
      int m,
      byte[] a,
      int aOffset,
      boolean signed,
      int[] zero,
      int[] c,
      int cOffset) {
    Arrays.fill(c, cOffset, cOffset + m * n, 0);
    int height = Math.min(m, ROWS);
    float[] rows = new float[height * k];
    float[] tile = new float[height * n];
    for (int i = 0; i < m; i += ROWS) {
      int h = Math.min(ROWS, m - i);
      for (int r = 0; r < h; r++) {
        int z = zero[zero.length == 1 ? 0 : i + r];
        IntegerProduct.widen(a, aOffset + (i + r) * k, signed, z, rows, r * k, k);
      }
      for (int s = 0; s < slices.size(); s++) {
        Arrays.fill(tile, 0, h * n, 0);
        kernels.gemm(h, 1, rows, s * IntegerProduct.CHUNK, k, 1, slices.get(s), tile, 0, n);
        IntegerProduct.add(tile, 0, c, cOffset + i * n, h * n);
      }
    }
  }
}
