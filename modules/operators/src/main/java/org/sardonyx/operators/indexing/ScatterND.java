package org.sardonyx.operators.indexing;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;

/**
 * ScatterND: a copy of the data in which the slices that the tuples of the indices name are
 * updated, in order.
 *
 * @param reduction how updates combine
 */
public record ScatterND(Reduction reduction) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("ScatterND")
          .version(11)
          .input("data", "T")
          .input("indices", "tensor(int64)")
          .input("updates", "T")
          .output("output", "T")
          .type("T", Types.ALL)
          .version(13)
          .type("T", Types.ALL_IR4)
          .version(16)
          .attribute("reduction", "none")
          .version(18)
          .accuracy(Accuracy.ACCUMULATED)
          .create(ScatterND::of);

  static ScatterND of(Attributes attributes) {
    return new ScatterND(Reduction.of(attributes));
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
    int[] offsets = Indices.tuples(indices, data, 0);
    int block = Axes.product(data.shape(), indices.dim(-1), data.rank());
    if (updates.size() != offsets.length * block) {
      throw new OperatorFailed("updates " + updates + " for indices " + indices + " of " + data);
    }
    reduction.scatter(in, data, offsets, updates, block);
  }

  @Override
  public Operator prepare(Constants constants) {
    Tensor indices = reduction == Reduction.NONE ? constants.tensor(1) : null;
    return indices == null ? this : new FixedScatter(this, indices);
  }
}
