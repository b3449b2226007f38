package org.sardonyx.operators.activation;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/**
 * HardSigmoid: {@code max(0, min(1, alpha * x + beta))}.
 *
 * @param alpha the slope
 * @param beta the value at 0
 */
public record HardSigmoid(float alpha, float beta) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("HardSigmoid")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .attribute("alpha", 0.2f)
          .attribute("beta", 0.5f)
          .optional("consumed_inputs", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(HardSigmoid::of);

  static HardSigmoid of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    return new HardSigmoid(attributes.getFloat("alpha"), attributes.getFloat("beta"));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.unary(
        in,
        (x, y, start, end) -> {
          for (int i = start; i < end; i++) {
            y[i] = Math.max(0, Math.min(1, alpha * x[i] + beta));
          }
        },
        x -> Math.max(0, Math.min(1, alpha * x + beta)));
  }
}
