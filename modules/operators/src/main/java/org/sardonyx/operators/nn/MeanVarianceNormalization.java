package org.sardonyx.operators.nn;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.BroadcastLoop;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/**
 * MeanVarianceNormalization: {@code (x - mean) / (sqrt(variance) + 1e-9)}, the statistics over some
 * axes, in double.
 *
 * @param axes the axes, negative from the end
 */
public record MeanVarianceNormalization(List<Long> axes) implements Operator {

  /** As the specification's function body has it. */
  private static final double EPSILON = 1e-9f;

  public static final OperatorDef DEF =
      OperatorDef.named("MeanVarianceNormalization")
          .version(9)
          .input("X", "T")
          .output("Y", "T")
          .attribute("axes", Kind.INTS, new Attribute.OfInts(List.of(0L, 2L, 3L)))
          .type("T", Types.FLOATS)
          .version(13)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(MeanVarianceNormalization::of);

  static MeanVarianceNormalization of(Attributes attributes) {
    List<Long> axes = new ArrayList<>();
    for (long axis : attributes.getInts("axes")) {
      axes.add(axis);
    }
    return new MeanVarianceNormalization(List.copyOf(axes));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    for (long axis : axes) {
      if (x.hasRank() && (axis < -x.rank() || axis >= x.rank())) {
        throw in.invalid("axis " + axis + " is out of range for " + x);
      }
    }
    in.shape(0, x);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] shape = x.shape();
    int[] kept = shape.clone();
    long count = 1;
    for (int axis :
        Axes.normalize(axes.stream().mapToLong(Long::longValue).toArray(), shape.length)) {
      count *= shape[axis];
      kept[axis] = 1;
    }
    BroadcastLoop loop = BroadcastLoop.of(shape, shape, kept);
    boolean together = loop.step(1) == 0;
    double[] mean = new double[Axes.product(kept, 0, kept.length)];
    double[] variance = new double[mean.length];
    if (together && x.dataType() == DataType.FLOAT) {
      floats(in, loop, count, x.floats(), mean, variance, in.output(0, x.dataType(), shape));
      return;
    }
    double[] values = x.dataType() == DataType.DOUBLE ? x.doubles().clone() : x.toDoubles();
    long all = count;
    loop.each(in, (o, at, n) -> add(values, o, mean, at[1], together, n));
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= all;
    }
    loop.each(in, (o, at, n) -> center(values, o, mean, variance, at[1], together, n));
    for (int i = 0; i < mean.length; i++) {
      variance[i] = Math.sqrt(variance[i] / all) + EPSILON;
    }
    loop.each(in, (o, at, n) -> divide(values, o, variance, at[1], together, n));
    in.set(0, Tensor.fromDoubles(x.dataType(), values, shape));
  }

  private static void floats(
      Invocation in,
      BroadcastLoop loop,
      long count,
      float[] x,
      double[] mean,
      double[] variance,
      Tensor output) {
    Kernels kernels = in.kernels();
    float[] y = output.floats();
    loop.each(in, (o, at, n) -> mean[at[1]] += Sums.sum(kernels, x, o, n) / count);
    loop.each(
        in, (o, at, n) -> variance[at[1]] += Sums.center(kernels, x, o, n, mean[at[1]], y, o));
    loop.each(
        in,
        (o, at, n) -> {
          float deviation = (float) (Math.sqrt(variance[at[1]] / count) + EPSILON);
          kernels.binaryRight(Binary.DIV, y, o, deviation, y, o, n);
        });
  }

  private static void add(double[] x, int o, double[] sums, int at, boolean together, int n) {
    for (int i = 0; i < n && !together; i++) {
      sums[at + i] += x[o + i];
    }
    if (together) {
      double sum = 0;
      for (int i = o; i < o + n; i++) {
        sum += x[i];
      }
      sums[at] += sum;
    }
  }

  /** Takes the means away and adds up the squares of what is left. */
  private static void center(
      double[] x, int o, double[] mean, double[] squares, int at, boolean together, int n) {
    for (int i = 0; i < n && !together; i++) {
      double d = x[o + i] - mean[at + i];
      x[o + i] = d;
      squares[at + i] += d * d;
    }
    if (together) {
      double m = mean[at];
      double sum = 0;
      for (int i = o; i < o + n; i++) {
        double d = x[i] - m;
        x[i] = d;
        sum += d * d;
      }
      squares[at] += sum;
    }
  }

  private static void divide(double[] x, int o, double[] by, int at, boolean together, int n) {
    for (int i = 0; i < n; i++) {
      x[o + i] /= by[together ? at : at + i];
    }
  }
}
