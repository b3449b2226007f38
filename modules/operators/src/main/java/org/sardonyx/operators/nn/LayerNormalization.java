package org.sardonyx.operators.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Summing;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * LayerNormalization: {@code (x - mean) / sqrt(variance + epsilon) * Scale + B} over the dimensions
 * from an axis on. Computed at least as precisely as stash_type asks: in float, for double in
 * double; stash_type is the type of Mean and InvStdDev.
 *
 * @param axis the first dimension to normalize, negative from the end
 * @param epsilon added to the variance
 * @param stash the type of Mean and InvStdDev
 */
public record LayerNormalization(long axis, float epsilon, DataType stash) implements Summing {

  public static final OperatorDef DEF =
      OperatorDef.named("LayerNormalization")
          .version(17)
          .input("X", "T")
          .input("Scale", "T")
          .optionalInput("B", "T")
          .output("Y", "T")
          .optionalOutput("Mean", "U")
          .optionalOutput("InvStdDev", "U")
          .attribute("axis", -1)
          .attribute("epsilon", 1e-5f)
          .attribute("stash_type", 1)
          .type("T", Types.FLOATS_BF16)
          .type("U", DataType.FLOAT, DataType.BFLOAT16)
          .earlier()
          .accuracy(Accuracy.ACCUMULATED)
          .create(LayerNormalization::of);

  static LayerNormalization of(Attributes attributes) {
    return new LayerNormalization(
        attributes.getInt("axis"),
        attributes.getFloat("epsilon"),
        DataType.of(attributes.getInt("stash_type")));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    in.shape(0, x);
    Shape statistics = Shape.UNKNOWN;
    if (x.hasRank()) {
      if (axis < -x.rank() || axis >= x.rank()) {
        throw in.invalid("axis " + axis + " is out of range for " + x);
      }
      List<Dim> dims = new ArrayList<>(x.dims());
      for (int a = Axes.normalize(axis, x.rank()); a < x.rank(); a++) {
        dims.set(a, Dim.of(1));
      }
      statistics = Shape.of(dims);
    }
    for (int i = 1; i < in.outputs(); i++) {
      in.output(i, stash, statistics);
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] shape = x.shape();
    int first = Axes.normalize(axis, shape.length);
    int rows = Axes.product(shape, 0, first);
    int n = Axes.product(shape, first, shape.length);
    Tensor scale = Normalized.spread(in.tensor(1), shape, first);
    Tensor given = in.optional(2);
    Tensor bias = given == null ? null : Normalized.spread(given, shape, first);
    boolean wants = in.wants(1) || in.wants(2);
    double[] means = wants ? new double[rows] : null;
    double[] inverses = wants ? new double[rows] : null;
    if (x.dataType() == DataType.DOUBLE) {
      runDoubles(in, x, rows, n, scale, bias, means, inverses);
    } else {
      DataType type = x.dataType();
      float[] from = x.toFloats();
      float[] y =
          type == DataType.FLOAT ? in.outputLike(0, type, x).floats() : new float[from.length];
      rows(in, from, null, null, rows, n, scale, bias, means, inverses, y);
      if (type != DataType.FLOAT) {
        in.set(0, Tensor.fromFloats(type, y, shape));
      }
    }
    if (means == null || inverses == null) {
      return;
    }
    int[] statistics = shape.clone();
    Arrays.fill(statistics, first, shape.length, 1);
    if (in.wants(1)) {
      in.set(1, Tensor.fromDoubles(stash, means, statistics));
    }
    if (in.wants(2)) {
      in.set(2, Tensor.fromDoubles(stash, inverses, statistics));
    }
  }

  @Override
  public Operator ofSum() {
    return new LayerNormalizationOfSum(this);
  }

  /**
   * Normalizes rows of n floats.
   *
   * @param more what is added to {@code from} first; null for nothing
   * @param sums where that goes, where it is wanted
   */
  void rows(
      Invocation in,
      float[] from,
      float @Nullable [] more,
      float @Nullable [] sums,
      int rows,
      int n,
      Tensor scale,
      @Nullable Tensor bias,
      double @Nullable [] means,
      double @Nullable [] inverses,
      float[] y) {
    float[] scales = scale.toFloats();
    float[] biases = bias == null ? new float[n] : bias.toFloats();
    if (biases.length != scales.length) {
      int longer = Math.max(biases.length, scales.length);
      biases = repeated(biases, longer);
      scales = repeated(scales, longer);
    }
    Kernels kernels = in.kernels();
    // For what is normalized, and for the sum before.
    float[] room = in.scratch(Math.multiplyExact(2, n));
    for (int r = 0; r < rows; r++) {
      int offset = r * n;
      float[] x = more == null ? from : sums == null ? room : sums;
      int at = x == room ? n : offset;
      in.checkpoint(4L * n);
      if (more != null) {
        kernels.binary(Binary.ADD, from, offset, more, offset, x, at, n);
      }
      double mean = Sums.sum(kernels, x, at, n) / n;
      double squares = Sums.center(kernels, x, at, n, mean, room, 0);
      double inverse = 1 / Math.sqrt(squares / n + epsilon);
      if (means != null && inverses != null) {
        means[r] = mean;
        inverses[r] = inverse;
      }
      int parameters = scales.length == n ? 0 : offset;
      kernels.affine(
          room, 0, (float) inverse, scales, parameters, biases, parameters, y, offset, n);
    }
  }

  private void runDoubles(
      Invocation in,
      Tensor x,
      int rows,
      int n,
      Tensor scale,
      @Nullable Tensor bias,
      double @Nullable [] means,
      double @Nullable [] inverses) {
    double[] from = x.doubles();
    double[] y = in.output(0, DataType.DOUBLE, x.shape()).doubles();
    double[] scales = scale.toDoubles();
    double[] biases = bias == null ? new double[n] : bias.toDoubles();
    for (int r = 0; r < rows; r++) {
      int offset = r * n;
      double mean = Sums.sum(from, offset, n) / n;
      double inverse = 1 / Math.sqrt(Sums.squares(from, offset, n, mean) / n + epsilon);
      if (means != null && inverses != null) {
        means[r] = mean;
        inverses[r] = inverse;
      }
      for (int i = offset; i < offset + n; i++) {
        y[i] = (from[i] - mean) * inverse * scales[i % scales.length] + biases[i % biases.length];
      }
    }
  }

  private static float[] repeated(float[] values, int length) {
    float[] result = new float[length];
    for (int i = 0; values.length > 0 && i < length; i += values.length) {
      System.arraycopy(values, 0, result, i, values.length);
    }
    return result;
  }
}
