package org.sardonyx.operators.microsoft;

import org.sardonyx.kernels.ScalarMath;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** FastGelu: {@code x (1 + tanh(0.797885 x + 0.035677 x^3)) / 2} of X + bias. */
public record FastGelu() implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("FastGelu")
          .input("X", "T")
          .optionalInput("bias", "T")
          .output("Y", "T")
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(attributes -> new FastGelu());

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    GeluFunctions.run(in, in.optional(1), Unary.GELU_TANH, ScalarMath::geluTanh);
  }
}
