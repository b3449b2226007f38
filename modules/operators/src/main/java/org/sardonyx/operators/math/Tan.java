package org.sardonyx.operators.math;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Tan: {@code tan(x)}. */
public record Tan() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Tan")
          .version(7)
          .input("input", "T")
          .output("output", "T")
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Tan::of);

  static Tan of(Attributes attributes) {
    return new Tan();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.unary(in, Math::tan);
  }
}
