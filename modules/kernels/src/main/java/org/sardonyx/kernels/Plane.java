package org.sardonyx.kernels;

import java.util.Arrays;

/**
 * How windows over one or two spatial axes read planes as rows of a product: what tap t of output p
 * reads lies at {@code rows()[t] + start of p}. Where there is padding or, for rows without gaps,
 * where windows step by more than one, the planes are copied first: padded, and each axis dealt out
 * by {@code index % stride}, so that neighbouring outputs read neighbouring elements.
 */
final class Plane {

  private final int inHeight;
  private final int inWidth;
  private final int top;
  private final int left;
  private final int[] rowPhases;
  private final int[] columnPhases;
  private final int rowStride;
  private final int columnStride;
  private final int height;
  private final int width;
  private final int outWidth;
  private final int rowStep;
  private final int columnStep;
  private final int[] offsets;
  private final boolean copied;

  /**
   * Lays out planes.
   *
   * @param window over one or two axes
   * @param channels the planes that are read together
   * @param contiguous whether outputs of a row must read contiguous elements
   */
  Plane(Window window, int channels, boolean contiguous) {
    Axis rows = window.rank() == 1 ? Axis.NONE : Axis.of(window, 0, contiguous);
    Axis columns = Axis.of(window, window.last(), contiguous);
    inHeight = rows.in;
    inWidth = columns.in;
    top = rows.begin;
    left = columns.begin;
    rowStride = rows.split;
    columnStride = columns.split;
    rowPhases = rows.phases;
    columnPhases = columns.phases;
    copied = rows.isCopied() || columns.isCopied();
    height = copied ? rows.size : rows.in;
    width = copied ? columns.size : columns.in;
    outWidth = columns.out;
    rowStep = rows.step * width;
    columnStep = columns.step;
    int plane = height * width;
    offsets = new int[channels * rows.taps.length * columns.taps.length];
    int t = 0;
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < rows.taps.length; i++) {
        for (int j = 0; j < columns.taps.length; j++) {
          int part =
              (c * rowPhases.length + rows.phaseOf[i]) * columnPhases.length + columns.phaseOf[j];
          offsets[t++] = part * plane + rows.taps[i] * width + columns.taps[j];
        }
      }
    }
  }

  /** Returns where the elements for output 0 lie, by channel and tap. */
  int[] rows() {
    return offsets;
  }

  /** Returns how far on output (row, 0) reads. */
  int row(int row) {
    return row * rowStep;
  }

  /** Returns how far on output {@code p} reads. */
  int start(int p) {
    return p / outWidth * rowStep + p % outWidth * columnStep;
  }

  /** Whether {@link #copy} must be called. */
  boolean isCopied() {
    return copied;
  }

  /** Returns the floats that a copy of one channel takes, 0 where none is needed. */
  long size() {
    return copied ? (long) rowPhases.length * columnPhases.length * height * width : 0;
  }

  /** Whether outputs read one contiguous row, all of them. */
  boolean isOneRow() {
    return columnStep == 1 && rowStep == outWidth;
  }

  /** Returns the elements from where an output row reads to where the next one does. */
  int rowStep() {
    return rowStep;
  }

  /** Copies channels. */
  void copy(Kernels kernels, float[] x, int xOffset, int channels, float[] to) {
    int d = 0;
    for (int c = 0; c < channels; c++) {
      int plane = xOffset + c * inHeight * inWidth;
      for (int rowPhase : rowPhases) {
        for (int columnPhase : columnPhases) {
          for (int i = 0; i < height; i++) {
            int row = i * rowStride + rowPhase - top;
            if (row < 0 || row >= inHeight) {
              Arrays.fill(to, d, d + width, 0);
            } else {
              copyRow(kernels, x, plane + row * inWidth, columnPhase - left, to, d);
            }
            d += width;
          }
        }
      }
    }
  }

  /** Copies elements {@code first + j * columnStride} of a row. */
  private void copyRow(Kernels kernels, float[] x, int row, int first, float[] to, int d) {
    int a = first >= 0 ? 0 : Math.min(width, (-first + columnStride - 1) / columnStride);
    int room = inWidth - 1 - first;
    int b = room < 0 ? 0 : Math.min(width, room / columnStride + 1);
    b = Math.max(a, b);
    for (int j = 0; j < a; j++) {
      to[d + j] = 0;
    }
    int from = row + first;
    if (columnStride == 1) {
      System.arraycopy(x, from + a, to, d + a, b - a);
    } else {
      kernels.take(x, from + a * columnStride, columnStride, to, d + a, b - a);
    }
    for (int j = b; j < width; j++) {
      to[d + j] = 0;
    }
  }

  /**
   * One axis.
   *
   * @param in size of the input
   * @param out outputs
   * @param begin padding in front
   * @param step elements from one output to the next, in what is read
   * @param split the stride by which elements are dealt out
   * @param phases the remainders of which there is a copy
   * @param phaseOf the copy that each tap reads
   * @param taps where in it each tap of output 0 reads
   * @param size elements of a copy
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Axis(
      int in,
      int out,
      int begin,
      int step,
      int split,
      int[] phases,
      int[] phaseOf,
      int[] taps,
      int size) {

    static final Axis NONE =
        new Axis(1, 1, 0, 1, 1, new int[] {0}, new int[] {0}, new int[] {0}, 1);

    static Axis of(Window window, int axis, boolean contiguous) {
      int stride = window.stride()[axis];
      int kernel = window.kernel()[axis];
      int split = contiguous ? stride : 1;
      int step = contiguous ? 1 : stride;
      int[] phases = new int[Math.min(split, kernel)];
      int[] phaseOf = new int[kernel];
      int[] taps = new int[kernel];
      int count = 0;
      for (int k = 0; k < kernel; k++) {
        int at = k * window.dilation()[axis];
        int phase = 0;
        while (phase < count && phases[phase] != at % split) {
          phase++;
        }
        if (phase == count) {
          phases[count++] = at % split;
        }
        phaseOf[k] = phase;
        taps[k] = at / split;
      }
      int out = window.out()[axis];
      return new Axis(
          window.in()[axis],
          out,
          window.begin()[axis],
          step,
          split,
          Arrays.copyOf(phases, count),
          phaseOf,
          taps,
          (out - 1) * step + taps[kernel - 1] + 1);
    }

    /** Whether outputs read padding, or from elsewhere than the beginning, or what is dealt out. */
    boolean isCopied() {
      return split > 1 || begin != 0 || size > in;
    }
  }
}
