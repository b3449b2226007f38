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
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Compress: the slices along an axis for which a condition holds.
 *
 * @param axis the axis, negative from the end; null to take the elements of the flattened input
 */
public record Compress(@Nullable Long axis) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Compress")
          .version(9)
          .input("input", "T")
          .input("condition", "T1")
          .output("output", "T")
          .optional("axis", Kind.INT)
          .type("T", Types.ALL)
          .type("T1", DataType.BOOL)
          .version(11)
          .version(28)
          .type("T", Types.ALL_IR4)
          .create(Compress::of);

  static Compress of(Attributes attributes) {
    return new Compress(attributes.has("axis") ? attributes.getInt("axis") : null);
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (axis == null) {
      in.shape(0, Shape.of(in.fresh()));
    } else if (x.hasRank()) {
      List<Dim> result = new ArrayList<>(x.dims());
      result.set(Axes.normalize(axis, x.rank()), in.fresh());
      in.shape(0, Shape.of(result));
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor condition = in.tensor(1);
    int[] shape = axis == null ? new int[] {x.size()} : x.shape();
    int along = axis == null ? 0 : Axes.normalize(axis, shape.length);
    int rows = shape[along];
    int[] map = new int[condition.size()];
    int count = 0;
    for (int i = 0; i < map.length; i++) {
      if (condition.getBoolean(i)) {
        if (i >= rows) {
          throw new OperatorFailed(
              "condition " + condition + " holds beyond axis " + along + " of " + x);
        }
        map[count++] = i;
      }
    }
    int outer = Axes.product(shape, 0, along);
    int inner = Axes.product(shape, along + 1, shape.length);
    shape[along] = count;
    Tensor y = in.output(0, x.dataType(), shape);
    Moves moves = Moves.of(in, x, y);
    moves.rows(outer, rows, Arrays.copyOf(map, count), inner);
    moves.done();
  }
}
