package org.sardonyx.operators.reduction;

import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;

/** ReduceL2: the root of the sum of squares, over some dimensions or all. */
public record ReduceL2(Reduction reduction) implements Operator {

  public static final OperatorDef DEF =
      Reduction.sum("ReduceL2").create(attributes -> new ReduceL2(Reduction.of(attributes)));

  @Override
  public void infer(Inference in) {
    reduction.infer(in, Reducer.L2);
  }

  @Override
  public void run(Invocation in) {
    reduction.run(in, Reducer.L2);
  }
}
