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
 * Squeeze: leaves out dimensions of size 1.
 *
 * @param fixed the axes where they are an attribute; null where it is absent
 * @param asInput whether the axes are input 1
 */
public record Squeeze(long @Nullable [] fixed, boolean asInput) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Squeeze")
          .version(1)
          .input("data", "T")
          .output("squeezed", "T")
          .optional("axes", Kind.INTS)
          .type("T", Types.ALL)
          .version(11)
          .version(13)
          .optionalInput("axes", "tensor(int64)")
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
          .create(Squeeze::of);

  static Squeeze of(Attributes attributes) {
    return new Squeeze(attributes.getIntsOrNull("axes"), attributes.version() >= 13);
  }

  @Override
  public void infer(Inference in) {
    List<Dim> contents = in.dims(0);
    Shape x = in.shape(0);
    boolean all = asInput ? !in.has(1) : fixed == null;
    long[] axes = asInput ? Sizes.known(in.dims(1)) : fixed;
    if (!x.hasRank() || (axes == null && !all)) {
      return;
    }
    List<Dim> result = new ArrayList<>();
    if (axes == null) {
      for (Dim dim : x.dims()) {
        if (!dim.isKnown()) {
          return;
        }
        if (!dim.is(1)) {
          result.add(dim);
        }
      }
    } else {
      // A dimension that is not 1 fails when it runs; a branch that is never taken may say so.
      boolean[] gone = new boolean[x.rank()];
      for (int axis : Axes.normalize(axes, x.rank())) {
        gone[axis] = true;
      }
      for (int i = 0; i < gone.length; i++) {
        if (!gone[i]) {
          result.add(x.dim(i));
        }
      }
    }
    in.shape(0, Shape.of(result));
    if (contents != null && (result.size() == 1 || contents.size() == 1)) {
      in.dims(0, contents);
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor given = asInput ? in.optional(1) : null;
    long[] axes = given != null ? given.toLongs() : fixed;
    boolean[] gone = new boolean[x.rank()];
    if (axes == null) {
      for (int i = 0; i < gone.length; i++) {
        gone[i] = x.dim(i) == 1;
      }
    } else {
      for (int axis : Axes.normalize(axes, x.rank())) {
        if (x.dim(axis) != 1) {
          throw new OperatorFailed("axis " + axis + " of " + x + " is not of size 1");
        }
        gone[axis] = true;
      }
    }
    int[] shape = new int[x.rank()];
    int rank = 0;
    for (int i = 0; i < gone.length; i++) {
      if (!gone[i]) {
        shape[rank++] = x.dim(i);
      }
    }
    in.set(0, x.reshaped(Arrays.copyOf(shape, rank)));
  }
}
