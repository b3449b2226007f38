package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.UnaryLoops.LANES;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;

/**
 * How matrices of floats are laid out for products: columns in panels of {@link #WIDTH}, each row
 * after row, the last one rounded up to one, two or four vectors.
 */
final class Panels {

  /** Vectors to a tile: 6 rows of 4 fill 32 registers. */
  static final int VECTORS = LANES >= 16 ? 4 : 2;

  /** Columns of a panel. */
  static final int WIDTH = VECTORS * LANES;

  static final int FIRST = PackedMatrix.FIRST;

  /** Elements of a column that are read together when b lies transposed. */
  private static final int STRIP = 16;

  /** Elements of an array for several matrices: with its header 4 MB, all of a region of G1. */
  private static final int SHARED = (1 << 20) - 4;

  private static final long LARGE_HEAP = 128 << 20;

  /** The last array that was made for several. */
  private static WeakReference<float[]> shelf = new WeakReference<>(null);

  private static int used;

  private Panels() {}

  /** Returns the columns that a panel for {@code columns} of them has. */
  static int rounded(int columns) {
    if (columns >= WIDTH) {
      return WIDTH;
    }
    int vectors = (columns + LANES - 1) / LANES;
    return vectors <= 2 ? vectors * LANES : WIDTH;
  }

  /** Returns the length of the panels for n columns of k rows. */
  static int length(int k, int n) {
    int full = n / WIDTH * WIDTH;
    return Math.multiplyExact(k, full + (n > full ? rounded(n - full) : 0));
  }

  /**
   * Returns a matrix of zeros in an array that it shares with others, where it is no larger than
   * half of one and the heap not so small that such an array would matter.
   */
  static synchronized @Nullable PackedMatrix shared(int k, int n) {
    int length = length(k, n);
    if (length > SHARED / 2 || Runtime.getRuntime().totalMemory() < LARGE_HEAP) {
      return null;
    }
    float[] array = shelf.get();
    int at = FIRST + (used + PackedMatrix.LINE - 1) / PackedMatrix.LINE * PackedMatrix.LINE;
    if (array == null || at + length > SHARED) {
      array = new float[SHARED];
      shelf = new WeakReference<>(array);
      at = FIRST;
    }
    used = at + length;
    return new PackedMatrix(k, n, WIDTH, array, at);
  }

  /** Returns room for so many floats from {@link #FIRST} on. */
  static float[] room(int length) {
    return new float[Math.addExact(FIRST, length)];
  }

  /** Returns where column j of row p lies in full panels of k rows. */
  static int at(int j, int p, int k) {
    int inside = j % WIDTH;
    return (j - inside) * k + p * WIDTH + inside;
  }

  /** Returns columns [0, n) in panels, {@code over} where that can hold them. */
  static PackedMatrix pack(
      int k, int n, float[] b, int bOffset, int bRow, int bColumn, @Nullable PackedMatrix over) {
    PackedMatrix packed =
        over != null && over.holds(k, n, WIDTH)
            ? over
            : new PackedMatrix(k, n, WIDTH, room(length(k, n)), FIRST);
    pack(k, 0, n, b, bOffset, bRow, bColumn, packed.panels(), packed.offset());
    return packed;
  }

  /** Copies columns [from, n) into panels, the first of which begins at {@code start}. */
  static void pack(
      int k,
      int from,
      int n,
      float[] b,
      int bOffset,
      int bRow,
      int bColumn,
      float[] panels,
      int start) {
    for (int j = from; j < n; j += WIDTH) {
      int columns = Math.min(WIDTH, n - j);
      copy(k, columns, b, bOffset + j * bColumn, bRow, bColumn, panels, start + j * k);
    }
  }

  /** Copies the columns of one panel, which begins at {@code start}. */
  static void copy(
      int k, int columns, float[] b, int bOffset, int bRow, int bColumn, float[] to, int start) {
    int width = rounded(columns);
    if (bColumn == 1) {
      for (int p = 0; p < k; p++) {
        System.arraycopy(b, bOffset + p * bRow, to, start + p * width, columns);
      }
      return;
    }
    if (bRow == 1) {
      Kernels.scalar().transpose(b, bOffset, bColumn, to, start, width, columns, k);
      return;
    }
    for (int p0 = 0; p0 < k; p0 += STRIP) {
      int end = Math.min(k, p0 + STRIP);
      for (int j = 0; j < columns; j++) {
        int from = bOffset + j * bColumn;
        for (int p = p0; p < end; p++) {
          to[start + p * width + j] = b[from + p * bRow];
        }
      }
    }
  }
}
