package org.sardonyx.operators.reduction;

import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;

/** ReduceSumSquare: the sum of squares, over some dimensions or all. */
public record ReduceSumSquare(Reduction reduction) implements Operator {

  public static final OperatorDef DEF =
      Reduction.sum("ReduceSumSquare")
          .create(attributes -> new ReduceSumSquare(Reduction.of(attributes)));

  @Override
  public void infer(Inference in) {
    reduction.infer(in, Reducer.SUM_SQUARE);
  }

  @Override
  public void run(Invocation in) {
    reduction.run(in, Reducer.SUM_SQUARE);
  }
}
