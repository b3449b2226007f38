package org.sardonyx.kernels;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How windows read planes in rows: what tap t of output p reads lies at {@code rows()[t] + start of
 * p}. Where there is padding or, for rows without gaps, where windows step by more than one, the
 * planes are copied first: padded, and each axis dealt out by {@code index % stride}, so that
 * neighbouring outputs read neighbouring elements.
 */
public final class Plane {

  /** The most floats of copies, beside twice those of the planes themselves. */
  private static final long ROOM = 1 << 20;

  private final Window window;
  private volatile @Nullable Object kept;
  private final int inSize;
  private final int columnStride;
  private final int outWidth;
  private final int lines;
  private final int rowStep;
  private final int columnStep;
  private final int[] starts;
  private final int[] offsets;
  private final boolean copied;
  private final int height;
  private final int width;
  private final int phases;

  /** Whether a copy has elements that are none of the input. */
  private final boolean gaps;

  // The rows that are copied, by where they lie in the input, and where in the copy.
  private final int[] from;
  private final int[] to;

  // For each copy of columns: the first that is copied, how many, and where the first goes.
  private final int[] first;
  private final int[] count;
  private final int[] place;

  /**
   * Lays out planes; returns null where a copy would be absurdly large.
   *
   * @param window where the windows lie
   * @param channels the planes that are read together
   * @param contiguous whether outputs of a row must read contiguous elements
   * @param always whether planes are copied in any case
   */
  static @Nullable Plane of(Window window, int channels, boolean contiguous, boolean always) {
    Axis[] axes = new Axis[window.rank()];
    boolean copy = always;
    double size = channels;
    for (int a = 0; a < axes.length; a++) {
      Axis axis = Axis.of(window, a, contiguous);
      copy |= axis.isCopied();
      size *= (double) axis.phases.length * axis.size;
      axes[a] = axis;
    }
    return copy && size > ROOM + 2.0 * channels * window.inSize()
        ? null
        : new Plane(window, axes, channels, copy);
  }

  private Plane(Window window, Axis[] axes, int channels, boolean copied) {
    int last = window.last();
    this.window = window;
    this.copied = copied;
    Axis columns = axes[last];
    inSize = window.inSize();
    columnStride = columns.split;
    columnStep = columns.step;
    outWidth = columns.out;
    phases = columns.phases.length;
    width = copied ? columns.size : columns.in;
    int[] offsetsDown = {0};
    int[] rows = {0};
    int[] partOf = {0};
    int[] copyFrom = {0};
    int[] copyTo = {0};
    int[] copyPart = {0};
    int parts = 1;
    int size = 1;
    for (int a = 0; a < last; a++) {
      Axis axis = axes[a];
      int length = copied ? axis.size : axis.in;
      rows = nested(rows, axis.out, length, o -> o * axis.step);
      offsetsDown = nested(offsetsDown, axis.taps.length, length, k -> axis.taps[k]);
      partOf = nested(partOf, axis.taps.length, axis.phases.length, k -> axis.phaseOf[k]);
      int n = axis.phases.length * length;
      // In the order of phases, and of what each of them has.
      int[] inside = new int[n];
      for (int i = 0; i < n; i++) {
        int at = i % length * axis.split + axis.phases[i / length] - axis.begin;
        inside[i] = at < axis.in ? at : -1;
      }
      copyFrom = nested(copyFrom, n, axis.in, i -> inside[i]);
      copyTo = nested(copyTo, n, length, i -> i % length);
      copyPart = nested(copyPart, n, axis.phases.length, i -> i / length);
      parts *= axis.phases.length;
      size *= length;
    }
    height = parts * size;
    lines = last == 0 ? 1 : axes[last - 1].out;
    rowStep = last == 0 ? width : axes[last - 1].step * width;
    starts = Arrays.stream(rows).map(row -> row * width).toArray();
    int[] down = new int[offsetsDown.length];
    for (int t = 0; t < down.length; t++) {
      down[t] = (partOf[t] * size + offsetsDown[t]) * width;
    }
    int[] across = new int[columns.taps.length];
    for (int k = 0; k < across.length; k++) {
      across[k] = columns.phaseOf[k] * height * width + columns.taps[k];
    }
    offsets = new int[channels * down.length * across.length];
    int t = 0;
    for (int c = 0; c < channels; c++) {
      for (int row : down) {
        for (int tap : across) {
          offsets[t++] = c * phases * height * width + row + tap;
        }
      }
    }
    long[] copies = new long[copied ? copyFrom.length : 0];
    int n = 0;
    for (int i = 0; i < copies.length; i++) {
      if (copyFrom[i] >= 0) {
        copies[n++] = (long) (copyPart[i] * size + copyTo[i]) << Integer.SIZE | copyFrom[i];
      }
    }
    Arrays.sort(copies, 0, n);
    from = new int[n];
    to = new int[n];
    for (int i = 0; i < n; i++) {
      from[i] = (int) copies[i] * columns.in;
      to[i] = (int) (copies[i] >> Integer.SIZE) * width;
    }
    long filled = 0;
    first = new int[phases];
    count = new int[phases];
    place = new int[phases];
    for (int p = 0; p < phases; p++) {
      int start = columns.phases[p] - columns.begin;
      int a = start >= 0 ? 0 : Math.min(width, Math.ceilDiv(-start, columnStride));
      int end = start >= columns.in ? 0 : (columns.in - 1 - start) / columnStride + 1;
      first[p] = start + a * columnStride;
      count[p] = Math.max(0, Math.min(width, end) - a);
      place[p] = p * height * width + a;
      filled += (long) n * count[p];
    }
    gaps = filled < size();
  }

