package org.sardonyx.operators.logic;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/** Greater: {@code a > b}; false where one is NaN. */
public record Greater(Alignment alignment) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Greater")
          .version(1)
          .input("A", "T")
          .input("B", "T")
          .output("C", "T1")
          .optional("axis", Kind.INT)
          .attribute("broadcast", 0)
          .type("T", Types.FLOATS)
          .type("T1", DataType.BOOL)
          .version(7)
          .without("axis")
          .without("broadcast")
          .version(9)
          .type("T", Types.NUMERIC)
          .version(13)
          .type("T", Types.NUMERIC_BF16)
          .create(Greater::of);

  static Greater of(Attributes attributes) {
    return new Greater(Alignment.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Comparison.GREATER.infer(in, alignment);
  }

  @Override
  public void run(Invocation in) {
    Comparison.GREATER.run(in, alignment);
  }
}
