package org.sardonyx.operators.activation;

import org.sardonyx.kernels.ScalarMath;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Softplus: {@code log(1 + exp(x))}. */
public record Softplus() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Softplus")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Softplus::of);

  static Softplus of(Attributes attributes) {
    return new Softplus();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.unary(in, Unary.SOFTPLUS, ScalarMath::softplus);
  }
}
