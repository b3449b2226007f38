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
    Elementwise.unary(in, x -> x < 0 ? alpha * StrictMath.expm1(x) : x);
  }
}
