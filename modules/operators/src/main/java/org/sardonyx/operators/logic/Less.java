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

/** Less: {@code a < b}; false where one is NaN. */
public record Less(Alignment alignment) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Less")
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
          .create(Less::of);

  static Less of(Attributes attributes) {
    return new Less(Alignment.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Comparison.LESS.infer(in, alignment);
  }

  @Override
  public void run(Invocation in) {
    Comparison.LESS.run(in, alignment);
  }
}
