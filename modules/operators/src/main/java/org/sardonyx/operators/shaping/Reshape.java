package org.sardonyx.operators.shaping;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
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

/**
 * Reshape: the same elements under another shape. In the shape, -1 stands for what the other sizes
 * leave, and 0 for the size of the input's dimension of the same index.
 *
 * @param fixed the shape where it is an attribute; null where it is input 1
 * @param allowzero whether 0 means 0
 */
public record Reshape(long @Nullable [] fixed, boolean allowzero) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Reshape")
          .version(1)
          .input("data", "T")
          .output("reshaped", "T")
          .optional("consumed_inputs", Kind.INTS)
          .optional("shape", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(5)
          .input("shape", "tensor(int64)")
          .without("consumed_inputs")
          .without("shape")
          .type("T", Types.ALL)
          .version(13)
          .type("T", Types.ALL_IR4)
          .version(14)
          .attribute("allowzero", 0)
          .version(19)
          .type("T", Types.ALL_IR9)
          .version(21)
          .type("T", Types.ALL_IR10)
          .version(23)
          .type("T", Types.ALL_IR11)
          .version(24)
          .type("T", Types.ALL_IR12)
          .version(25)
          .type("T", Types.ALL_IR13)
          .create(Reshape::of);

  static Reshape of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "a hint about memory");
    long[] fixed =
        attributes.version() >= 5
            ? null
            : attributes.has("shape") ? attributes.getInts("shape") : new long[0];
    return new Reshape(fixed, attributes.getFlagOrFalse("allowzero"));
  }

  @Override
  public void infer(Inference in) {
    List<Dim> target = fixed != null ? Arrays.stream(fixed).mapToObj(Dim::of).toList() : in.dims(1);
    Shape from = in.shape(0);
    if (target == null) {
      return;
    }
    List<Dim> result = new ArrayList<>();
    List<Dim> others = new ArrayList<>();
    int open = -1;
    int opens = 0;
    for (int i = 0; i < target.size(); i++) {
      Dim dim = target.get(i);
      if (dim.is(0) && !allowzero) {
        dim = from.hasRank() && i < from.rank() ? from.dim(i) : Dim.UNKNOWN;
        others.add(dim);
      } else if (dim.is(-1) || dim instanceof Dim.Unknown) {
        // A number that is not known may be -1 itself: either way it is what the others leave.
        dim = Dim.UNKNOWN;
        open = i;
        opens++;
      } else {
        others.add(dim);
      }
      result.add(dim);
    }
    if (opens == 1 && from.hasRank()) {
      result.set(open, Sizes.quotient(from.dims(), others));
    }
    in.shape(0, Sizes.shape(result, in));
    List<Dim> contents = in.dims(0);
    if (contents != null && target.size() <= 1) {
      in.dims(0, contents);
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    long[] target = fixed != null ? fixed : in.tensor(1).toLongs();
    in.set(0, x.reshaped(resolve(x, target)));
  }

  private int[] resolve(Tensor x, long[] target) {
    int[] shape = new int[target.length];
    int open = -1;
    long others = 1;
    for (int i = 0; i < shape.length; i++) {
      long size = target[i];
      if (size == -1) {
        if (open >= 0) {
          throw failed(x, target, "-1 stands twice");
        }
        open = i;
        continue;
      }
      if (size == 0 && !allowzero) {
        if (i >= x.rank()) {
          throw failed(x, target, "0 stands for a dimension that the input does not have");
        }
        size = x.dim(i);
      }
      shape[i] = Axes.size(size);
      others = others > Integer.MAX_VALUE ? others : others * shape[i];
    }
    if (open >= 0) {
      if (others == 0 || x.size() % others != 0) {
        throw failed(x, target, "nothing can stand for -1");
      }
      shape[open] = (int) (x.size() / others);
    } else if (others != x.size()) {
      throw failed(x, target, "the numbers of elements differ");
    }
    return shape;
  }

  private static OperatorFailed failed(Tensor x, long[] target, String why) {
    return new OperatorFailed(x + " cannot take the shape " + Arrays.toString(target) + ": " + why);
  }
}
