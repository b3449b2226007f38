package org.sardonyx.operators.shaping;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Transpose: dimension i of the output is dimension {@code perm[i]} of the input.
 *
 * @param perm a permutation; null for the dimensions in reverse
 */
public record Transpose(long @Nullable [] perm) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Transpose")
          .version(1)
          .input("data", "T")
          .output("transposed", "T")
          .optional("perm", Kind.INTS)
          .type("T", Types.ALL)
          .version(13)
          .type("T", Types.ALL_IR4)
          .version(21)
          .type("T", Types.ALL_IR10)
          .version(23)
          .type("T", Types.ALL_IR11)
          .version(24)
          .type("T", Types.ALL_IR12)
          .version(25)
          .type("T", Types.ALL_IR13)
          .create(Transpose::of);

  static Transpose of(Attributes attributes) {
    return new Transpose(attributes.getIntsOrNull("perm"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (!x.hasRank()) {
      in.shape(0, perm == null ? Shape.UNKNOWN : Shape.ofRank(perm.length));
      return;
    }
    List<Dim> result = new ArrayList<>();
    for (int axis : order(x.rank())) {
      result.add(x.dim(axis));
    }
    in.shape(0, Shape.of(result));
    List<Dim> contents = in.dims(0);
    if (contents != null) {
      in.dims(0, contents);
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] from = x.shape();
    int[] order = order(from.length);
    int[] own = Axes.strides(from);
    int[] shape = new int[from.length];
    int[] strides = new int[from.length];
    int last = -1;
    boolean moves = false;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = from[order[i]];
      strides[i] = own[order[i]];
      if (shape[i] != 1) {
        moves |= order[i] < last;
        last = order[i];
      }
    }
    if (!moves) {
      in.set(0, x.reshaped(shape));
      return;
    }
    Tensor y = in.output(0, x.dataType(), shape);
    Moves move = Moves.of(in, x, y);
    move.strided(0, strides, 0, Axes.strides(shape), shape);
    move.done();
  }

  private int[] order(int rank) {
    int[] order = new int[rank];
    if (perm == null) {
      for (int i = 0; i < rank; i++) {
        order[i] = rank - 1 - i;
      }
      return order;
    }
    if (perm.length != rank) {
      throw new InvalidModel("perm of " + perm.length + " entries for an input of rank " + rank);
    }
    return Axes.normalize(perm, rank);
  }
}
