package org.sardonyx.operators.activation;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Softsign: {@code x / (1 + |x|)}. */
public record Softsign() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Softsign")
          .version(1)
          .input("input", "T")
          .output("output", "T")
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Softsign::of);

  static Softsign of(Attributes attributes) {
    return new Softsign();
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
            y[i] = x[i] / (1 + Math.abs(x[i]));
          }
        },
        x -> x / (1 + Math.abs(x)));
  }
}
