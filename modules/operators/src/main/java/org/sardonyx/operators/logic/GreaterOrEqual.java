package org.sardonyx.operators.logic;

import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/** GreaterOrEqual: {@code a >= b}; false where one is NaN. */
public record GreaterOrEqual(Alignment alignment) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("GreaterOrEqual")
          .version(12)
          .input("A", "T")
          .input("B", "T")
          .output("C", "T1")
          .type("T", Types.NUMERIC)
          .type("T1", DataType.BOOL)
          .version(16)
          .type("T", Types.NUMERIC_BF16)
          .create(GreaterOrEqual::of);

  static GreaterOrEqual of(Attributes attributes) {
    return new GreaterOrEqual(Alignment.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Comparison.GREATER_OR_EQUAL.infer(in, alignment);
  }

  @Override
  public void run(Invocation in) {
    Comparison.GREATER_OR_EQUAL.run(in, alignment);
  }
}
