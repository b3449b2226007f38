package org.sardonyx.operators.math;

import java.util.Arrays;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.Binary;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Sums or products along an axis.
 *
 * @param exclusive whether the element at the place itself is left out
 * @param reverse whether from the end on
 * @param product whether products, not sums
 */
record Cumulation(boolean exclusive, boolean reverse, boolean product) {

  /** From so many on, what is cumulated side by side is so in rows. */
  private static final int SIDE_BY_SIDE = 8;

  /** Runs over input 0 along the axis in input 1. */
  void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor axisInput = in.tensor(1);
    if (axisInput.size() != 1) {
      throw new OperatorFailed("axis is a scalar, got " + axisInput);
    }
    int axis = Axes.normalize(axisInput.getLong(0), x.rank());
    int[] shape = x.shape();
    int outer = Axes.product(shape, 0, axis);
    int length = shape[axis];
    int inner = Axes.product(shape, axis + 1, shape.length);
    Tensor y = in.output(0, x.dataType(), shape);
    boolean isNarrow = Elementwise.isNarrow(x.dataType());
    float[] floats = x.dataType() == DataType.FLOAT || isNarrow ? x.toFloats() : new float[0];
    float[] sums =
        isNarrow ? new float[floats.length] : y.array() instanceof float[] to ? to : floats;
    for (int i = 0; i < outer && length > 0; i++) {
      if (sums.length > 0 && inner >= SIDE_BY_SIDE) {
        rows(in, floats, sums, i * length * inner, length, inner);
        continue;
      }
      if (inner >= SIDE_BY_SIDE && !exclusive && y.array() instanceof long[] to) {
        rows(in, x.longs(), to, i * length * inner, length, inner);
        continue;
      }
      int start = (i * length + (reverse ? length - 1 : 0)) * inner;
      int step = reverse ? -inner : inner;
      for (int j = 0; j < inner; j++) {
        in.checkpoint(4L * length);
        switch (y.array()) {
          case double[] to -> along(x.doubles(), to, start + j, step, length);
          case long[] to -> along(x.longs(), to, start + j, step, length);
          case int[] to -> along(x.ints(), to, start + j, step, length);
          default -> along(floats, sums, start + j, step, length);
        }
      }
    }
    if (isNarrow) {
      Elementwise.round(in, sums, y);
    }
  }

  /** Computes length rows of n, each of the one before and a row of x. */
  private void rows(Invocation in, float[] x, float[] y, int start, int length, int n) {
    Binary f = product ? Binary.MUL : Binary.ADD;
    int before = reverse ? n : -n;
    int at = reverse ? start + (length - 1) * n : start;
    if (exclusive) {
      Arrays.fill(y, at, at + n, product ? 1 : 0);
    } else {
      in.kernels().binaryRight(f, x, at, product ? 1 : 0, y, at, n);
    }
    for (int k = 1; k < length; k++) {
      at -= before;
      in.checkpoint(n);
      in.kernels().binary(f, y, at + before, x, exclusive ? at + before : at, y, at, n);
    }
  }

  private void rows(Invocation in, long[] x, long[] y, int start, int length, int n) {
    int before = reverse ? n : -n;
    int at = reverse ? start + (length - 1) * n : start;
    System.arraycopy(x, at, y, at, n);
    for (int k = 1; k < length; k++) {
      at -= before;
      in.checkpoint(n);
      for (int i = at; i < at + n; i++) {
        y[i] = product ? y[i + before] * x[i] : y[i + before] + x[i];
      }
    }
  }

  private void along(float[] x, float[] y, int start, int step, int length) {
    float so = product ? 1 : 0;
    for (int k = 0, i = start; k < length; k++, i += step) {
      float next = product ? so * x[i] : so + x[i];
      y[i] = exclusive ? so : next;
      so = next;
    }
  }

  private void along(double[] x, double[] y, int start, int step, int length) {
    double so = product ? 1 : 0;
    for (int k = 0, i = start; k < length; k++, i += step) {
      double next = product ? so * x[i] : so + x[i];
      y[i] = exclusive ? so : next;
      so = next;
    }
  }

  private void along(long[] x, long[] y, int start, int step, int length) {
    long so = product ? 1 : 0;
    for (int k = 0, i = start; k < length; k++, i += step) {
      long next = product ? so * x[i] : so + x[i];
      y[i] = exclusive ? so : next;
      so = next;
    }
  }

  private void along(int[] x, int[] y, int start, int step, int length) {
    int so = product ? 1 : 0;
    for (int k = 0, i = start; k < length; k++, i += step) {
      int next = product ? so * x[i] : so + x[i];
      y[i] = exclusive ? so : next;
      so = next;
    }
  }
}
