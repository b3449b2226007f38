package org.sardonyx.operators.reduction;

import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;

/** ReduceMean: the mean; of integers cut towards zero, over some dimensions or all. */
public record ReduceMean(Reduction reduction) implements Operator {

  public static final OperatorDef DEF =
      Reduction.sum("ReduceMean").create(attributes -> new ReduceMean(Reduction.of(attributes)));

  @Override
  public void infer(Inference in) {
    reduction.infer(in, Reducer.MEAN);
  }

  @Override
  public void run(Invocation in) {
    reduction.run(in, Reducer.MEAN);
  }
}
