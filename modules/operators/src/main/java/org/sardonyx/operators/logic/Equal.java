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

/** Equal: {@code a == b}; NaN equals nothing. */
public record Equal(Alignment alignment) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Equal")
          .version(1)
          .input("A", "T")
          .input("B", "T")
          .output("C", "T1")
          .optional("axis", Kind.INT)
          .attribute("broadcast", 0)
          .type("T", DataType.BOOL, DataType.INT32, DataType.INT64)
          .type("T1", DataType.BOOL)
          .version(7)
          .without("axis")
          .without("broadcast")
          .version(11)
          .type("T", Types.union(Types.NUMERIC, Types.tensors(DataType.BOOL)))
          .version(13)
          .type("T", Types.union(Types.NUMERIC_BF16, Types.tensors(DataType.BOOL)))
          .version(19)
          .type("T", Types.union(Types.NUMERIC_BF16, Types.tensors(DataType.BOOL, DataType.STRING)))
          .create(Equal::of);

  static Equal of(Attributes attributes) {
    return new Equal(Alignment.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Comparison.EQUAL.infer(in, alignment);
  }

  @Override
  public void run(Invocation in) {
    Comparison.EQUAL.run(in, alignment);
  }
}
