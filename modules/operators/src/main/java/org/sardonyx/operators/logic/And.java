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

/** And: {@code a && b}. */
public record And(Alignment alignment) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("And")
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
          .create(And::of);

  static And of(Attributes attributes) {
    return new And(Alignment.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferBinary(in, alignment, Bits.AND);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.binary(in, alignment, Bits.AND);
  }
}
