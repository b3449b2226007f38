package org.sardonyx.operators.math;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Div: {@code a / b}; integers are cut towards zero, and must not be divided by it. */
public record Div(Alignment alignment) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Div")
          .version(1)
          .input("A", "T")
          .input("B", "T")
          .output("C", "T")
          .optional("axis", Kind.INT)
          .attribute("broadcast", 0)
          .optional("consumed_inputs", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .type("T", Types.HIGH_PRECISION)
          .version(7)
          .without("axis")
          .without("broadcast")
          .version(13)
          .type("T", Types.HIGH_PRECISION_BF16)
          .version(14)
          .type("T", Types.NUMERIC_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Div::of);

  static Div of(Attributes attributes) {
    return new Div(Alignment.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferBinary(in, alignment, Arithmetic.DIV);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.binary(in, alignment, Arithmetic.DIV);
  }
}
