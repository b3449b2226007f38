package org.sardonyx.operators.math;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Acosh: {@code acosh(x)}. */
public record Acosh() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Acosh")
          .version(9)
          .input("input", "T")
          .output("output", "T")
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Acosh::of);

  static Acosh of(Attributes attributes) {
    return new Acosh();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.unary(in, InverseHyperbolic::acosh);
  }
}
