package org.sardonyx.operators.reduction;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** ReduceLogSumExp: {@code log(sum(exp(x)))}, without overflow, over some dimensions or all. */
public record ReduceLogSumExp(Reduction reduction) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("ReduceLogSumExp")
          .version(1)
          .input("data", "T")
          .output("reduced", "T")
          .optional("axes", Kind.INTS)
          .attribute("keepdims", 1)
          .type("T", Types.HIGH_PRECISION)
          .version(11)
          .version(13)
          .type("T", Types.HIGH_PRECISION_BF16)
          .version(18)
          .optionalInput("axes", "tensor(int64)")
          .without("axes")
          .attribute("noop_with_empty_axes", 0)
          .version(28)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
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
