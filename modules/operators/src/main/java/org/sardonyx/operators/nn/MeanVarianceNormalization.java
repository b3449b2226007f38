package org.sardonyx.operators.nn;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
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
    int[] strides = Broadcast.strides(kept, shape);
    double[] values = x.toDoubles();
    double[] mean = new double[Axes.product(kept, 0, kept.length)];
    double[] variance = new double[mean.length];
    int[] place = places(shape, strides);
    for (int i = 0; i < values.length; i++) {
      in.checkpoint(4);
      mean[place[i]] += values[i];
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= count;
    }
    for (int i = 0; i < values.length; i++) {
      in.checkpoint(4);
      double d = values[i] - mean[place[i]];
      variance[place[i]] += d * d;
    }
    for (int i = 0; i < mean.length; i++) {
      variance[i] = Math.sqrt(variance[i] / count) + EPSILON;
    }
    double[] y = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      y[i] = (values[i] - mean[place[i]]) / variance[place[i]];
    }
    in.set(0, Tensor.fromDoubles(x.dataType(), y, shape));
  }

  /** Returns which statistics each element belongs to. */
  private static int[] places(int[] shape, int[] strides) {
    int[] places = new int[Axes.product(shape, 0, shape.length)];
    int[] at = new int[shape.length];
    int place = 0;
    for (int i = 0; i < places.length; i++) {
      places[i] = place;
      for (int d = shape.length - 1; d >= 0; d--) {
        place += strides[d];
        if (++at[d] < shape[d]) {
          break;
        }
        place -= strides[d] * shape[d];
        at[d] = 0;
      }
    }
    return places;
  }
}
