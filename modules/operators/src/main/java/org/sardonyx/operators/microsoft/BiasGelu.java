package org.sardonyx.operators.microsoft;

import org.sardonyx.kernels.ScalarMath;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/**
 * BiasGelu: {@code x (1 + erf(x / sqrt 2)) / 2} of A + B, where B is as long as the last dimension
 * of A.
 */
public record BiasGelu() implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("BiasGelu")
          .input("A", "T")
          .input("B", "T")
          .output("C", "T")
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(attributes -> new BiasGelu());

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    GeluFunctions.run(in, in.tensor(1), Unary.GELU, ScalarMath::gelu);
  }
}
