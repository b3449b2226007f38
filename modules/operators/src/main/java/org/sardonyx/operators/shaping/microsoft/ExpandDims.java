package org.sardonyx.operators.shaping.microsoft;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** ExpandDims: a dimension of 1 put in at an axis, which may be negative from the end of Y. */
public record ExpandDims() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("ExpandDims")
          .domain("com.microsoft")
          .version(1)
          .input("X", "T")
          .input("axis", "tensor(int32)")
          .output("Y", "T")
          .type("T", Types.ALL)
          .accuracy(Accuracy.EXACT)
          .create(ExpandDims::of);

  private static ExpandDims of(Attributes attributes) {
    return new ExpandDims();
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (!x.hasRank()) {
      return;
    }
    if (!(Sizes.only(in, 1) instanceof Dim.Known(long axis))) {
      in.shape(0, Sizes.fresh(x.rank() + 1, in));
      return;
    }
    if (axis < -x.rank() - 1 || axis > x.rank()) {
      throw in.invalid("axis " + axis + " is out of range for " + x);
    }
    List<Dim> dims = new ArrayList<>(x.dims());
    dims.add(Axes.normalize(axis, x.rank() + 1), Dim.of(1));
    in.shape(0, Shape.of(dims));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor axis = in.tensor(1);
    if (axis.size() != 1) {
      throw new OperatorFailed("axis " + axis + " must have one element");
    }
    int a = Axes.normalize(axis.getLong(0), x.rank() + 1);
    int[] from = x.shape();
    int[] to = new int[from.length + 1];
    System.arraycopy(from, 0, to, 0, a);
    to[a] = 1;
    System.arraycopy(from, a, to, a + 1, from.length - a);
    in.set(0, x.reshaped(to));
  }
}
