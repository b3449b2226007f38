package org.sardonyx.operators.math;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Sum: the sum of all inputs, added from the first on. */
public record Sum(boolean broadcast) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Sum")
          .version(1)
          .variadicInput("data_0", "T", 1)
          .output("sum", "T")
          .optional("consumed_inputs", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .version(8)
          .version(13)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(Sum::of);

  static Sum of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    return new Sum(attributes.version() >= 8);
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferVariadic(in, broadcast, Arithmetic.ADD);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.variadic(in, broadcast, Arithmetic.ADD);
  }
}
