package org.sardonyx.operators.reduction;

import java.util.Arrays;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.Tensor;

/**
 * Neighbouring dimensions taken as one, some kept and some reduced. A kept dimension of size 1
 * still parts two reduced ones: in which order numbers are added must not depend on the size of
 * what is kept.
 */
final class Groups {

  /** Steps between two looks at whether the run is to go on. */
  private static final int OFTEN = 1 << 16;

  /** Short rows that are turned to columns at a time. */
  private static final int TURNED = 256;

  private final int[] keptDims;
  private final int[] keptStrides;
  private final int length;
  private final int[] within;
  private final int outputs;
  private final int inner;
  private final int run;
  private final boolean oneRow;

  private Groups(
      int[] keptDims,
      int[] keptStrides,
      int length,
      int[] within,
      int outputs,
      int inner,
      int run,
      boolean oneRow) {
    this.keptDims = keptDims;
    this.keptStrides = keptStrides;
    this.length = length;
    this.within = within;
    this.outputs = outputs;
    this.inner = inner;
    this.run = run;
    this.oneRow = oneRow;
  }

  /** What is done for one output. */
  interface Each {
    void run(int output, int start);
  }

  static Groups of(int[] shape, boolean[] reduced) {
    int rank = shape.length;
    int[] strides = Axes.strides(shape);
    int[] keptDims = new int[rank];
    int[] keptStrides = new int[rank];
    int[] reducedDims = new int[rank];
    int[] reducedStrides = new int[rank];
    int kept = 0;
    int folded = 0;
    for (int i = 0; i < rank; i++) {
      boolean joins = i > 0 && reduced[i] == reduced[i - 1];
      if (reduced[i]) {
        folded += joins ? 0 : 1;
        reducedDims[folded - 1] = joins ? reducedDims[folded - 1] * shape[i] : shape[i];
        reducedStrides[folded - 1] = strides[i];
      } else {
        kept += joins ? 0 : 1;
        keptDims[kept - 1] = joins ? keptDims[kept - 1] * shape[i] : shape[i];
        keptStrides[kept - 1] = strides[i];
      }
    }
    boolean lastReduced = rank == 0 || reduced[rank - 1];
    boolean oneRow = lastReduced && folded <= 1;
    return new Groups(
        Arrays.copyOf(keptDims, kept),
        Arrays.copyOf(keptStrides, kept),
        Axes.product(reducedDims, 0, folded),
        oneRow ? new int[0] : offsets(reducedDims, reducedStrides, folded),
        Axes.product(keptDims, 0, kept),
        lastReduced ? 0 : keptDims[kept - 1],
        lastReduced && folded > 0 ? reducedDims[folded - 1] : 1,
        oneRow);
  }

  private static int[] offsets(int[] dims, int[] strides, int count) {
    int[] offsets = new int[Axes.product(dims, 0, count)];
    int filled = offsets.length == 0 ? 0 : 1;
    for (int d = count - 1; d >= 0 && filled > 0; d--) {
      for (int k = 1; k < dims[d]; k++) {
        for (int i = 0; i < filled; i++) {
          offsets[k * filled + i] = offsets[i] + k * strides[d];
        }
      }
      filled *= dims[d];
    }
    return offsets;
  }

  /** Returns how many elements become one. */
  int length() {
    return length;
  }

  /** Returns where each of them lies, from the first on; nothing where they lie side by side. */
  int[] within() {
    return within;
  }

  /** Returns how many of them lie side by side, again and again. */
  int run() {
    return oneRow ? length : run;
  }

  /** Returns where element {@code k} of them lies, from the first on. */
  int within(int k) {
    return oneRow ? k : within[k];
  }

  /** Whether the elements that become one lie side by side. */
  boolean isOneRow() {
    return oneRow;
  }

  /** Returns how many outputs read side by side; 0 where they do not. */
  int inner() {
    return inner;
  }

