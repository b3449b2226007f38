package org.sardonyx.kernels;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Pooling of planes: x [planes, in] to y [planes, out]. Padding takes no part in a value; it may be
 * counted in an average. A window of padding alone gives minus infinity as a maximum, else 0.
 *
 * @param window where the windows lie
 * @param between called between planes and now and then within one, whose kernel may be far larger
 *     than all tensors; what it throws ends the loop
 */
public record Pooling(Window window, Runnable between) {

  public Pooling(Window window) {
    this(window, () -> {});
  }

  /** Taps and elements between two calls of {@code between}. */
  private static final int OFTEN = 1 << 20;

  /** The most taps and outputs of a plane that are computed between two calls. */
  private static final int MOST = 1 << 26;

  /** Divisors behind the last, which vectors read. */
  private static final int BEHIND = 64;

  private static final float[] NONE = {};

  /** Elements of rows that are taken together, and stay in the nearest cache. */
  private static final int BLOCK = 1 << 12;

  /** What the sum of a window is divided by. */
  public enum Divisor {
    /** Its elements inside the input. */
    INPUT,
    /** Its elements inside the padded input: what reaches beyond the padding counts never. */
    PADDED_INPUT,
    /** All its taps. */
    WINDOW
  }

  /** Computes the greatest of each window, NaN where one is NaN. */
  public void max(Kernels kernels, int planes, float[] x, float[] y) {
    if (isWhole()) {
      for (int c = 0; c < planes; c++) {
        between.run();
        y[c] = kernels.max(x, c * window.inSize(), window.inSize());
      }
    } else if (!fast(kernels, Binary.MAX, planes, x, NONE, y)) {
      pool(kernels, Binary.MAX, Float.NEGATIVE_INFINITY, planes, x, y);
    }
  }

  /** Whether the only window is the plane. */
  private boolean isWhole() {
    return window.outSize() == 1
        && window.inSize() > 0
        && Arrays.equals(window.kernel(), window.in())
        && Arrays.stream(window.dilation()).allMatch(d -> d == 1)
        && Arrays.stream(window.begin()).allMatch(b -> b == 0);
  }

  /** As {@link #pool}, in fast loops, where there are such; returns whether there are. */
  private boolean fast(
      Kernels kernels, Binary f, int planes, float[] x, float[] divisors, float[] y) {
    int out = window.outSize();
    if (out == 0 || (double) window.taps() * out > MOST) {
      return false;
    }
    int most = (int) Math.max(1, OFTEN / ((long) window.taps() * out));
    for (int c = 0; c < planes; c += most) {
      between.run();
      int n = Math.min(most, planes - c);
      int from = c * window.inSize();
      if (!kernels.pool(window, f, n, x, from, divisors, y, c * out)) {
        return false;
      }
    }
    return true;
  }

  /** Calls {@code between} after much work; returns how much was done since. */
  private int asked(int work) {
    if (work < OFTEN) {
      return work;
    }
    between.run();
    return 0;
  }

  /**
   * Computes the greatest of each window and where it first is; NaN is greatest.
   *
   * @param indices where not null: gets plane * inSize + the place within the plane, row-major, or
   *     the first spatial axis fastest where {@code columnMajor}; -1 for a window of padding alone
   */
  public void max(
      int planes, double[] x, double[] y, long @Nullable [] indices, boolean columnMajor) {
    int inSize = window.inSize();
    int[] places = columnMajor ? columnMajorPlaces() : new int[0];
    scan(
        (output, values, count) -> {
          int best = -1;
          double max = Double.NEGATIVE_INFINITY;
          int plane = output / window.outSize() * inSize;
          for (int i = 0; i < count; i++) {
            double v = x[plane + values[i]];
            if (best < 0 || v > max || (Double.isNaN(v) && !Double.isNaN(max))) {
              max = v;
              best = values[i];
            }
          }
          y[output] = max;
          if (indices != null) {
            indices[output] = best < 0 ? -1 : (long) plane + (columnMajor ? places[best] : best);
          }
        },
        planes);
  }

  /** Computes the mean of each window. */
  public void average(Kernels kernels, int planes, Divisor divisor, float[] x, float[] y) {
    float[] counts = counts(divisor);
    if (isWhole()) {
      for (int c = 0; c < planes; c++) {
        between.run();
        y[c] = kernels.sum(x, c * window.inSize(), window.inSize()) / counts[0];
      }
      return;
    }
    float[] divisors = Arrays.copyOf(counts, counts.length + BEHIND);
    if (fast(kernels, Binary.ADD, planes, x, divisors, y)) {
      return;
    }
    pool(kernels, Binary.ADD, 0, planes, x, y);
    for (int c = 0; c < planes; c++) {
      between.run();
      int at = c * counts.length;
      // The sum of zeros is no negative one, as where it begins with 0.
      kernels.binaryRight(Binary.ADD, y, at, 0, y, at, counts.length);
      kernels.binary(Binary.DIV, y, at, counts, 0, y, at, counts.length);
    }
  }

