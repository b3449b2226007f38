package org.sardonyx.operators.nn;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Normalization by the statistics of groups of channels of each instance. */
final class InstanceStatistics {

  private InstanceStatistics() {}

  /** Normalizes x [N, C, ...] to output 0; C is a multiple of {@code groups}, or both are 0. */
  static void run(
      Invocation in,
      Tensor x,
      int groups,
      boolean perGroup,
      Tensor scale,
      Tensor bias,
      float epsilon) {
    int[] shape = x.shape();
    int channels = shape[1];
    int parameters = perGroup ? groups : channels;
    if (scale.size() != parameters || bias.size() != parameters) {
      throw new OperatorFailed(
          "scale " + scale + " and bias " + bias + " must have " + parameters + " elements");
    }
    int plane = Axes.product(shape, 2, shape.length);
    int perGroupChannels = groups == 0 ? 0 : channels / groups;
    int n = perGroupChannels * plane;
    DataType type = x.dataType();
    boolean isDouble = type == DataType.DOUBLE;
    double[] doubles = isDouble ? x.doubles() : new double[0];
    float[] floats = isDouble ? new float[0] : x.toFloats();
    double[] y = isDouble ? in.output(0, type, shape).doubles() : doubles;
    float[] z =
        isDouble
            ? floats
            : type == DataType.FLOAT
                ? in.output(0, type, shape).floats()
                : new float[floats.length];
    double[] scales = scale.toDoubles();
    double[] biases = bias.toDoubles();
    Kernels kernels = in.kernels();
    for (int i = 0; i < shape[0] * groups; i++) {
      int offset = i * n;
      in.checkpoint(4L * n);
      double sum = isDouble ? Sums.sum(doubles, offset, n) : Sums.sum(kernels, floats, offset, n);
      double mean = sum / n;
      double squares =
          isDouble
              ? Sums.squares(doubles, offset, n, mean)
              : Sums.center(kernels, floats, offset, n, mean, z, offset);
      double inverse = 1 / Math.sqrt(squares / n + epsilon);
      for (int c = 0; c < perGroupChannels; c++) {
        int p = perGroup ? i % groups : i % groups * perGroupChannels + c;
        int start = offset + c * plane;
        if (isDouble) {
          Normalized.row(doubles, start, plane, mean, inverse, scales[p], biases[p], y);
        } else {
          float factor = (float) inverse;
          Normalized.row(z, start, plane, factor, (float) scales[p], (float) biases[p]);
        }
      }
    }
    if (!isDouble && type != DataType.FLOAT) {
      in.set(0, Tensor.fromFloats(type, z, shape));
    }
  }
}
