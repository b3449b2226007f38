package org.sardonyx.operators.activation;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/**
 * HardSwish: {@code x * max(0, min(1, x / 6 + 1 / 2))}; 0 of minus infinity, as of all below -3.
 */
public record HardSwish() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("HardSwish")
          .version(14)
          .input("X", "T")
          .output("Y", "T")
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(HardSwish::of);

  static HardSwish of(Attributes attributes) {
    return new HardSwish();
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
            y[i] = Math.max(-3, x[i]) * Math.max(0, Math.min(1, x[i] / 6 + 0.5f));
          }
        },
        x -> Math.max(-3, x) * Math.max(0, Math.min(1, x / 6 + 0.5)));
  }
}
