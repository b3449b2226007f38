package org.sardonyx.operators.reduction;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** ReduceL2: the root of the sum of squares, over some dimensions or all. */
public record ReduceL2(Reduction reduction) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("ReduceL2")
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
          .accuracy(Accuracy.ACCUMULATED)
          .create(attributes -> new ReduceL2(Reduction.of(attributes)));

  @Override
  public void infer(Inference in) {
    reduction.infer(in, Reducer.L2);
  }

  @Override
  public void run(Invocation in) {
    reduction.run(in, Reducer.L2);
  }
}
