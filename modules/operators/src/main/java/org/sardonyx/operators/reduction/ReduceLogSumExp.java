package org.sardonyx.operators.reduction;

import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** ReduceLogSumExp: {@code log(sum(exp(x)))}, without overflow, over some dimensions or all. */
public record ReduceLogSumExp(Reduction reduction) implements Operator {

  public static final OperatorDef DEF =
      Reduction.sum("ReduceLogSumExp")
          .version(28)
          .type("T", Types.FLOATS_BF16)
          .create(attributes -> new ReduceLogSumExp(Reduction.of(attributes)));

  @Override
  public void infer(Inference in) {
    reduction.infer(in, Reducer.LOG_SUM_EXP);
  }

  @Override
  public void run(Invocation in) {
    reduction.run(in, Reducer.LOG_SUM_EXP);
  }
}
