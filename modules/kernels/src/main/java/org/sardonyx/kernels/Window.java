package org.sardonyx.kernels;

import java.util.Arrays;

/**
 * Where the windows of a convolution or a pooling lie, one entry a spatial axis: tap k of output o
 * reads input {@code o * stride + k * dilation - begin}, which is padding where it is not in [0,
 * in).
 *
 * @param in input sizes
 * @param out output sizes
 * @param kernel taps
 * @param stride steps between outputs
 * @param dilation steps between taps
 * @param begin padding before the first input
 * @param end padding after the last input
 */
public record Window(
    int[] in, int[] out, int[] kernel, int[] stride, int[] dilation, int[] begin, int[] end) {

  /** Returns the number of spatial axes. */
  public int rank() {
    return in.length;
  }

  /** Returns the elements of an input plane. */
  public int inSize() {
    return product(in, in.length);
  }

  /** Returns the elements of an output plane. */
  public int outSize() {
    return product(out, out.length);
  }

  /** Returns the taps of the whole kernel. */
  public int taps() {
    return product(kernel, kernel.length);
  }

  /** Whether every output reads the one input at its own place. */
  public boolean isPointwise() {
    return taps() == 1
        && Arrays.equals(in, out)
        && Arrays.stream(stride).allMatch(s -> s == 1)
        && Arrays.stream(begin).allMatch(b -> b == 0);
  }

  int last() {
    return in.length - 1;
  }

  /** Returns the rows of an output plane: its elements but for the last axis. */
  int outRows() {
    return product(out, last());
  }

  /** Returns the taps of the kernel but for the last axis. */
  int outerTaps() {
    return product(kernel, last());
  }

  /**
   * Returns, for each outer tap and each row of the output, the offset of the input row that it
   * reads, or -1 where that is padding: [outerTaps][outRows].
   */
  public int[] rowOffsets() {
    int outer = last();
    int rows = outRows();
    int taps = outerTaps();
    int[] offsets = new int[Math.multiplyExact(taps, rows)];
    int[] tap = new int[outer];
    int[] row = new int[outer];
    for (int t = 0; t < taps; t++) {
      for (int r = 0; r < rows; r++) {
        int offset = 0;
        for (int a = 0; a < outer; a++) {
          int i = row[a] * stride[a] + tap[a] * dilation[a] - begin[a];
          if (i < 0 || i >= in[a]) {
            offset = -1;
            break;
          }
          offset = offset * in[a] + i;
        }
        offsets[t * rows + r] = offset < 0 ? -1 : offset * in[outer];
        advance(row, out);
      }
      advance(tap, kernel);
    }
    return offsets;
  }

  /** Returns the first output along {@code axis} for which tap {@code k} is no padding in front. */
  int firstInside(int axis, int k) {
    int gap = begin[axis] - k * dilation[axis];
    return gap <= 0 ? 0 : Math.min(out[axis], (gap + stride[axis] - 1) / stride[axis]);
  }

  /** Returns the first output along {@code axis} for which tap {@code k} lies behind the input. */
  int endInside(int axis, int k) {
    int room = in[axis] - 1 + begin[axis] - k * dilation[axis];
    return room < 0 ? 0 : Math.min(out[axis], room / stride[axis] + 1);
  }

  /** Counts up in the mixed radix {@code sizes}, the last digit fastest. */
  static void advance(int[] digits, int[] sizes) {
    for (int a = digits.length - 1; a >= 0; a--) {
      digits[a]++;
      if (digits[a] < sizes[a]) {
        return;
      }
      digits[a] = 0;
    }
  }

  private static int product(int[] sizes, int n) {
    int product = 1;
    for (int a = 0; a < n; a++) {
      product = Math.multiplyExact(product, sizes[a]);
    }
    return product;
  }
}