  /** Returns where the first element for an output lies. */
  int start(int output) {
    if (oneRow) {
      return output * length;
    }
    int start = 0;
    int rest = output;
    for (int d = keptDims.length - 1; d >= 0; d--) {
      start += rest % keptDims[d] * keptStrides[d];
      rest /= keptDims[d];
    }
    return start;
  }

  /** Runs {@code f} for every output, in order. */
  void each(Invocation in, Each f) {
    long steps = 8L + length();
    long worked = 0;
    for (int output = 0; output < outputs; output++) {
      f.run(output, start(output));
      worked += steps;
      if (worked >= OFTEN) {
        in.checkpoint(worked);
        worked = 0;
      }
    }
  }

  void columns(Invocation in, Reducer reducer, double[] x, double[] y) {
    double[] sums = new double[Math.min(inner, Reduction.WIDTH)];
    double[] row = new double[sums.length];
    for (int output = 0; output < y.length; output += inner) {
      int start = start(output);
      for (int c = 0, n; c < inner; c += n) {
        n = Math.min(sums.length, inner - c);
        in.checkpoint((long) length * n);
        System.arraycopy(x, start + c, sums, 0, n);
        for (int k = 1; k < length; k++) {
          System.arraycopy(x, start + c + within(k), row, 0, n);
          reducer.fold(sums, row);
        }
        for (int i = 0; i < n && reducer == Reducer.MEAN; i++) {
          sums[i] /= length;
        }
        System.arraycopy(sums, 0, y, output + c, n);
      }
    }
  }

  /** Reduces columns of narrow floats. */
  void columns(Invocation in, Reducer reducer, Binary f, Tensor x, float[] y) {
    Kernels kernels = in.kernels();
    float[] row = new float[Math.min(inner, Reduction.WIDTH)];
    for (int output = 0; output < y.length; output += inner) {
      int start = start(output);
      for (int c = 0, n; c < inner; c += n) {
        n = Math.min(row.length, inner - c);
        in.checkpoint((long) length * n);
        int to = output + c;
        x.getFloats(start + c, n, y, to);
        for (int k = 1; k < length; k++) {
          x.getFloats(start + c + within(k), n, row, 0);
          kernels.binary(f, y, to, row, 0, y, to, n);
        }
      }
    }
    if (reducer == Reducer.MEAN) {
      kernels.binaryRight(Binary.DIV, y, 0, length, y, 0, y.length);
    }
  }

  void columns(Invocation in, Reducer reducer, Tensor x, Tensor y) {
    long[] sums = new long[Math.min(inner, Reduction.WIDTH)];
    long[] row = new long[sums.length];
    for (int output = 0; output < y.size(); output += inner) {
      int start = start(output);
      for (int c = 0, n; c < inner; c += n) {
        n = Math.min(sums.length, inner - c);
        in.checkpoint((long) length * n);
        x.getLongs(start + c, n, sums, 0);
        for (int k = 1; k < length; k++) {
          x.getLongs(start + c + within(k), n, row, 0);
          reducer.fold(sums, row);
        }
        for (int i = 0; i < n && reducer == Reducer.MEAN; i++) {
          sums[i] /= length;
        }
        y.setLongs(output + c, n, sums, 0);
      }
    }
  }

  /** Reduces short rows: of some of them at once, turned to columns. */
  static void turned(Invocation in, Binary f, int length, float[] x, float[] y) {
    Kernels kernels = in.kernels();
    float[] room = in.scratch(length * TURNED);
    int[] rows = new int[length];
    for (int k = 0; k < length; k++) {
      rows[k] = k * TURNED;
    }
    for (int output = 0, n; output < y.length; output += n) {
      n = Math.min(TURNED, y.length - output);
      in.checkpoint(2L * length * n);
      kernels.transpose(x, output * length, length, room, 0, TURNED, n, length);
      kernels.fold(f, room, 0, rows, y, output, n);
    }
  }
}
