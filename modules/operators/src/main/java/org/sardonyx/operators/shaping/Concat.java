package org.sardonyx.operators.shaping;

import java.util.ArrayList;
import java.util.List;
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
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Concat: the inputs one after another along an axis.
 *
 * @param axis the axis, negative from the end
 */
public record Concat(long axis) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Concat")
          .version(1)
          .variadicInput("inputs", "T", 1)
          .output("concat_result", "T")
          .optional("axis", Kind.INT)
          .type("T", Types.FLOATS)
          .version(4)
          .required("axis", Kind.INT)
          .type("T", Types.ALL)
          .version(11)
          .version(13)
          .type("T", Types.ALL_IR4)
          .create(Concat::of);

  static Concat of(Attributes attributes) {
    return new Concat(attributes.getInt("axis", 1));
  }

  @Override
  public void infer(Inference in) {
    int rank = -1;
    for (int i = 0; i < in.inputs(); i++) {
      if (in.shape(i).hasRank()) {
        rank = in.shape(i).rank();
      }
    }
    if (rank < 0) {
      return;
    }
    int along = Axes.normalize(axis, rank);
    List<Dim> result = new ArrayList<>();
    for (int d = 0; d < rank; d++) {
      Dim dim = d == along ? Dim.of(0) : Dim.UNKNOWN;
      for (int i = 0; i < in.inputs(); i++) {
        Shape shape = in.shape(i);
        if (shape.hasRank() && shape.rank() != rank) {
          throw in.invalid("inputs of rank " + rank + " and " + shape.rank());
        }
        Dim one = shape.hasRank() ? shape.dim(d) : Dim.UNKNOWN;
        if (d == along) {
          dim = dim.plus(one);
        } else if (dim instanceof Dim.Unknown || one.isKnown()) {
          dim = one;
        }
      }
      result.add(dim);
    }
    in.shape(0, Sizes.shape(result, in));
    if (rank == 1) {
      contents(in);
    }
  }

  private static void contents(Inference in) {
    List<Dim> all = new ArrayList<>();
    for (int i = 0; i < in.inputs(); i++) {
      List<Dim> dims = in.dims(i);
      if (dims == null || all.size() + dims.size() > Sizes.MAX_CONTENTS) {
        return;
      }
      all.addAll(dims);
    }
    in.dims(0, all);
  }

  @Override
  public void run(Invocation in) {
    Tensor first = in.tensor(0);
    int[] shape = first.shape();
    int along = Axes.normalize(axis, shape.length);
    long length = 0;
    for (int i = 0; i < in.inputs(); i++) {
      Tensor x = in.tensor(i);
      length += x.rank() == shape.length ? x.dim(along) : 0;
      for (int d = 0; d < Math.max(shape.length, x.rank()); d++) {
        if (x.rank() != shape.length || (d != along && x.dim(d) != shape[d])) {
          throw new OperatorFailed("cannot join " + first + " and " + x + " along axis " + along);
        }
      }
    }
    if (in.inputs() == 1) {
      in.set(0, first);
      return;
    }
    shape[along] = Axes.size(length);
    Tensor y = in.output(0, first.dataType(), shape);
    int outer = Axes.product(shape, 0, along);
    int inner = Axes.product(shape, along + 1, shape.length);
    int row = shape[along] * inner;
    int to = 0;
    for (int i = 0; i < in.inputs(); i++) {
      Tensor x = in.tensor(i);
      int block = x.dim(along) * inner;
      Moves moves = Moves.of(in, x, y);
      moves.strided(0, new int[] {block, 1}, to, new int[] {row, 1}, new int[] {outer, block});
      moves.done();
      to += block;
    }
  }
}
