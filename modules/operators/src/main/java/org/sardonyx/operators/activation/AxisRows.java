package org.sardonyx.operators.activation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Rows of a tensor along an axis; before version 13 of the operators that use it, over all
 * dimensions from the axis on, taken as one.
 *
 * @param axis the axis, negative from the end
 * @param flatten whether the dimensions from the axis on are one
 */
record AxisRows(long axis, boolean flatten) {

  /** Elements between two looks at whether the run is to go on. */
  private static final int PIECE = 1 << 16;

  /** Elements of columns that are turned to rows together, and stay in the nearest cache. */
  private static final int TILE = 1 << 13;

  /** The least columns, of which a line of memory has no more. */
  private static final int FEW = 8;

  /** The least columns that are computed as such: a row of them fills some vectors. */
  private static final int MANY = 64;

  /** Shorter rows are turned to columns, so many at a time. */
  private static final int SHORT = 16;

  private static final int TURNED = 256;

  /** Computes rows of n; {@code x} and {@code y} may be the same place. */
  interface Floats {
    void run(float[] x, int xOffset, float[] y, int yOffset, int n, int rows);
  }

  /**
   * Computes n columns side by side, of length elements each; {@code x} and {@code y} may be the
   * same place.
   */
  interface Columns {
    void run(float[] x, float[] y, int offset, int step, int length, int n);
  }

  /** Computes one row, as {@link Floats}. */
  interface Doubles {
    void run(double[] x, int xOffset, double[] y, int yOffset, int n);
  }

  void run(Invocation in, Floats floats, @Nullable Columns columns, Doubles doubles) {
    Tensor x = in.tensor(0);
    int[] shape = x.shape();
    int rank = x.rank();
    // The rank itself is an axis of a flattened tensor: every element is a row of its own.
    int first = rank == 0 || (flatten && axis == rank) ? rank : Axes.normalize(axis, rank);
    int last = flatten ? rank : Math.min(first + 1, rank);
    int outer = Axes.product(shape, 0, first);
    int length = Axes.product(shape, first, last);
    int inner = Axes.product(shape, last, rank);
    Tensor y = in.output(0, x.dataType(), shape);
    if (x.dataType() == DataType.DOUBLE) {
      run(in, doubles, x.doubles(), y.doubles(), outer, length, inner);
    } else if (x.dataType() == DataType.FLOAT) {
      run(in, floats, columns, x.floats(), y.floats(), outer, length, inner);
    } else {
      float[] values = x.toFloats();
      run(in, floats, columns, values, values, outer, length, inner);
      Elementwise.round(in, values, y);
    }
  }

  /** Computes softmax, or its logarithm, as {@link Columns}. */
  static void softmax(
      Kernels kernels, boolean log, float[] x, float[] y, int offset, int step, int length, int n) {
    float[] most = new float[n];
    float[] sums = new float[n];
    Arrays.fill(most, Float.NEGATIVE_INFINITY);
    for (int k = 0; k < length; k++) {
      kernels.binary(Binary.MAX, most, 0, x, offset + k * step, most, 0, n);
    }
    float[] powers = new float[n];
    for (int k = 0; k < length; k++) {
      int at = offset + k * step;
      kernels.binary(Binary.SUB, x, at, most, 0, y, at, n);
      kernels.unary(Unary.EXP, y, at, powers, 0, n);
      kernels.binary(Binary.ADD, sums, 0, powers, 0, sums, 0, n);
      if (!log) {
        System.arraycopy(powers, 0, y, at, n);
      }
    }
    if (log) {
      kernels.unary(Unary.LOG, sums, 0, sums, 0, n);
    }
    for (int k = 0; k < length; k++) {
      int at = offset + k * step;
      kernels.binary(log ? Binary.SUB : Binary.DIV, y, at, sums, 0, y, at, n);
    }
  }

  private static void run(
      Invocation in,
      Floats f,
      @Nullable Columns columns,
      float[] x,
      float[] y,
      int outer,
      int length,
      int inner) {
    if (inner == 1 && columns != null && length > 1 && length < SHORT && outer > MANY) {
      turned(in, columns, x, y, outer, length);
      return;
    }
    if (inner == 1) {
      int most = Math.max(1, PIECE / Math.max(1, length));
      for (int i = 0; i < outer; i += most) {
        int rows = Math.min(most, outer - i);
        in.checkpoint(4L * length * rows);
        f.run(x, i * length, y, i * length, length, rows);
      }
      return;
    }
    boolean asRows = columns == null || inner < MANY;
    int most =
        Math.min(
            inner, Math.max(asRows ? FEW : MANY, (asRows ? TILE : PIECE) / Math.max(1, length)));
    float[] rows = asRows ? in.scratch(Math.multiplyExact(most, length)) : x;
    for (int i = 0; i < outer; i++) {
      for (int j = 0; j < inner; j += most) {
        int n = Math.min(most, inner - j);
        int start = i * length * inner + j;
        in.checkpoint(8L * length * n);
        if (columns != null && !asRows) {
          columns.run(x, y, start, inner, length, n);
          continue;
        }
        for (int k = 0; k < length; k++) {
          int from = start + k * inner;
          for (int r = 0; r < n; r++) {
            rows[r * length + k] = x[from + r];
          }
        }
        f.run(rows, 0, rows, 0, length, n);
        for (int k = 0; k < length; k++) {
          int to = start + k * inner;
          for (int r = 0; r < n; r++) {
            y[to + r] = rows[r * length + k];
          }
        }
      }
    }
  }

  /** Computes short rows turned to columns, some of them at a time. */
  private static void turned(
      Invocation in, Columns f, float[] x, float[] y, int outer, int length) {
    Kernels kernels = in.kernels();
    float[] room = in.scratch(length * TURNED);
    for (int i = 0, n; i < outer; i += n) {
      n = Math.min(TURNED, outer - i);
      in.checkpoint(8L * length * n);
      kernels.transpose(x, i * length, length, room, 0, TURNED, n, length);
      f.run(room, room, 0, TURNED, length, n);
      kernels.transpose(room, 0, TURNED, y, i * length, length, length, n);
    }
  }

  private static void run(
      Invocation in, Doubles f, double[] x, double[] y, int outer, int length, int inner) {
    double[] row = new double[length];
    for (int i = 0; i < outer; i++) {
      for (int j = 0; j < inner; j++) {
        int start = i * length * inner + j;
        for (int k = 0; k < length; k++) {
          row[k] = x[start + k * inner];
        }
        in.checkpoint(8L * length);
        f.run(row, 0, row, 0, length);
        for (int k = 0; k < length; k++) {
          y[start + k * inner] = row[k];
        }
      }
    }
  }
}
