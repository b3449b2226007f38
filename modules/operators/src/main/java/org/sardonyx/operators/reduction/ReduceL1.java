package org.sardonyx.operators.reduction;

import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;

/** ReduceL1: the sum of magnitudes, over some dimensions or all. */
public record ReduceL1(Reduction reduction) implements Operator {

  public static final OperatorDef DEF =
      Reduction.sum("ReduceL1").create(attributes -> new ReduceL1(Reduction.of(attributes)));

  @Override
  public void infer(Inference in) {
    reduction.infer(in, Reducer.L1);
  }

  @Override
  public void run(Invocation in) {
    reduction.run(in, Reducer.L1);
  }
}
