package org.sardonyx.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The right-hand matrix [k, n] of integers of at most 8 bits less their zero points, packed for
 * products that never change it: as bytes, a quarter of the floats that the products need, which
 * are made of one block after the other while it is multiplied.
 *
 * <p>A block has so few rows that its products with anything in [-255, 255] sum up exactly in
 * float. What takes a weight beyond a byte, its zero point, is a number for each column, which the
 * sums of the rows of a are multiplied with.
 */
public final class PackedIntegers {

  /** Rows of a block: 512 * 128 * 255 is below 2^24. */
  private static final int DEPTH = 512;

  private static final int COLUMNS = 64;

  /** So many integers of at most 255 have a sum that is exact. */
  private static final int EXACT = 1 << 16;

  /** Elements of a that are widened at a time, and the least rows of it. */
  private static final int ROOM = 1 << 18;

  private static final int LEAST_ROWS = 16;

  private static final int FIRST = PackedMatrix.FIRST;
  private static final int LINE = PackedMatrix.LINE;

  /** Of an array that G1 gives a region of its own, where regions have a megabyte. */
  private static final int LARGE = (1 << 17) + LINE;

  private static final float[] NO_BIAS = {};

  private final int k;
  private final int n;
  private final List<Block> blocks;
  private final int @Nullable [] offsets;

  /** Some rows of some columns, in the layout of the kernels. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Block(int row, int rows, int column, int columns, int width, byte[] panels) {}

  private PackedIntegers(int k, int n, List<Block> blocks, int @Nullable [] offsets) {
    this.k = k;
    this.n = n;
    this.blocks = blocks;
    this.offsets = offsets;
  }

  /**
   * Packs b [k, n].
   *
   * @param zero a zero point for each column, or one for all
   */
  public static PackedIntegers pack(
      Kernels kernels, int k, int n, byte[] b, boolean signed, int[] zero) {
    int shift = signed ? 0 : 128;
    List<Block> blocks = new ArrayList<>();
    float[] values = new float[Math.min(k, DEPTH) * Math.min(n, COLUMNS)];
    PackedMatrix matrix = null;
    for (int j = 0; j < n; j += COLUMNS) {
      int columns = Math.min(COLUMNS, n - j);
      for (int p = 0; p < k; p += DEPTH) {
        int rows = Math.min(DEPTH, k - p);
        for (int q = 0; q < rows; q++) {
          IntegerProduct.widen(b, (p + q) * n + j, signed, shift, values, q * columns, columns);
        }
        matrix = kernels.pack(rows, columns, values, 0, columns, 1, matrix);
        byte[] panels = new byte[matrix.panels().length - matrix.offset()];
        for (int i = 0; i < panels.length; i++) {
          panels[i] = (byte) matrix.panels()[matrix.offset() + i];
        }
        blocks.add(new Block(p, rows, j, columns, matrix.width(), panels));
      }
    }
    int[] offsets = new int[n];
    for (int j = 0; j < n; j++) {
      offsets[j] = shift - zero[zero.length == 1 ? 0 : j];
    }
    boolean none = Arrays.stream(offsets).allMatch(offset -> offset == 0);
    return new PackedIntegers(k, n, List.copyOf(blocks), none ? null : offsets);
  }

  /** Returns the number of rows. */
  public int k() {
    return k;
  }

  /** Returns the number of columns. */
  public int n() {
    return n;
  }

  private int height(int m) {
    return Math.min(m, Math.max(LEAST_ROWS, ROOM / Math.max(1, k)));
  }

  /** Where the room of the parts begins, behind so many rows of a. */
  private int parts(int height) {
    return (height * k + LINE - 1) / LINE * LINE + FIRST;
  }

  private int partSize(int height) {
    return (Math.min(k, DEPTH) + 1) * COLUMNS + height * COLUMNS;
  }

  /** Returns the floats of scratch that a product with m rows of a needs. */
  public int scratch(Kernels kernels, int m) {
    int height = height(m);
    int parts = Math.multiplyExact(kernels.threads(), partSize(height));
    int all = Math.addExact(Math.addExact(Math.multiplyExact(height, k), LINE + FIRST), parts);
    return (long) k * n < LARGE ? all : Math.max(LARGE, all);
  }

  /**
   * Computes c = (a - aZero) * b, as {@link IntegerProduct#gemm}.
   *
   * @param zero a zero point for each row, or one for all
   * @param scratch at least {@link #scratch} floats
   */
  public void multiply(
      Kernels kernels,
      int m,
      byte[] a,
      int aOffset,
      boolean signed,
      int[] zero,
      int[] c,
      int cOffset,
      float[] scratch) {
    int height = height(m);
    for (int i = 0; i < m; i += height) {
      int rows = Math.min(height, m - i);
      for (int r = 0; r < rows; r++) {
        int z = zero[zero.length == 1 ? 0 : i + r];
        kernels.dequantize(a, aOffset + (i + r) * k, signed, z, 1, scratch, r * k, k);
        start(kernels, scratch, r * k, c, cOffset + (i + r) * n);
      }
      int to = cOffset + i * n;
      int parts = kernels.threads();
      if (parts == 1) {
        part(kernels, 0, 1, rows, height, scratch, c, to);
      } else {
        Kernels single = kernels.single();
        kernels.share(parts, part -> part(single, part, parts, rows, height, scratch, c, to));
      }
    }
  }

  /** Has a row of c start from what the zero points of b give. */
  private void start(Kernels kernels, float[] row, int from, int[] c, int to) {
    if (offsets == null) {
      Arrays.fill(c, to, to + n, 0);
      return;
    }
    int sum = 0;
    for (int p = 0; p < k; p += EXACT) {
      sum += (int) kernels.sum(row, from + p, Math.min(EXACT, k - p));
    }
    for (int j = 0; j < n; j++) {
      c[to + j] = sum * offsets[j];
    }
  }

  /** Adds the products with the columns of one part. */
  private void part(
      Kernels kernels,
      int part,
      int parts,
      int rows,
      int height,
      float[] scratch,
      int[] c,
      int cOffset) {
    int values = parts(height) + part * partSize(height);
    int tile = values + (Math.min(k, DEPTH) + 1) * COLUMNS;
    for (Block block : blocks) {
      if (block.column / COLUMNS % parts != part) {
        continue;
      }
      byte[] panels = block.panels;
      int w = block.columns;
      int to = cOffset + block.column;
      if (!kernels.gemm(
          rows, block.rows, scratch, block.row, k, panels, w, scratch, values, c, to, n)) {
        kernels.dequantize(panels, 0, true, 0, 1, scratch, values, panels.length);
        PackedMatrix matrix = new PackedMatrix(block.rows, w, block.width, scratch, values);
        kernels.gemm(rows, scratch, block.row, k, 1, matrix, NO_BIAS, 0, null, scratch, tile, w);
        for (int r = 0; r < rows; r++) {
          IntegerProduct.add(scratch, tile + r * w, c, to + r * n, w);
        }
      }
    }
  }
}
