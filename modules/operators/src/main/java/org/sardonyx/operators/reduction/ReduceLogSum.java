package org.sardonyx.operators.reduction;

import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** ReduceLogSum: the logarithm of the sum, over some dimensions or all. */
public record ReduceLogSum(Reduction reduction) implements Operator {

  public static final OperatorDef DEF =
      Reduction.sum("ReduceLogSum")
          .version(28)
          .type("T", Types.FLOATS_BF16)
          .create(attributes -> new ReduceLogSum(Reduction.of(attributes)));

  @Override
  public void infer(Inference in) {
    reduction.infer(in, Reducer.LOG_SUM);
  }

  @Override
  public void run(Invocation in) {
    reduction.run(in, Reducer.LOG_SUM);
  }
}
