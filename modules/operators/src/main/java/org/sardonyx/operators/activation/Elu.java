package org.sardonyx.operators.activation;

import java.util.function.DoubleUnaryOperator;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Kernels;
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
 * Elu: {@code x} where it is not negative, else {@code alpha * (exp(x) - 1)}.
 *
 * @param alpha where the curve ends on the left
 */
public record Elu(float alpha) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Elu")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .attribute("alpha", 1.0f)
          .optional("consumed_inputs", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Elu::of);

  static Elu of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    return new Elu(attributes.getFloat("alpha"));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    run(in, 1, alpha, 1, x -> x < 0 ? alpha * StrictMath.expm1(x) : x);
  }

  /**
   * Computes {@code positive * x} where x is not negative, and else {@code negative * (exp(inside *
   * x) - 1)}, which is {@code 2 t / (1 - t)} for t, the tangent of half of that: where x is small
   * nothing is lost.
   *
   * @param doubles the same in double
   */
  static void run(
      Invocation in, double positive, double negative, double inside, DoubleUnaryOperator doubles) {
    float above = (float) positive;
    float twice = (float) (2 * negative);
    float half = (float) (0.5 * inside);
    if (!(twice >= 0 && half > 0 && above + twice + half < Float.POSITIVE_INFINITY)) {
      Elementwise.unary(in, doubles);
      return;
    }
    Kernels kernels = in.kernels();
    Elementwise.unary(
        in,
        Elementwise.blocks((x, y, _, n) -> {
          for (int i = 0; i < n; i++) {
            y[i] = half * Math.min(x[i], 0);
          }
          kernels.unary(Unary.TANH, y, 0, y, 0, n);
          for (int i = 0; i < n; i++) {
            y[i] = above * Math.max(x[i], -0f) + twice * y[i] / (1 - y[i]);
          }
        }),
        doubles);
  }
}
