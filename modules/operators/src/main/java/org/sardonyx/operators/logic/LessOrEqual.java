package org.sardonyx.operators.logic;

import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/** LessOrEqual: {@code a <= b}; false where one is NaN. */
public record LessOrEqual(Alignment alignment) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("LessOrEqual")
          .version(12)
          .input("A", "T")
          .input("B", "T")
          .output("C", "T1")
          .type("T", Types.NUMERIC)
          .type("T1", DataType.BOOL)
          .version(16)
          .type("T", Types.NUMERIC_BF16)
          .create(LessOrEqual::of);

  static LessOrEqual of(Attributes attributes) {
    return new LessOrEqual(Alignment.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Comparison.LESS_OR_EQUAL.infer(in, alignment);
  }

  @Override
  public void run(Invocation in) {
    Comparison.LESS_OR_EQUAL.run(in, alignment);
  }
}
