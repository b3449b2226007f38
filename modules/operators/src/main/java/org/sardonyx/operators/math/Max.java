package org.sardonyx.operators.math;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Max: the greatest of all inputs; NaN where one is NaN. */
public record Max(boolean broadcast) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Max")
          .version(1)
          .variadicInput("data_0", "T", 1)
          .output("max", "T")
          .optional("consumed_inputs", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .version(8)
          .version(12)
          .type("T", Types.NUMERIC)
          .version(13)
          .type("T", Types.NUMERIC_BF16)
          .create(Max::of);

  static Max of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    return new Max(attributes.version() >= 8);
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferVariadic(in, broadcast, Arithmetic.MAX);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.variadic(in, broadcast, Arithmetic.MAX);
  }
}
