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
  public void max(int planes, float[] x, float[] y) {
    Arrays.fill(y, Float.NEGATIVE_INFINITY);
    int[] offsets = window.rowOffsets();
    int last = window.last();
    int rows = window.outRows();
    int width = window.out()[last];
    int stride = window.stride()[last];
    for (int c = 0; c < planes; c++) {
      between.run();
      int work = 0;
      int plane = c * window.inSize();
      for (int t = 0; t < window.outerTaps(); t++) {
        for (int row = 0; row < rows; row++) {
          int offset = offsets[t * rows + row];
          work = asked(work + 1);
          for (int k = 0; offset >= 0 && k < window.kernel()[last]; k++) {
            int first = window.firstInside(last, k);
            int n = window.endInside(last, k) - first;
            work = asked(work + 1 + Math.max(0, n));
            int source = plane + offset + tapShift(k) + first * stride;
            maxRow(x, source, stride, y, (c * rows + row) * width + first, n);
          }
        }
      }
    }
  }

  /** Calls {@code between} after much work; returns how much was done since. */
  private int asked(int work) {
    if (work < OFTEN) {
      return work;
    }
    between.run();
    return 0;
  }

  private static void maxRow(float[] x, int xOffset, int stride, float[] y, int yOffset, int n) {
    if (stride == 1) {
      for (int i = 0; i < n; i++) {
        y[yOffset + i] = Math.max(y[yOffset + i], x[xOffset + i]);
      }
    } else {
      for (int i = 0; i < n; i++) {
        y[yOffset + i] = Math.max(y[yOffset + i], x[xOffset + i * stride]);
      }
    }
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
  public void average(int planes, Divisor divisor, float[] x, float[] y) {
    sum(planes, x, y);
    float[] counts = counts(divisor);
    for (int c = 0; c < planes; c++) {
      between.run();
      for (int i = 0; i < counts.length; i++) {
        y[c * counts.length + i] /= counts[i];
      }
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

  private void sum(int planes, float[] x, float[] y) {
    Arrays.fill(y, 0);
    int[] offsets = window.rowOffsets();
    int last = window.last();
    int rows = window.outRows();
    int width = window.out()[last];
    int stride = window.stride()[last];
    for (int c = 0; c < planes; c++) {
      between.run();
      int work = 0;
      int plane = c * window.inSize();
      for (int t = 0; t < window.outerTaps(); t++) {
        for (int row = 0; row < rows; row++) {
          int offset = offsets[t * rows + row];
          work = asked(work + 1);
          for (int k = 0; offset >= 0 && k < window.kernel()[last]; k++) {
            int first = window.firstInside(last, k);
            int n = window.endInside(last, k) - first;
            work = asked(work + 1 + Math.max(0, n));
            int source = plane + offset + tapShift(k) + first * stride;
            int target = (c * rows + row) * width + first;
            for (int i = 0; i < n; i++) {
              y[target + i] += x[source + i * stride];
            }
          }
        }
      }
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
