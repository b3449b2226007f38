package org.sardonyx.operators.activation;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/**
 * Celu: {@code max(0, x) + min(0, alpha * (exp(x / alpha) - 1))}.
 *
 * @param alpha where the curve ends on the left
 */
public record Celu(float alpha) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Celu")
          .version(12)
          .input("X", "T")
          .output("Y", "T")
          .attribute("alpha", 1.0f)
          .type("T", DataType.FLOAT)
          .version(28)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Celu::of);

  static Celu of(Attributes attributes) {
    return new Celu(attributes.getFloat("alpha"));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    Elu.run(
        in,
        1,
        alpha,
        1 / (double) alpha,
        x -> Math.max(0, x) + Math.min(0, alpha * StrictMath.expm1(x / alpha)));
  }
}
