package org.sardonyx.operators.shaping;

import java.util.List;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/**
 * Flatten: the same elements as a matrix; the dimensions before the axis become its rows.
 *
 * @param axis the axis, in [-rank, rank]
 */
public record Flatten(long axis) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Flatten")
          .version(1)
          .input("input", "T")
          .output("output", "T")
          .attribute("axis", 1)
          .type("T", Types.FLOATS)
          .version(9)
          .type("T", Types.ALL)
          .version(11)
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
          .create(Flatten::of);

  static Flatten of(Attributes attributes) {
    return new Flatten(attributes.getInt("axis"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (!x.hasRank()) {
      in.shape(0, Shape.ofRank(2));
      return;
    }
    int split = split(x.rank());
    in.shape(
        0,
        Sizes.shape(
            List.of(Sizes.product(x.dims(), 0, split), Sizes.product(x.dims(), split, x.rank())),
            in));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] shape = x.shape();
    int split = split(shape.length);
    in.set(0, x.reshaped(Axes.product(shape, 0, split), Axes.product(shape, split, shape.length)));
  }

  private int split(int rank) {
    return axis == rank ? rank : Axes.normalize(axis, Math.max(1, rank));
  }
}
