package org.sardonyx.operators.activation;

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

  /** Computes rows of n; {@code x} and {@code y} may be the same place. */
  interface Floats {
    void run(float[] x, int xOffset, float[] y, int yOffset, int n, int rows);
  }

  /** Computes one row, as {@link Floats}. */
  interface Doubles {
    void run(double[] x, int xOffset, double[] y, int yOffset, int n);
  }

  void run(Invocation in, Floats floats, Doubles doubles) {
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
      run(in, floats, x.floats(), y.floats(), outer, length, inner);
    } else {
      float[] values = x.toFloats();
      run(in, floats, values, values, outer, length, inner);
      Elementwise.round(in, values, y);
    }
  }

  private static void run(
      Invocation in, Floats f, float[] x, float[] y, int outer, int length, int inner) {
    if (inner == 1) {
      int most = Math.max(1, PIECE / Math.max(1, length));
      for (int i = 0; i < outer; i += most) {
        int rows = Math.min(most, outer - i);
        in.checkpoint(4L * length * rows);
        f.run(x, i * length, y, i * length, length, rows);
      }
      return;
    }
    float[] row = new float[length];
    for (int i = 0; i < outer; i++) {
      for (int j = 0; j < inner; j++) {
        int start = i * length * inner + j;
        for (int k = 0; k < length; k++) {
          row[k] = x[start + k * inner];
        }
        in.checkpoint(8L * length);
        f.run(row, 0, row, 0, length, 1);
        for (int k = 0; k < length; k++) {
          y[start + k * inner] = row[k];
        }
      }
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
