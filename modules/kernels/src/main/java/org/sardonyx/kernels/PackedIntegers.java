package org.sardonyx.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The right-hand matrix [k, n] of integers less their zero points, packed for products that never
 * change it: as floats, which hold them exactly, in slices of as many rows as sum up exactly with
 * anything in [-255, 255].
 *
 * @param k rows
 * @param n columns
 * @param slices the rows, some at a time
 */
public record PackedIntegers(int k, int n, List<PackedMatrix> slices) {

  private static final int ROWS = 64;

  /** Up to here floats hold every integer. */
  private static final int EXACT = 1 << 24;

  private static final int LARGEST = 255;

  /**
   * Packs b [k, n].
   *
   * @param zero a zero point for each column, or one for all
   */
  public static PackedIntegers pack(
      Kernels kernels, int k, int n, byte[] b, boolean signed, int[] zero) {
    List<PackedMatrix> slices = new ArrayList<>();
    float[] values = new float[k * n];
    float[] most = new float[n];
    int first = 0;
    for (int p = 0; p < k; p++) {
      IntegerProduct.widenColumns(b, p * n, signed, zero, 0, values, p * n, n);
      boolean fits = true;
      for (int j = 0; j < n; j++) {
        most[j] += Math.abs(values[p * n + j]) * LARGEST;
        fits &= most[j] < EXACT;
      }
      if (!fits) {
        slices.add(kernels.pack(p - first, n, values, first * n, n, 1));
        Arrays.fill(most, 0);
        first = p--;
      }
    }
    if (first < k) {
      slices.add(kernels.pack(k - first, n, values, first * n, n, 1));
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
      int p = 0;
      for (PackedMatrix slice : slices) {
        Arrays.fill(tile, 0, h * n, 0);
        kernels.gemm(h, 1, rows, p, k, 1, slice, tile, 0, n);
        IntegerProduct.add(tile, 0, c, cOffset + i * n, h * n);
        p += slice.k();
      }
    }
  }
}
