package org.sardonyx.operators.indexing;

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

/**
 * GatherElements: {@code y[i, j, k] = x[i, indices[i, j, k], k]} for axis 1, and so for others.
 *
 * @param axis the axis, negative from the end
 */
public record GatherElements(long axis) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("GatherElements")
          .version(11)
          .input("data", "T")
          .input("indices", "Tind")
          .output("output", "T")
          .attribute("axis", 0)
          .type("T", Types.ALL)
          .type("Tind", DataType.INT32, DataType.INT64)
          .version(13)
          .type("T", Types.ALL_IR4)
          .create(GatherElements::of);

  static GatherElements of(Attributes attributes) {
    return new GatherElements(attributes.getInt("axis"));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(1));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor indices = in.tensor(1);
    int along = Axes.normalize(axis, x.rank());
    Indices.check(indices, x, along);
    Tensor y = in.output(0, x.dataType(), indices.shape());
    Moves moves = Moves.of(in, x, y);
    Indices.rows(
        indices,
        x.shape(),
        along,
        (map, m, start, n, base) -> moves.gather(base, map, m, start, n));
    moves.done();
  }
}
