package org.sardonyx.operators.activation;

import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Mish: {@code x * tanh(log(1 + exp(x)))}; 0 at minus infinity. */
public record Mish() implements Operator {

  // Beyond this the tangent is 1 in double.
  private static final float LARGE = 40;

  public static final OperatorDef DEF =
      OperatorDef.named("Mish")
          .version(18)
          .input("X", "T")
          .output("Y", "T")
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(attributes -> new Mish());

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  // tanh(log(1 + e)) = e (e + 2) / (e (e + 2) + 2): a sum of what is not negative loses nothing.

  @Override
  public void run(Invocation in) {
    Kernels kernels = in.kernels();
    Elementwise.unary(
        in,
        Elementwise.blocks((x, y, _, n) -> {
          kernels.unary(Unary.EXP, x, 0, y, 0, n);
          for (int i = 0; i < n; i++) {
            float e = y[i];
            float t = e * (e + 2);
            y[i] = t == 0 ? -0f : x[i] > LARGE ? x[i] : x[i] * (t / (t + 2));
          }
        }),
        x -> {
          double e = StrictMath.exp(x);
          double t = e * (e + 2);
          return t == 0 ? -0.0 : x > LARGE ? x : x * (t / (t + 2));
        });
  }
}
