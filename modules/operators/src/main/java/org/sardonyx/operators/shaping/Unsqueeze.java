package org.sardonyx.operators.shaping;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
 * Unsqueeze: puts in dimensions of size 1.
 *
 * @param fixed the axes, counted in the output, where they are an attribute; else they are input 1
 */
public record Unsqueeze(long @Nullable [] fixed) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Unsqueeze")
          .version(1)
          .input("data", "T")
          .output("expanded", "T")
          .required("axes", Kind.INTS)
          .type("T", Types.ALL)
          .version(11)
          .version(13)
          .input("axes", "tensor(int64)")
          .without("axes")
          .type("T", Types.ALL_IR4)
          .version(21)
          .type("T", Types.ALL_IR10)
          .version(23)
          .type("T", Types.ALL_IR11)
          .version(24)
          .type("T", Types.ALL_IR12)
          .version(25)
          .type("T", Types.ALL_IR13)
          .create(Unsqueeze::of);

  static Unsqueeze of(Attributes attributes) {
    return new Unsqueeze(attributes.getIntsOrNull("axes"));
  }

  @Override
  public void infer(Inference in) {
    List<Dim> contents = in.dims(0);
    Shape x = in.shape(0);
    List<Dim> given = fixed == null ? in.dims(1) : null;
    if (!x.hasRank() || (fixed == null && given == null)) {
      return;
    }
    long[] axes = fixed != null ? fixed : Sizes.known(given);
    if (axes == null) {
      int more = given == null ? 0 : given.size();
      in.shape(0, Sizes.fresh(x.rank() + more, in));
      return;
    }
    int rank = x.rank() + axes.length;
    boolean[] made = new boolean[rank];
    for (int axis : Axes.normalize(axes, rank)) {
      made[axis] = true;
    }
    List<Dim> result = new ArrayList<>();
    int next = 0;
    for (boolean one : made) {
      result.add(one ? Dim.of(1) : x.dim(next++));
    }
    in.shape(0, Shape.of(result));
    if (contents != null && rank <= 1) {
      in.dims(0, contents);
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    long[] axes = fixed != null ? fixed : in.tensor(1).toLongs();
    int[] shape = new int[x.rank() + axes.length];
    for (int axis : Axes.normalize(axes, shape.length)) {
      shape[axis] = -1;
    }
    int next = 0;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = shape[i] < 0 ? 1 : x.dim(next++);
    }
    in.set(0, x.reshaped(shape));
  }
}
