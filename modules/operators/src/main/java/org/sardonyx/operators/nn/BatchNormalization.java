package org.sardonyx.operators.nn;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * BatchNormalization: {@code (x - mean) / sqrt(var + epsilon) * scale + B} for each channel of X
 * [N, C, D1, ..., Dn], or of X [N] as one channel. Without training mean and var are inputs; with
 * it they are those of the batch (the variance over its size, not its size less one), and the
 * running ones move: {@code running * momentum + batch * (1 - momentum)}.
 *
 * <p>Before version 7 training is is_test = 0; in versions 7 and 9 a node that lists more outputs
 * than Y trains; from 14 on training_mode says it.
 *
 * @param epsilon added to the variance
 * @param momentum how much of the running statistics stays
 * @param spatial whether a channel is all of a plane; otherwise each of its places is one
 * @param training whether the batch makes the statistics
 */
public record BatchNormalization(float epsilon, float momentum, boolean spatial, boolean training)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("BatchNormalization")
          .version(1)
          .input("X", "T")
          .input("scale", "T")
          .input("B", "T")
          .input("mean", "T")
          .input("var", "T")
          .output("Y", "T")
          .optionalOutput("mean", "T")
          .optionalOutput("var", "T")
          .optionalOutput("saved_mean", "T")
          .optionalOutput("saved_var", "T")
          .required("consumed_inputs", Kind.INTS)
          .attribute("epsilon", 1e-5f)
          .attribute("is_test", 0)
          .attribute("momentum", 0.9f)
          .attribute("spatial", 1)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .version(7)
          .without("is_test")
          .version(9)
          .without("spatial")
          .version(14)
          .noInputs()
          .input("X", "T")
          .input("scale", "T")
          .input("B", "T")
          .input("input_mean", "U")
          .input("input_var", "U")
          .noOutputs()
          .output("Y", "T")
          .optionalOutput("running_mean", "U")
          .optionalOutput("running_var", "U")
          .attribute("training_mode", 0)
          .type("T", Types.FLOATS_BF16)
          .type("U", Types.FLOATS_BF16)
          .version(15)
          .noInputs()
          .input("X", "T")
          .input("scale", "T1")
          .input("B", "T1")
          .input("input_mean", "T2")
          .input("input_var", "T2")
          .noOutputs()
          .output("Y", "T")
          .optionalOutput("running_mean", "T2")
          .optionalOutput("running_var", "T2")
          .withoutType("U")
          .type("T1", Types.FLOATS_BF16)
          .type("T2", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(BatchNormalization::of);

  static BatchNormalization of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "a hint for memory that nothing computes with");
    boolean training =
        attributes.declares("is_test")
            ? attributes.getInt("is_test") == 0
            : attributes.declares("training_mode")
                ? attributes.getFlag("training_mode")
                : attributes.outputs() > 1;
    if (!training && attributes.outputs() > 1) {
      throw new InvalidModel("outputs other than Y are for training only");
    }
    return new BatchNormalization(
        attributes.getFloat("epsilon"),
        attributes.getFloat("momentum"),
        attributes.getInt("spatial", 1) != 0,
        training);
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    in.shape(0, x);
    if (x.hasRank() && x.rank() == 0) {
      throw in.invalid("input " + x + " has no channels");
    }
    Shape statistics = in.shape(3);
    for (int i = 1; i < 5; i++) {
      Shape given = in.shape(i);
      if (spatial && given.hasRank() && given.rank() != 1) {
        throw in.invalid("input " + i + " " + given + " must have one dimension");
      }
      if (spatial
          && given.hasRank()
          && x.hasRank()
          && x.rank() > 1
          && x.dim(1) instanceof Dim.Known(long channels)
          && given.dim(0) instanceof Dim.Known(long size)
          && size != channels) {
        throw in.invalid("input " + i + " " + given + " does not fit the channels of " + x);
      }
    }
    if (spatial && !statistics.hasRank()) {
      statistics = Shape.ofRank(1);
    }
    for (int i = 1; i < in.outputs(); i++) {
      in.shape(i, statistics);
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] shape = x.shape();
    if (shape.length == 0) {
      throw new OperatorFailed("input " + x + " has no channels");
    }
    int batch = shape[0];
    int first = shape.length == 1 ? 1 : spatial ? 2 : shape.length;
    int channels = Axes.product(shape, 1, first);
    int plane = Axes.product(shape, first, shape.length);
    double[] scale = parameter(in, 1, channels);
    double[] bias = parameter(in, 2, channels);
    double[] mean = parameter(in, 3, channels);
    double[] variance = parameter(in, 4, channels);
    if (training) {
      double[] batchMean = new double[channels];
      double[] batchVariance = new double[channels];
      statistics(x, batch, channels, plane, batchMean, batchVariance);
      give(in, 1, moved(mean, batchMean));
      give(in, 2, moved(variance, batchVariance));
      give(in, 3, batchMean);
      give(in, 4, batchVariance);
      mean = batchMean;
      variance = batchVariance;
    }
    double[] factor = new double[channels];
    for (int c = 0; c < channels; c++) {
      factor[c] = scale[c] / Math.sqrt(variance[c] + epsilon);
    }
    DataType type = x.dataType();
    if (type == DataType.DOUBLE) {
      double[] y = in.output(0, type, shape).doubles();
      double[] from = x.doubles();
      for (int i = 0; i < from.length; i++) {
        int c = i / plane % channels;
        y[i] = (from[i] - mean[c]) * factor[c] + bias[c];
      }
      return;
    }
    float[] from = x.toFloats();
    float[] y =
        type == DataType.FLOAT ? in.output(0, type, shape).floats() : new float[from.length];
    for (int i = 0; i < batch * channels; i++) {
      int c = i % channels;
      in.checkpoint(plane);
      shift(from, y, i * plane, plane, (float) mean[c], (float) factor[c], (float) bias[c]);
    }
    if (type != DataType.FLOAT) {
      in.set(0, Tensor.fromFloats(type, y, shape));
    }
  }

  private static void shift(
      float[] x, float[] y, int offset, int n, float mean, float factor, float bias) {
    for (int i = offset; i < offset + n; i++) {
      y[i] = (x[i] - mean) * factor + bias;
    }
  }

  private static double[] parameter(Invocation in, int input, int channels) {
    Tensor tensor = in.tensor(input);
    if (tensor.size() != channels) {
      throw new OperatorFailed(
          "input " + input + " " + tensor + " does not fit " + channels + " channels");
    }
    return tensor.toDoubles();
  }

  private static void statistics(
      Tensor x, int batch, int channels, int plane, double[] mean, double[] variance) {
    double n = (double) batch * plane;
    boolean isDouble = x.dataType() == DataType.DOUBLE;
    float[] floats = isDouble ? new float[0] : x.toFloats();
    double[] doubles = isDouble ? x.doubles() : new double[0];
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      for (int b = 0; b < batch; b++) {
        int offset = (b * channels + c) * plane;
        sum += isDouble ? Sums.sum(doubles, offset, plane) : Sums.sum(floats, offset, plane);
      }
      mean[c] = sum / n;
      double squares = 0;
      for (int b = 0; b < batch; b++) {
        int offset = (b * channels + c) * plane;
        squares +=
            isDouble
                ? Sums.squares(doubles, offset, plane, mean[c])
                : Sums.squares(floats, offset, plane, mean[c]);
      }
      variance[c] = squares / n;
    }
  }

  private double[] moved(double[] running, double[] batch) {
    double[] moved = new double[running.length];
    for (int c = 0; c < moved.length; c++) {
      moved[c] = running[c] * momentum + batch[c] * (1 - (double) momentum);
    }
    return moved;
  }

  private static void give(Invocation in, int output, double[] values) {
    if (in.wants(output)) {
      Tensor like = in.tensor(3);
      in.set(output, Tensor.fromDoubles(like.dataType(), values, like.shape()));
    }
  }
}
