package org.sardonyx.kernels;

import java.util.Arrays;

/** Unfolds the windows of input planes into the columns of a matrix, and folds columns back. */
final class Patches {

  private final Window window;
  private final int[] rowOffsets;
  private final int rows;
  private final int width;
  private final int lastTaps;
  private final int stride;
  private final int[] from;
  private final int[] to;
  private final int[] shift;

  Patches(Window window) {
    this.window = window;
    this.rowOffsets = window.rowOffsets();
    this.rows = window.outRows();
    int last = window.last();
    this.width = window.out()[last];
    this.lastTaps = window.kernel()[last];
    this.stride = window.stride()[last];
    this.from = new int[lastTaps];
    this.to = new int[lastTaps];
    this.shift = new int[lastTaps];
    for (int k = 0; k < lastTaps; k++) {
      from[k] = window.firstInside(last, k);
      to[k] = Math.max(from[k], window.endInside(last, k));
      shift[k] = k * window.dilation()[last] - window.begin()[last];
    }
  }

  /**
   * Writes columns {@code p0..p1} of the matrix [channels * taps, outSize] whose element (c, tap;
   * p) is what tap {@code tap} of output p reads in plane c, 0 for padding; contiguous, p1 - p0
   * wide.
   */
  void unfold(float[] x, int xOffset, int channels, int p0, int p1, float[] columns) {
    int plane = window.inSize();
    int outerTaps = window.outerTaps();
    int to = 0;
    for (int c = 0; c < channels; c++) {
      for (int t = 0; t < outerTaps; t++) {
        for (int k = 0; k < lastTaps; k++) {
          to = unfoldTap(x, xOffset + c * plane, t, k, p0, p1, columns, to);
        }
      }
    }
  }

  private int unfoldTap(
      float[] x, int plane, int t, int k, int p0, int p1, float[] columns, int column) {
    int d = column;
    int row = p0 / width;
    int q = p0 - row * width;
    while (d < column + p1 - p0) {
      int n = Math.min(width - q, column + p1 - p0 - d);
      int offset = rowOffsets[t * rows + row];
      if (offset < 0) {
        Arrays.fill(columns, d, d + n, 0);
      } else {
        int a = Math.min(Math.max(from[k], q), q + n);
        int b = Math.max(a, Math.min(to[k], q + n));
        Arrays.fill(columns, d, d + a - q, 0);
        int source = plane + offset + shift[k];
        if (stride == 1 && b > a) { // of nothing, the place may lie outside
          System.arraycopy(x, source + a, columns, d + a - q, b - a);
        } else {
          for (int i = a; i < b; i++) {
            columns[d + i - q] = x[source + i * stride];
          }
        }
        Arrays.fill(columns, d + b - q, d + n, 0);
      }
      d += n;
      q = 0;
      row++;
    }
    return d;
  }

  /** Adds the columns {@code p0..p1} onto the planes that {@link #unfold} would read them from. */
  void fold(float[] columns, int channels, int p0, int p1, float[] x, int xOffset) {
    int plane = window.inSize();
    int outerTaps = window.outerTaps();
    int d = 0;
    for (int c = 0; c < channels; c++) {
      for (int t = 0; t < outerTaps; t++) {
        for (int k = 0; k < lastTaps; k++) {
          d = foldTap(columns, d, t, k, p0, p1, x, xOffset + c * plane);
        }
      }
    }
  }

  private int foldTap(
      float[] columns, int column, int t, int k, int p0, int p1, float[] x, int plane) {
    int d = column;
    int row = p0 / width;
    int q = p0 - row * width;
    while (d < column + p1 - p0) {
      int n = Math.min(width - q, column + p1 - p0 - d);
      int offset = rowOffsets[t * rows + row];
      if (offset >= 0) {
        int a = Math.min(Math.max(from[k], q), q + n);
        int b = Math.max(a, Math.min(to[k], q + n));
        int target = plane + offset + shift[k];
        int source = d - q;
        for (int i = a; i < b; i++) {
          x[target + i * stride] += columns[source + i];
        }
      }
      d += n;
      q = 0;
      row++;
    }
    return d;
  }

  /** Computes {@code y[p] += w * (what tap of output p reads)} for every output of a plane. */
  void accumulate(Kernels kernels, float[] x, int plane, int tap, float w, float[] y, int yOffset) {
    int t = tap / lastTaps;
    int k = tap - t * lastTaps;
    int n = to[k] - from[k];
    if (n <= 0) {
      return;
    }
    for (int row = 0; row < rows; row++) {
      int offset = rowOffsets[t * rows + row];
      if (offset < 0) {
        continue;
      }
      int source = plane + offset + shift[k] + from[k] * stride;
      int target = yOffset + row * width + from[k];
      if (stride == 1) {
        kernels.axpy(w, x, source, y, target, n);
      } else {
        for (int i = 0; i < n; i++) {
          y[target + i] += w * x[source + i * stride];
        }
      }
    }
  }

  /** As {@link #accumulate}, in double. */
  void accumulate(double[] x, int plane, int tap, double w, double[] y, int yOffset) {
    int t = tap / lastTaps;
    int k = tap - t * lastTaps;
    for (int row = 0; row < rows; row++) {
      int offset = rowOffsets[t * rows + row];
      if (offset < 0) {
        continue;
      }
      int source = plane + offset + shift[k];
      int target = yOffset + row * width;
      for (int i = from[k]; i < to[k]; i++) {
        y[target + i] += w * x[source + i * stride];
      }
    }
  }

  /** Computes what {@link #accumulate} does with inputs and outputs changed about. */
  void scatter(double[] y, int yOffset, int tap, double w, double[] x, int plane) {
    int t = tap / lastTaps;
    int k = tap - t * lastTaps;
    for (int row = 0; row < rows; row++) {
      int offset = rowOffsets[t * rows + row];
      if (offset < 0) {
        continue;
      }
      int target = plane + offset + shift[k];
      int source = yOffset + row * width;
      for (int i = from[k]; i < to[k]; i++) {
        x[target + i * stride] += w * y[source + i];
      }
    }
  }
}
