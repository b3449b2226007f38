package org.sardonyx.operators.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Resampling along axes, one after another: every element of the output is a weighted mean of
 * neighbours of a point of the input.
 *
 * @param mode how neighbours are weighted
 * @param transform where the point is
 * @param nearest which neighbour is nearest
 * @param a the coefficient of the cubic weights
 * @param antialias whether the weights are stretched where the output is smaller
 * @param excludeOutside whether neighbours beyond the border do not count; else the border counts
 *     for them
 * @param extrapolation the result for points beyond the border, where they are computed from
 *     regions
 */
record Sampler(
    Mode mode,
    Transform transform,
    Nearest nearest,
    double a,
    boolean antialias,
    boolean excludeOutside,
    float extrapolation) {

  /** From so many elements on a row fills vectors. */
  private static final int WIDE = 16;

  enum Mode {
    NEAREST,
    LINEAR,
    CUBIC
  }

  /** Coordinates of the output to coordinates of the input. */
  enum Transform {
    HALF_PIXEL,
    HALF_PIXEL_SYMMETRIC,
    PYTORCH_HALF_PIXEL,
    TF_HALF_PIXEL_FOR_NN,
    ALIGN_CORNERS,
    ASYMMETRIC,
    TF_CROP_AND_RESIZE
  }

  enum Nearest {
    ROUND_PREFER_FLOOR,
    ROUND_PREFER_CEIL,
    FLOOR,
    CEIL,
    /** Down where the output is larger, else up: what Upsample and the first Resize do. */
    TOWARDS_SOURCE
  }

  /**
   * One axis.
   *
   * @param in the size of the input
   * @param out the size of the output
   * @param scale what one is to the other, before the output is rounded
   * @param start where the region begins, from 0 to 1
   * @param end where it ends
   */
  record Axis(int in, int out, double scale, double start, double end) {

    boolean isIdentity() {
      return in == out && scale == 1 && start == 0 && end == 1;
    }
  }

  /** The weights of an axis: those of output i are {@code weights[i * count ...]}. */
  private record Taps(int count, int[] indices, double[] weights, boolean[] outside) {}

  void run(Invocation in, Tensor x, List<Axis> axes) {
    int[] shape = new int[axes.size()];
    boolean identity = true;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = axes.get(i).out();
      identity &= axes.get(i).isIdentity();
    }
    if (identity) {
      in.set(0, x);
    } else if (Tensor.checkedSize(shape) == 0) {
      in.zeros(0, x.dataType(), shape);
    } else if (x.size() == 0) {
      throw new OperatorFailed("nothing of " + x + " can be resized to " + Arrays.toString(shape));
    } else if (mode == Mode.NEAREST) {
      nearest(in, x, axes, shape);
    } else {
      weighted(in, x, axes, shape);
    }
  }

  private void nearest(Invocation in, Tensor x, List<Axis> axes, int[] shape) {
    Tensor y = in.output(0, x.dataType(), shape);
    int[][] maps = new int[shape.length][];
    boolean outside = false;
    for (int i = 0; i < shape.length; i++) {
      Axis axis = axes.get(i);
      maps[i] = Moves.identity(axis.out());
      for (int j = 0; j < axis.out() && !axis.isIdentity(); j++) {
        double at = source(j, axis);
        maps[i][j] = isOutside(at, axis) ? -1 : (int) Math.clamp(round(at, axis), 0, axis.in() - 1);
        outside |= maps[i][j] < 0;
      }
    }
    if (outside) {
      Tensor value = Tensor.zeros(x.dataType(), 1);
      if (extrapolation != 0) {
        if (x.dataType() == DataType.STRING || x.dataType().kind() == DataType.Kind.COMPLEX) {
          throw new UnsupportedModel(
              "extrapolation_value for elements of type " + x.dataType().specName());
        }
        value.setDouble(0, extrapolation);
      }
      Moves.fill(in, value, y);
    }
    Moves moves = Moves.of(in, x, y);
    moves.select(x.shape(), maps);
    moves.done();
  }

  private double round(double at, Axis axis) {
    double floor = Math.floor(at);
    return switch (nearest) {
      case ROUND_PREFER_FLOOR -> at - floor <= 0.5 ? floor : floor + 1;
      case ROUND_PREFER_CEIL -> at - floor < 0.5 ? floor : floor + 1;
      case FLOOR -> floor;
      case CEIL -> Math.ceil(at);
      case TOWARDS_SOURCE -> axis.scale() < 1 ? Math.ceil(at) : floor;
    };
  }

  private void weighted(Invocation in, Tensor x, List<Axis> axes, int[] shape) {
    DataType type = x.dataType();
    if (!type.isFloat() && !type.isInteger()) {
      throw new UnsupportedModel("Resize between elements of type " + type.specName());
    }
    Tensor y = in.output(0, type, shape);
    int[] now = x.shape();
    boolean wide = type == DataType.DOUBLE || !type.isFloat();
    float[] floats = wide ? new float[0] : x.toFloats();
    double[] doubles = wide ? x.toDoubles() : new double[0];
    List<Integer> order = order(axes);
    for (int i : order) {
      Axis axis = axes.get(i);
      Taps taps = taps(axis);
      int outer = Axes.product(now, 0, i);
      int inner = Axes.product(now, i + 1, now.length);
      now[i] = axis.out();
      int size = Tensor.checkedSize(now);
      if (wide) {
        doubles = apply(in, taps, doubles, outer, axis, inner, new double[size], extrapolation);
      } else {
        boolean last = type == DataType.FLOAT && order.indexOf(i) == order.size() - 1;
        float[] to = last ? y.floats() : new float[size];
        apply(in, taps, floats, outer, axis, inner, to, extrapolation);
        floats = to;
      }
    }
    if (type == DataType.FLOAT) {
      return;
    }
    // Integers are rounded to nearest and do not wrap.
    boolean signed = type.kind() == DataType.Kind.SIGNED;
    double least = signed ? -Math.scalb(1.0, type.bits() - 1) : 0;
    double most = Math.scalb(1.0, type.bits() - (signed ? 1 : 0)) - 1;
    for (int j = 0; j < y.size(); j++) {
      if (type.isFloat()) {
        y.setDouble(j, wide ? doubles[j] : floats[j]);
      } else {
        double value = Math.clamp(Math.rint(doubles[j]), least, most);
        y.setLong(j, value >= 0x1p63 ? (long) (value - 0x1p63) ^ Long.MIN_VALUE : (long) value);
      }
    }
  }

  /**
   * Returns the axes to resample, those that lose most first, then those that gain least, but the
   * last axis, whose elements go one by one: so little as can be is in between.
   */
  private static List<Integer> order(List<Axis> axes) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      if (!axes.get(i).isIdentity()) {
        order.add(i);
      }
    }
    order.sort(
        Comparator.comparingDouble(i -> {
          double ratio = (double) axes.get(i).out() / axes.get(i).in();
          return i == axes.size() - 1 ? Math.min(ratio, 1) : ratio;
        }));
    return order;
  }

  /**
   * Returns the point of the input, computed in float: scales are floats, and 1.5 / 0.6 is the 2.5
   * that is meant only as long as no more digits are.
   */
  private double source(int at, Axis axis) {
    float in = axis.in();
    int out = axis.out();
    float scale = (float) axis.scale();
    float start = (float) axis.start();
    float end = (float) axis.end();
    return switch (transform) {
      case HALF_PIXEL -> (at + 0.5f) / scale - 0.5f;
      case HALF_PIXEL_SYMMETRIC -> in / 2 * (1 - out / (scale * in)) + (at + 0.5f) / scale - 0.5f;
      case PYTORCH_HALF_PIXEL -> out > 1 ? (at + 0.5f) / scale - 0.5f : 0;
      case TF_HALF_PIXEL_FOR_NN -> (at + 0.5f) / scale;
      case ALIGN_CORNERS -> at == 0 ? 0 : at * (in - 1) / (scale * in - 1);
      case ASYMMETRIC -> at / scale;
      case TF_CROP_AND_RESIZE ->
          out > 1
              ? start * (in - 1) + at * (end - start) * (in - 1) / (out - 1)
              : 0.5f * (start + end) * (in - 1);
    };
  }

  private boolean isOutside(double at, Axis axis) {
    return transform == Transform.TF_CROP_AND_RESIZE && (at < 0 || at > axis.in() - 1);
  }

  private Taps taps(Axis axis) {
    double stretch = antialias ? Math.min(axis.scale(), 1) : 1;
    double reach = (mode == Mode.LINEAR ? 1 : 2) / stretch;
    int count = 2 * (int) Math.ceil(reach);
    int[] indices = new int[Tensor.checkedSize(new int[] {axis.out(), count})];
    double[] weights = new double[indices.length];
    boolean[] outside = new boolean[axis.out()];
    for (int i = 0; i < axis.out(); i++) {
      double at = source(i, axis);
      outside[i] = isOutside(at, axis);
      int first = (int) Math.floor(at) - count / 2 + 1;
      double sum = 0;
      double inside = 0;
      for (int k = 0; k < count; k++) {
        double weight = weight((first + k - at) * stretch);
        sum += weight;
        int index = Math.clamp(first + k, 0, axis.in() - 1);
        inside += index == first + k ? weight : 0;
        indices[i * count + k] = index;
        weights[i * count + k] = index == first + k || !excludeOutside ? weight : 0;
      }
      double all = excludeOutside ? inside : antialias ? sum : 1;
      for (int k = 0; k < count && all != 1 && all != 0; k++) {
        weights[i * count + k] /= all;
      }
    }
    return new Taps(count, indices, weights, outside);
  }

  private double weight(double distance) {
    double x = Math.abs(distance);
    if (mode == Mode.LINEAR) {
      return Math.max(0, 1 - x);
    }
    // Keys, "Cubic convolution interpolation for digital image processing", equation 4.
    if (x <= 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  }

  private static void apply(
      Invocation in,
      Taps taps,
      float[] x,
      int outer,
      Axis axis,
      int inner,
      float[] y,
      float extrapolation) {
    if (inner < WIDE) {
      alongRows(in, taps, x, outer, axis, inner, y);
    } else {
      ofRows(in, taps, x, outer, axis, inner, y);
    }
    for (int i = 0; i < axis.out(); i++) {
      for (int at = i * inner; taps.outside()[i] && at < y.length; at += axis.out() * inner) {
        Arrays.fill(y, at, at + inner, extrapolation);
      }
    }
  }

  /** Computes each place along the axis as a sum of rows, for all of {@code outer} at once. */
  private static void ofRows(
      Invocation in, Taps taps, float[] x, int outer, Axis axis, int inner, float[] y) {
    int xStep = axis.in() * inner;
    int yStep = axis.out() * inner;
    float[] weights = new float[taps.count()];
    float[] none = new float[1];
    for (int i = 0; i < axis.out(); i++) {
      int[] at = new int[taps.count()];
      int n = 0;
      for (int k = i * taps.count(); k < (i + 1) * taps.count(); k++) {
        // What has no weight is left out: it may be infinite.
        if ((float) taps.weights()[k] != 0) {
          weights[n] = (float) taps.weights()[k];
          at[n++] = taps.indices()[k] * inner;
        }
      }
      in.checkpoint((long) taps.count() * inner * outer);
      in.kernels()
          .gemm(
              outer, xStep, yStep, 1, inner, n, weights, 0, n, x, 0, at, none, 0, y, i * inner,
              yStep);
    }
  }

  private static void alongRows(
      Invocation in, Taps taps, float[] x, int outer, Axis axis, int inner, float[] y) {
    int count = taps.count();
    int[] at = taps.indices().clone();
    float[] weights = new float[at.length];
    for (int i = 0; i < at.length; i++) {
      weights[i] = (float) taps.weights()[i];
    }
    for (int i = 0; i < at.length; i++) {
      int other = i ^ 1;
      // Of a pair of which one has all the weight both become that one: the other may be infinite.
      if (count == 2 && weights[other] == 0) {
        weights[i] /= 2;
        weights[other] = weights[i];
        at[other] = at[i];
      }
    }
    for (int o = 0; o < outer; o++) {
      int from = o * axis.in() * inner;
      int to = o * axis.out() * inner;
      in.checkpoint((long) count * axis.out() * inner);
      if (count == 2 && inner == 1) {
        pairs(weights, at, x, from, y, to, axis.out());
        continue;
      }
      for (int i = 0; i < axis.out() * inner; i++) {
        float sum = 0;
        for (int k = i / inner * count; k < (i / inner + 1) * count; k++) {
          if (weights[k] != 0) {
            sum += weights[k] * x[from + at[k] * inner + i % inner];
          }
        }
        y[to + i] = sum;
      }
    }
  }

  private static void pairs(
      float[] weights, int[] at, float[] x, int from, float[] y, int to, int n) {
    for (int i = 0; i < n; i++) {
      float first = weights[2 * i] * x[from + at[2 * i]];
      y[to + i] = first + weights[2 * i + 1] * x[from + at[2 * i + 1]];
    }
  }

  private static double[] apply(
      Invocation in,
      Taps taps,
      double[] x,
      int outer,
      Axis axis,
      int inner,
      double[] y,
      float extrapolation) {
    int count = taps.count();
    for (int o = 0; o < outer; o++) {
      int from = o * axis.in() * inner;
      for (int i = 0; i < axis.out(); i++) {
        int to = (o * axis.out() + i) * inner;
        in.checkpoint((long) count * inner);
        if (taps.outside()[i]) {
          Arrays.fill(y, to, to + inner, extrapolation);
          continue;
        }
        for (int k = i * count; k < (i + 1) * count; k++) {
          double weight = taps.weights()[k];
          int row = from + taps.indices()[k] * inner;
          for (int j = 0; j < inner && weight != 0; j++) {
            y[to + j] += weight * x[row + j];
          }
        }
      }
    }
    return y;
  }
}
