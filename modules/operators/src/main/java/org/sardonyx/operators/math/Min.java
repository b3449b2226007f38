package org.sardonyx.operators.math;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Min: the least of all inputs; NaN where one is NaN. */
public record Min(boolean broadcast) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Min")
          .version(1)
          .variadicInput("data_0", "T", 1)
          .output("min", "T")
          .optional("consumed_inputs", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .version(8)
          .version(12)
          .type("T", Types.NUMERIC)
          .version(13)
          .type("T", Types.NUMERIC_BF16)
          .create(Min::of);

  static Min of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    return new Min(attributes.version() >= 8);
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferVariadic(in, broadcast, Arithmetic.MIN);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.variadic(in, broadcast, Arithmetic.MIN);
  }
}