  /** As {@link #average}, in double. */
  public void average(int planes, Divisor divisor, double[] x, double[] y) {
    float[] counts = counts(divisor);
    int inSize = window.inSize();
    scan(
        (output, values, count) -> {
          int plane = output / counts.length * inSize;
          double sum = 0;
          for (int i = 0; i < count; i++) {
            sum += x[plane + values[i]];
          }
          y[output] = sum / counts[output % counts.length];
        },
        planes);
  }

  /** Computes the p-norm of each window in double. */
  public void lp(int planes, double p, double[] x, double[] y) {
    int inSize = window.inSize();
    scan(
        (output, values, count) -> {
          int plane = output / window.outSize() * inSize;
          double sum = 0;
          for (int i = 0; i < count; i++) {
            sum += power(Math.abs(x[plane + values[i]]), p);
          }
          y[output] = root(sum, p);
        },
        planes);
  }

  /** Returns {@code x} to the power {@code p}, for x not negative. */
  public static double power(double x, double p) {
    return p == 1 ? x : p == 2 ? x * x : StrictMath.pow(x, p);
  }

  /** Returns the {@code p}th root of {@code x}, for x not negative. */
  public static double root(double x, double p) {
    return p == 1 ? x : p == 2 ? Math.sqrt(x) : StrictMath.pow(x, 1 / p);
  }

  /**
   * Computes each window's f: of whole rows first, then of the elements side by side, as if all
   * rows were one and windows began everywhere. What windows at the ends of rows are is computed
   * alone.
   *
   * @param none the value of no elements
   */
  private void pool(Kernels kernels, Binary f, float none, int planes, float[] x, float[] y) {
    int last = window.last();
    int rows = window.outRows();
    int width = window.in()[last];
    int outWidth = window.out()[last];
    int stride = window.stride()[last];
    int taps = window.kernel()[last];
    int first = window.firstInside(last, 0);
    int end = Math.max(first, window.endInside(last, taps - 1));
    int[] offsets = window.rowOffsets();
    int most = Math.clamp(BLOCK / Math.max(1, width), 1, Math.max(1, rows));
    float[] down = new float[most * width];
    float[] across = new float[most * width];
    for (int c = 0; c < planes; c++) {
      between.run();
      int work = 0;
      for (int row = 0; row < rows; row += most) {
        int m = Math.min(most, rows - row);
        for (int t = 0; t < window.outerTaps(); t++) {
          boolean begins = t == 0;
          int plane = c * window.inSize();
          work = down(kernels, f, begins, none, x, plane, offsets, t * rows + row, m, down, work);
        }
        int to = (c * rows + row) * outWidth;
        if (first < end) {
          across(kernels, f, m * width, down, across);
          // Where the strides of a row end with it, the next one goes on as if it were the same.
          boolean joined = stride * outWidth == width;
          int n = joined ? (m - 1) * outWidth + end - first : end - first;
          for (int r = 0; r < (joined ? 1 : m); r++) {
            int from = r * width + first * stride - window.begin()[last];
            kernels.take(across, from, stride, y, to + r * outWidth + first, n);
          }
          work = asked(work + m * width);
        }
        for (int q = first == 0 ? end : 0; q < outWidth; q = q + 1 == first ? end : q + 1) {
          edge(f, none, m, down, q, y, to + q);
          work = asked(work + m * Math.min(width, taps));
        }
      }
    }
  }

  /** Takes what one outer tap reads of m rows to the rows of {@code to}. */
  private int down(
      Kernels kernels,
      Binary f,
      boolean begins,
      float none,
      float[] x,
      int plane,
      int[] offsets,
      int at,
      int m,
      float[] to,
      int before) {
    int width = window.in()[window.last()];
    int work = before;
    for (int r = 0, n; r < m; r += n) {
      int offset = offsets[at + r];
      for (n = 1; r + n < m && offsets[at + r + n] == offset + n * width; ) {
        n++;
      }
      if (offset < 0) {
        n = 1;
      }
      if (begins && offset < 0) {
        Arrays.fill(to, r * width, (r + 1) * width, none);
      } else if (begins) {
        System.arraycopy(x, plane + offset, to, r * width, n * width);
      } else if (offset >= 0) {
        kernels.binary(f, to, r * width, x, plane + offset, to, r * width, n * width);
      }
      work = asked(work + 1 + n * width);
    }
    return work;
  }

