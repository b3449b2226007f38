package org.sardonyx.operators.activation;

import org.sardonyx.error.InvalidModel;
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

/**
 * Gelu: {@code x * (1 + erf(x / sqrt 2)) / 2}, or its form with tanh.
 *
 * @param tanh whether {@code x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))} is meant
 */
public record Gelu(boolean tanh) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Gelu")
          .version(20)
          .input("X", "T")
          .output("Y", "T")
          .attribute("approximate", "none")
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Gelu::of);

  static Gelu of(Attributes attributes) {
    String approximate = attributes.getString("approximate");
    return switch (approximate) {
      case "none" -> new Gelu(false);
      case "tanh" -> new Gelu(true);
      default -> throw new InvalidModel("approximate must be none or tanh");
    };
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    if (tanh) {
      Elementwise.unary(in, Unary.GELU_TANH, ScalarMath::geluTanh);
    } else {
      Elementwise.unary(in, Unary.GELU, ScalarMath::gelu);
    }
  }
}
