package org.sardonyx.operators.indexing;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * ScatterElements: a copy of the data where {@code y[i, indices[i, j, k], k] = updates[i, j, k]}
 * for axis 1, and so for others. Where indices are the same the updates follow one another.
 *
 * @param axis the axis, negative from the end
 * @param reduction how updates combine
 */
public record ScatterElements(long axis, Reduction reduction) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("ScatterElements")
          .version(11)
          .input("data", "T")
          .input("indices", "Tind")
          .input("updates", "T")
          .output("output", "T")
          .attribute("axis", 0)
          .type("T", Types.ALL)
          .type("Tind", DataType.INT32, DataType.INT64)
          .version(13)
          .type("T", Types.ALL_IR4)
          .version(16)
          .attribute("reduction", "none")
          .version(18)
          .accuracy(Accuracy.ACCUMULATED)
          .create(ScatterElements::of);

  static ScatterElements of(Attributes attributes) {
    return new ScatterElements(attributes.getInt("axis"), Reduction.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor data = in.tensor(0);
    Tensor indices = in.tensor(1);
    Tensor updates = in.tensor(2);
    int along = Axes.normalize(axis, data.rank());
    Indices.check(indices, updates, data, along);
    int[] offsets = Indices.offsets(indices, data.shape(), along);
    reduction.scatter(in, data, offsets, updates, 1);
  }
}
