package org.sardonyx.operators.shaping;

import java.util.Collections;
import java.util.List;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Broadcast;
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

/** Expand: the input broadcast together with a shape, in both directions. */
public record Expand() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Expand")
          .version(8)
          .input("input", "T")
          .input("shape", "tensor(int64)")
          .output("output", "T")
          .type("T", Types.ALL)
          .version(13)
          .type("T", Types.ALL_IR4)
          .create(Expand::of);

  static Expand of(Attributes attributes) {
    return new Expand();
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    List<Dim> target = in.dims(1);
    if (target == null || !x.hasRank()) {
      return;
    }
    Shape to = Broadcast.shape(x, Shape.of(target));
    in.shape(0, Sizes.shape(to.dims(), in));
    List<Dim> contents = in.dims(0);
    if (contents != null && to.rank() <= 1) {
      Dim size = to.elements();
      if (contents.size() == 1
          && size instanceof Dim.Known(long n)
          && n >= 0
          && n <= Sizes.MAX_CONTENTS) {
        in.dims(0, Collections.nCopies((int) n, contents.getFirst()));
      } else if (size.is(contents.size())) {
        in.dims(0, contents);
      }
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    long[] target = in.tensor(1).toLongs();
    int[] to = new int[target.length];
    for (int i = 0; i < to.length; i++) {
      to[i] = Axes.size(target[i]);
    }
    int[] shape = Broadcast.shape(x.shape(), to);
    if (Tensor.checkedSize(shape) == x.size()) {
      in.set(0, x.reshaped(shape));
      return;
    }
    Tensor y = in.output(0, x.dataType(), shape);
    Moves moves = Moves.of(in, x, y);
    moves.strided(0, Broadcast.strides(x.shape(), shape), 0, Axes.strides(shape), shape);
    moves.done();
  }
}
