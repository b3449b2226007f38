package org.sardonyx.operators.reduction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Where along an axis the greatest or least element is. A NaN is both.
 *
 * @param axis the axis, negative from the end
 * @param keepdims whether the axis stays with size 1
 * @param last whether the last of equal ones counts
 */
record Extreme(long axis, boolean keepdims, boolean last) {

  /** Longer rows are gone through one by one. */
  private static final int SHORT = 16;

  /** Columns that are gone through together. */
  private static final int WIDTH = 512;

  static Extreme of(Attributes attributes) {
    return new Extreme(
        attributes.getInt("axis"),
        attributes.getFlag("keepdims"),
        attributes.getFlagOrFalse("select_last_index"));
  }

  void infer(Inference in) {
    Shape shape = in.shape(0);
    if (!shape.hasRank()) {
      in.output(0, DataType.INT64, Shape.UNKNOWN);
      return;
    }
    if (shape.rank() == 0) {
      in.output(0, DataType.INT64, Shape.SCALAR);
      return;
    }
    int at = Axes.normalize(axis, shape.rank());
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.remove(at);
    if (keepdims) {
      dims.add(at, Dim.of(1));
    }
    in.output(0, DataType.INT64, Shape.of(dims));
  }

  void run(Invocation in, boolean greatest) {
    Tensor x = in.tensor(0);
    int rank = x.rank();
    int[] shape = x.shape();
    int at = rank == 0 ? 0 : Axes.normalize(axis, rank);
    int length = rank == 0 ? 1 : shape[at];
    int inner = Axes.product(shape, Math.min(at + 1, rank), rank);
    int[] reduced = rank == 0 ? shape : keepdims ? shape.clone() : new int[rank - 1];
    if (rank > 0 && keepdims) {
      reduced[at] = 1;
    } else if (rank > 0) {
      System.arraycopy(shape, 0, reduced, 0, at);
      System.arraycopy(shape, at + 1, reduced, at, rank - 1 - at);
    }
    long[] y = in.output(0, DataType.INT64, reduced).longs();
    if (length == 0 && y.length > 0) {
      throw new OperatorFailed("there is no greatest or least of no elements, in " + x);
    }
    switch (x.dataType()) {
      case FLOAT, FLOAT16, BFLOAT16 -> {
        float[] values = x.toFloats();
        if (inner == 1 && (last || length > SHORT)) {
          for (int i = 0; i < y.length; i++) {
            in.checkpoint(4L * length);
            y[i] = row(in.kernels(), values, i * length, length, greatest);
          }
          return;
        }
        float[] room = new float[(3 + (inner == 1 ? length : 0)) * WIDTH];
        byte[] same = new byte[WIDTH];
        int[] rows = new int[length];
        for (int k = 0; k < length; k++) {
          rows[k] = inner == 1 ? (3 + k) * WIDTH : k * inner;
        }
        int side = inner == 1 ? y.length : inner;
        for (int o = 0; o < y.length; o += side) {
          for (int c = 0, n; c < side; c += n) {
            n = Math.min(WIDTH, side - c);
            in.checkpoint(4L * length * n);
            if (inner == 1) {
              int from = c * length;
              in.kernels().transpose(values, from, length, room, 3 * WIDTH, WIDTH, n, length);
              columns(in.kernels(), room, 0, rows, room, same, n, greatest, y, c);
            } else {
              columns(
                  in.kernels(), values, o * length + c, rows, room, same, n, greatest, y, o + c);
            }
          }
        }
      }
      case DOUBLE -> {
        double[] values = x.doubles();
        for (int i = 0; i < y.length; i++) {
          in.checkpoint(4L * length);
          y[i] = doubles(values, i / inner * length * inner + i % inner, inner, length, greatest);
        }
      }
      default -> {
        long[] values = x.toLongs();
        if (x.dataType() == DataType.UINT64) {
          values = values.clone();
          for (int i = 0; i < values.length; i++) {
            values[i] ^= Long.MIN_VALUE;
          }
        }
        for (int i = 0; i < y.length; i++) {
          in.checkpoint(4L * length);
          y[i] = longs(values, i / inner * length * inner + i % inner, inner, length, greatest);
        }
      }
    }
  }

  private int row(Kernels kernels, float[] x, int start, int length, boolean greatest) {
    if (last) {
      return floats(x, start, 1, length, greatest);
    }
    float so = greatest ? kernels.max(x, start, length) : kernels.min(x, start, length);
    return Elementwise.indexOf(so, x, start, length);
  }

  /** Of n columns the extremes first, then from the far end on where they are. */
  private void columns(
      Kernels kernels,
      float[] x,
      int start,
      int[] rows,
      float[] room,
      byte[] same,
      int n,
      boolean greatest,
      long[] y,
      int to) {
    int length = rows.length;
    kernels.fold(greatest ? Binary.MAX : Binary.MIN, x, start, rows, room, 0, n);
    int found = WIDTH;
    int now = 2 * WIDTH;
    Arrays.fill(room, found, found + n, -1);
    for (int i = 0; i < length; i++) {
      int k = last ? i : length - 1 - i;
      Arrays.fill(room, now, now + n, k);
      kernels.compare(false, true, x, start + rows[k], room, 0, same, 0, n);
      kernels.select(same, 0, room, now, room, found, room, found, n);
    }
    for (int i = 0; i < n; i++) {
      float k = room[found + i];
      // A NaN equals nothing, and floats do not count further than this.
      y[to + i] =
          k < 0 || length > 1 << 24
              ? floats(x, start + rows[0] + i, length > 1 ? rows[1] - rows[0] : 1, length, greatest)
              : (long) k;
    }
  }

  private int floats(float[] x, int start, int step, int length, boolean greatest) {
    int found = 0;
    float so = x[start];
    for (int k = 1; k < length; k++) {
      float v = x[start + k * step];
      boolean beyond = greatest ? v > so : v < so;
      if (((beyond || Float.isNaN(v)) && !Float.isNaN(so)) || (last && same(v, so))) {
        found = k;
        so = v;
      }
    }
    return found;
  }

  private int doubles(double[] x, int start, int step, int length, boolean greatest) {
    int found = 0;
    double so = x[start];
    for (int k = 1; k < length; k++) {
      double v = x[start + k * step];
      boolean beyond = greatest ? v > so : v < so;
      if (((beyond || Double.isNaN(v)) && !Double.isNaN(so)) || (last && same(v, so))) {
        found = k;
        so = v;
      }
    }
    return found;
  }

  private int longs(long[] x, int start, int step, int length, boolean greatest) {
    int found = 0;
    long so = x[start];
    for (int k = 1; k < length; k++) {
      long v = x[start + k * step];
      if ((greatest ? v > so : v < so) || (last && v == so)) {
        found = k;
        so = v;
      }
    }
    return found;
  }

  private static boolean same(double a, double b) {
    return a == b || (Double.isNaN(a) && Double.isNaN(b));
  }
}
