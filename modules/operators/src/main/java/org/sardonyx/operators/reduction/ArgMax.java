package org.sardonyx.operators.reduction;

import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** ArgMax: where along an axis the greatest element is; a NaN counts as such. */
public record ArgMax(Extreme extreme) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("ArgMax")
          .version(1)
          .input("data", "T")
          .output("reduced", "tensor(int64)")
          .attribute("axis", 0)
          .attribute("keepdims", 1)
          .type("T", Types.NUMERIC)
          .version(11)
          .version(12)
          .attribute("select_last_index", 0)
          .version(13)
          .type("T", Types.NUMERIC_BF16)
          .create(attributes -> new ArgMax(Extreme.of(attributes)));

  @Override
  public void infer(Inference in) {
    extreme.infer(in);
  }

  @Override
  public void run(Invocation in) {
    extreme.run(in, true);
  }
}
