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
 * Selu: {@code gamma * x} where it is positive, else {@code gamma * alpha * (exp(x) - 1)}.
 *
 * @param alpha where the curve ends on the left, before gamma
 * @param gamma the scale
 */
public record Selu(float alpha, float gamma) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Selu")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .attribute("alpha", 1.6732f)
          .optional("consumed_inputs", Kind.INTS)
          .attribute("gamma", 1.0507f)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .attribute("alpha", 1.6732632f)
          .attribute("gamma", 1.050701f)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Selu::of);

  static Selu of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    return new Selu(attributes.getFloat("alpha"), attributes.getFloat("gamma"));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    double scale = (double) gamma * alpha;
    Elu.run(in, gamma, scale, 1, x -> x > 0 ? gamma * x : scale * StrictMath.expm1(x));
  }
}