  /** What lies at an index of one axis. */
  private interface Index {
    int at(int i);
  }

  /**
   * Returns {@code x * length + index} for every x and, in the inner loop, the n indices; negative
   * where one of the two is.
   */
  private static int[] nested(int[] outer, int n, int length, Index index) {
    int[] all = new int[outer.length * n];
    int at = 0;
    for (int x : outer) {
      for (int i = 0; i < n; i++) {
        int inner = index.at(i);
        all[at++] = x < 0 || inner < 0 ? -1 : x * length + inner;
      }
    }
    return all;
  }

  /** Returns where the windows lie. */
  public Window window() {
    return window;
  }

  /** Returns what kernels {@link #keep}, or null. */
  public @Nullable Object kept() {
    return kept;
  }

  /** Keeps what kernels work out of this; of two that do, either will do. */
  public void keep(Object made) {
    kept = made;
  }

  /** Returns where the elements for output 0 lie, by channel and tap. */
  public int[] rows() {
    return offsets;
  }

  /** Returns how far on the first output of each row reads. */
  public int[] starts() {
    return starts;
  }

  /** Returns how far on output (row, 0) reads. */
  int row(int row) {
    return starts[row];
  }

  /** Returns how far on output {@code p} reads. */
  int start(int p) {
    return starts[p / outWidth] + p % outWidth * columnStep;
  }

  /** Whether {@link #copy} must be called. */
  public boolean isCopied() {
    return copied;
  }

  /** Returns the floats that a copy of one channel takes, 0 where none is needed. */
  public long size() {
    return copied ? (long) phases * height * width : 0;
  }

  /** Returns the elements of a plane. */
  public int inSize() {
    return inSize;
  }

  /** Returns the outputs of a plane. */
  public int outSize() {
    return starts.length * outWidth;
  }

  /** Returns the outputs of a row. */
  public int outWidth() {
    return outWidth;
  }

  /** Whether outputs read one contiguous row, all of them. */
  boolean isOneRow() {
    boolean isOne = columnStep == 1;
    for (int r = 0; r < starts.length; r++) {
      isOne &= starts[r] == r * outWidth;
    }
    return isOne;
  }

  /** Whether there are n rows of n taps, as far from one another as rows of outputs. */
  public boolean isSquare(int n) {
    boolean isSquare = offsets.length == n * n;
    for (int t = n; isSquare && t < offsets.length; t++) {
      isSquare = offsets[t] - offsets[t - n] == rowStep;
    }
    return isSquare;
  }

  /** Returns how many rows of outputs lie {@link #rowStep} apart, before one may lie further. */
  public int lines() {
    return lines;
  }

  /** Returns the elements from where an output row reads to where the next one does. */
  public int rowStep() {
    return rowStep;
  }

  /**
   * Copies channels; some elements behind are dirty then, as many as a vector has.
   *
   * @param none what lies between
   * @param fills whether to set that; else it lies there
   */
  public void copy(
      Kernels kernels,
      float[] x,
      int xOffset,
      int channels,
      float none,
      boolean fills,
      float[] y,
      int yOffset) {
    int size = phases * height * width;
    if (fills && gaps) {
      Arrays.fill(y, yOffset, yOffset + channels * size, none);
    }
    for (int c = 0; c < channels; c++) {
      for (int p = 0; p < phases; p++) {
        kernels.take(
            from,
            to,
            x,
            xOffset + c * inSize + first[p],
            columnStride,
            none,
            y,
            yOffset + c * size + place[p],
            count[p]);
      }
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