  /** Computes {@code y[i]} of the taps of a window that begins at i, over n elements. */
  private void across(Kernels kernels, Binary f, int n, float[] x, float[] y) {
    int dilation = window.dilation()[window.last()];
    int taps = window.kernel()[window.last()];
    int count = n - (taps - 1) * dilation;
    if (taps == 1) {
      System.arraycopy(x, 0, y, 0, count);
    }
    for (int k = 1; k < taps; k++) {
      kernels.binary(f, k == 1 ? x : y, 0, x, k * dilation, y, 0, count);
    }
  }

  /** Computes output q of m rows, of which its window may have less than all. */
  private void edge(Binary f, float none, int m, float[] x, int q, float[] y, int to) {
    int last = window.last();
    int width = window.in()[last];
    int outWidth = window.out()[last];
    int dilation = window.dilation()[last];
    int begin = q * window.stride()[last] - window.begin()[last];
    int from = begin < 0 ? Math.floorMod(begin, dilation) : begin;
    int n = (int) Math.min(width, begin + (long) window.kernel()[last] * dilation);
    int taps = from < n ? (n - 1 - from) / dilation + 1 : 0;
    for (int r = 0; r < m; r++) {
      float result = none;
      for (int k = 0; k < taps; k++) {
        float v = x[r * width + from + k * dilation];
        result = f == Binary.MAX ? Math.max(result, v) : result + v;
      }
      y[to + r * outWidth] = result;
    }
  }

  private int tapShift(int k) {
    return k * window.dilation()[window.last()] - window.begin()[window.last()];
  }

  /** Returns what the sum of each window is divided by; at least 1. */
  private float[] counts(Divisor divisor) {
    int rank = window.rank();
    float[] counts = new float[window.outSize()];
    int[][] byAxis = new int[rank][];
    for (int a = 0; a < rank; a++) {
      byAxis[a] = new int[window.out()[a]];
      int work = 0;
      for (int o = 0; o < byAxis[a].length; o++) {
        for (int k = 0; k < window.kernel()[a]; k++) {
          work = asked(work + 1);
          int i = o * window.stride()[a] + k * window.dilation()[a] - window.begin()[a];
          boolean counted =
              switch (divisor) {
                case INPUT -> i >= 0 && i < window.in()[a];
                case PADDED_INPUT -> i < window.in()[a] + window.end()[a];
                case WINDOW -> true;
              };
          byAxis[a][o] += counted ? 1 : 0;
        }
      }
    }
    int[] place = new int[rank];
    for (int i = 0; i < counts.length; i++) {
      int count = 1;
      for (int a = 0; a < rank; a++) {
        count *= byAxis[a][place[a]];
      }
      counts[i] = Math.max(1, count);
      Window.advance(place, window.out());
    }
    return counts;
  }

  private int[] columnMajorPlaces() {
    int[] in = window.in();
    int[] places = new int[window.inSize()];
    int[] place = new int[in.length];
    for (int i = 0; i < places.length; i++) {
      int stride = 1;
      for (int a = 0; a < in.length; a++) {
        places[i] += place[a] * stride;
        stride *= in[a];
      }
      Window.advance(place, in);
    }
    return places;
  }

  /** Takes the places, within a plane, of the elements of one window. */
  private interface Visitor {
    void window(int output, int[] places, int count);
  }

  private void scan(Visitor visitor, int planes) {
    int[] offsets = window.rowOffsets();
    int last = window.last();
    int rows = window.outRows();
    int width = window.out()[last];
    int[] places = new int[window.taps()];
    for (int c = 0; c < planes; c++) {
      between.run();
      int work = 0;
      for (int row = 0; row < rows; row++) {
        for (int q = 0; q < width; q++) {
          int count = 0;
          for (int t = 0; t < window.outerTaps(); t++) {
            int offset = offsets[t * rows + row];
            work = asked(work + 1);
            for (int k = 0; offset >= 0 && k < window.kernel()[last]; k++) {
              work = asked(work + 1);
              int i = q * window.stride()[last] + tapShift(k);
              if (i >= 0 && i < window.in()[last]) {
                places[count++] = offset + i;
              }
            }
          }
          visitor.window((c * rows + row) * width + q, places, count);
        }
      }
    }
  }
}
