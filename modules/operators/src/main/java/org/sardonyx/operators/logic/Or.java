package org.sardonyx.operators.logic;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Bits;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;

/** Or: {@code a || b}. */
public record Or(Alignment alignment) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Or")
          .version(1)
          .input("A", "T")
          .input("B", "T")
          .output("C", "T1")
          .optional("axis", Kind.INT)
          .attribute("broadcast", 0)
          .type("T", DataType.BOOL)
          .type("T1", DataType.BOOL)
          .version(7)
          .without("axis")
          .without("broadcast")
          .create(Or::of);

  static Or of(Attributes attributes) {
    return new Or(Alignment.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferBinary(in, alignment, Bits.OR);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.binary(in, alignment, Bits.OR);
  }
}
