package org.sardonyx.operators.indexing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * TopK: the k largest or smallest elements along an axis, best first, and where they are. Of equal
 * elements the one with the smaller index comes first; NaN counts as larger than all numbers.
 *
 * @param axis the axis, negative from the end
 * @param fixed k where it is an attribute; null where it is input 1
 * @param largest whether to take the largest
 */
public record TopK(long axis, @Nullable Long fixed, boolean largest) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("TopK")
          .version(1)
          .input("X", "T")
          .output("Values", "T")
          .output("Indices", "I")
          .attribute("axis", -1)
          .required("k", Kind.INT)
          .type("T", Types.FLOATS)
          .type("I", DataType.INT64)
          .version(10)
          .input("K", "tensor(int64)")
          .without("k")
          .version(11)
          .attribute("largest", 1)
          .attribute("sorted", 1)
          .type("T", Types.NUMERIC)
          .version(24)
          .type("T", Types.NUMERIC_BF16)
          .create(TopK::of);

  static TopK of(Attributes attributes) {
    attributes.ignore("sorted", "the order is free where it is 0, so it may be sorted too");
    return new TopK(
        attributes.getInt("axis"),
        attributes.declares("k") ? attributes.getInt("k") : null,
        attributes.getInt("largest", 1) != 0);
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (!x.hasRank()) {
      return;
    }
    Dim k = fixed != null ? Dim.of(Math.max(0, fixed)) : Sizes.only(in, 1);
    List<Dim> result = new ArrayList<>(x.dims());
    result.set(Axes.normalize(axis, x.rank()), Sizes.orFresh(k, in));
    in.shape(0, Shape.of(result));
    in.shape(1, Shape.of(result));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] shape = x.shape();
    int along = Axes.normalize(axis, shape.length);
    int n = shape[along];
    long count = fixed != null ? fixed : in.one(1).getLong(0);
    if (count < 0 || count > n) {
      throw new OperatorFailed("k is " + count + " for axis " + along + " of " + x);
    }
    int k = (int) count;
    int outer = Axes.product(shape, 0, along);
    int inner = Axes.product(shape, along + 1, shape.length);
    shape[along] = k;
    Tensor values = in.output(0, x.dataType(), shape);
    long[] indices = in.output(1, DataType.INT64, shape).longs();
    if (k == 0) {
      return;
    }
    int[] sources = new int[outer * k * inner];
    long[] keys = new long[n];
    Best best = new Best(k);
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        int from = o * n * inner + i;
        Keys.fill(x, from, inner, keys, !largest);
        in.checkpoint(4L * n);
        int[] order = best.of(in, keys);
        for (int j = 0; j < k; j++) {
          int to = (o * k + j) * inner + i;
          indices[to] = order[j];
          sources[to] = from + order[j] * inner;
        }
      }
    }
    Moves moves = Moves.of(in, x, values);
    moves.pick(sources, 0);
    moves.done();
  }
}
