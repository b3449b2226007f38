package org.sardonyx.operators.sequence;

import java.util.ArrayList;
import java.util.Arrays;
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
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * ConcatFromSequence: the tensors of a sequence joined along an axis, or stacked on a new one.
 *
 * @param axis the axis, negative from the end of the result
 * @param newAxis whether the axis is new
 */
public record ConcatFromSequence(long axis, boolean newAxis) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("ConcatFromSequence")
          .version(11)
          .input("input_sequence", "S")
          .output("concat_result", "T")
          .required("axis", Kind.INT)
          .attribute("new_axis", 0)
          .type("S", Sequences.ALL)
          .type("T", Types.ALL)
          .create(ConcatFromSequence::of);

  static ConcatFromSequence of(Attributes attributes) {
    return new ConcatFromSequence(attributes.getInt("axis"), attributes.getFlag("new_axis"));
  }

  @Override
  public void infer(Inference in) {
    if (!(Sequences.elementType(in, 0) instanceof Type.OfTensor(DataType type, Shape shape))) {
      return;
    }
    if (shape.hasRank()) {
      List<Dim> dims = new ArrayList<>(shape.dims());
      int along = Axes.normalize(axis, dims.size() + (newAxis ? 1 : 0));
      if (newAxis) {
        dims.add(along, in.fresh());
      } else {
        dims.set(along, in.fresh());
      }
      shape = Sizes.shape(dims, in);
    }
    in.output(0, type, shape);
  }

  @Override
  public void run(Invocation in) {
    List<Value> elements = Sequences.input(in, 0).elements();
    if (elements.isEmpty()) {
      throw new OperatorFailed("an empty sequence has no shape to join");
    }
    Tensor first = (Tensor) elements.getFirst();
    int along = Axes.normalize(axis, first.rank() + (newAxis ? 1 : 0));
    int[] shape = newAxis ? inserted(first.shape(), along) : first.shape();
    long length = 0;
    for (Value element : elements) {
      Tensor tensor = (Tensor) element;
      length += newAxis ? 1 : tensor.rank() == first.rank() ? tensor.dim(along) : 0;
      if (!fits(tensor, first, newAxis ? -1 : along)) {
        throw new OperatorFailed(
            "cannot join "
                + first
                + " and "
                + tensor
                + " along axis "
                + along
                + (newAxis ? ", which is new" : ""));
      }
    }
    shape[along] = Axes.size(length);
    Tensor result = in.output(0, first.dataType(), shape);
    int outer = Axes.product(shape, 0, along);
    int inner = Axes.product(shape, along + 1, shape.length);
    int row = shape[along] * inner;
    int to = 0;
    for (Value element : elements) {
      Tensor tensor = (Tensor) element;
      int block = newAxis ? inner : tensor.dim(along) * inner;
      Moves moves = Moves.of(in, tensor, result);
      moves.strided(0, new int[] {block, 1}, to, new int[] {row, 1}, new int[] {outer, block});
      moves.done();
      to += block;
    }
  }

  /** Whether two tensors are alike in everything but the size of an axis. */
  private static boolean fits(Tensor a, Tensor b, int axis) {
    boolean fits = a.dataType() == b.dataType() && a.rank() == b.rank();
    for (int d = 0; fits && d < a.rank(); d++) {
      fits = d == axis || a.dim(d) == b.dim(d);
    }
    return fits;
  }

  private static int[] inserted(int[] shape, int axis) {
    int[] result = Arrays.copyOf(shape, shape.length + 1);
    System.arraycopy(shape, axis, result, axis + 1, shape.length - axis);
    result[axis] = 1;
    return result;
  }
}
