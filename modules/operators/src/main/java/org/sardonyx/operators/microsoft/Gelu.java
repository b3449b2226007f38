package org.sardonyx.operators.microsoft;

import org.sardonyx.kernels.ScalarMath;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Gelu of com.microsoft: {@code x (1 + erf(x / sqrt 2)) / 2}. */
public record Gelu() implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("Gelu")
          .input("X", "T")
          .output("Y", "T")
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(attributes -> new Gelu());

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    GeluFunctions.run(in, null, Unary.GELU, ScalarMath::gelu);
  }
}
