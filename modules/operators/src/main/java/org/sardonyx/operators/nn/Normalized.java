package org.sardonyx.operators.nn;

import java.util.Arrays;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.tensor.Tensor;

/**
 * What normalizations share: {@code y = (x - mean) * inverse * scale + bias} over rows. Mean and
 * variance are taken in two passes with sums in double, and rounded once to the type computed in.
 */
final class Normalized {

  private Normalized() {}

  /** Computes a row with one scale and one bias, of what is {@code x - mean}. */
  static void row(float[] x, int offset, int n, float inverse, float scale, float bias) {
    for (int i = offset; i < offset + n; i++) {
      x[i] = x[i] * inverse * scale + bias;
    }
  }

  /** Computes a row with one scale and one bias. */
  static void row(
      double[] x,
      int offset,
      int n,
      double mean,
      double inverse,
      double scale,
      double bias,
      double[] y) {
    for (int i = offset; i < offset + n; i++) {
      y[i] = (x[i] - mean) * inverse * scale + bias;
    }
  }

  /**
   * Returns {@code parameter}, which broadcasts one way to {@code shape}, such that it is read with
   * period {@code row} where it does not change from row to row, else element by element.
   */
  static Tensor spread(Tensor parameter, int[] shape, int axis) {
    int row = Axes.product(shape, axis, shape.length);
    int[] own = parameter.shape();
    int depth = shape.length - axis;
    if (own.length <= depth
        && Arrays.equals(own, Arrays.copyOfRange(shape, shape.length - own.length, shape.length))
        && parameter.size() == row) {
      return parameter;
    }
    if (own.length > shape.length || !Arrays.equals(Broadcast.shape(own, shape), shape)) {
      throw new OperatorFailed(
          "parameter " + parameter + " does not broadcast to " + Arrays.toString(shape));
    }
    boolean sameForRows = true;
    for (int a = 0; a < own.length - depth; a++) {
      sameForRows &= own[a] == 1;
    }
    int[] target = sameForRows ? Arrays.copyOfRange(shape, axis, shape.length) : shape;
    int[] from =
        own.length > target.length
            ? Arrays.copyOfRange(own, own.length - target.length, own.length)
            : own;
    return expanded(parameter, from, target);
  }

  private static Tensor expanded(Tensor parameter, int[] from, int[] target) {
    int[] strides = Broadcast.strides(from, target);
    Tensor result = Tensor.zeros(parameter.dataType(), target);
    int[] place = new int[target.length];
    int source = 0;
    for (int i = 0; i < result.size(); i++) {
      result.setDouble(i, parameter.getDouble(source));
      for (int a = target.length - 1; a >= 0; a--) {
        source += strides[a];
        if (++place[a] < target[a]) {
          break;
        }
        source -= strides[a] * target[a];
        place[a] = 0;
      }
    }
    return result;
  }
}
