package org.sardonyx.operators.shaping;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;

/**
 * Trilu: of every matrix the part on and above, or on and below, the k-th diagonal; the rest is 0.
 *
 * @param upper whether to keep what is above
 */
public record Trilu(boolean upper) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Trilu")
          .version(14)
          .input("input", "T")
          .optionalInput("k", "tensor(int64)")
          .output("output", "T")
          .attribute("upper", 1)
          .type("T", Types.ALL_IR4)
          .create(Trilu::of);

  static Trilu of(Attributes attributes) {
    return new Trilu(attributes.getFlag("upper"));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.rank() < 2) {
      throw new OperatorFailed("Trilu of " + x + ", which is no matrix");
    }
    long k = in.has(1) ? in.one(1).getLong(0) : 0;
    int rows = x.dim(-2);
    int columns = x.dim(-1);
    Tensor y = in.zeros(0, x.dataType(), x.shape());
    if (y.size() == 0) {
      return;
    }
    Moves moves = Moves.of(in, x, y);
    for (int row = 0; row < x.size() / columns; row++) {
      long diagonal = (long) Math.clamp(k, -rows, columns) + row % rows;
      int from = upper ? Math.clamp(diagonal, 0, columns) : 0;
      int to = upper ? columns : Math.clamp(diagonal + 1, 0, columns);
      in.checkpoint(columns);
      moves.copy(row * columns + from, row * columns + from, to - from);
    }
    moves.done();
  }
}
