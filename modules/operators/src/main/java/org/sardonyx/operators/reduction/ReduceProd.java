package org.sardonyx.operators.reduction;

import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;

/** ReduceProd: the product, over some dimensions or all. */
public record ReduceProd(Reduction reduction) implements Operator {

  public static final OperatorDef DEF =
      Reduction.sum("ReduceProd").create(attributes -> new ReduceProd(Reduction.of(attributes)));

  @Override
  public void infer(Inference in) {
    reduction.infer(in, Reducer.PROD);
  }

  @Override
  public void run(Invocation in) {
    reduction.run(in, Reducer.PROD);
  }
}
