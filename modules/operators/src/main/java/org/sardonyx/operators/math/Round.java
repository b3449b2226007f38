package org.sardonyx.operators.math;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Round: the nearest integer, of two the even one. */
public record Round() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Round")
          .version(11)
          .input("X", "T")
          .output("Y", "T")
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .create(Round::of);

  static Round of(Attributes attributes) {
    return new Round();
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
            y[i] = (float) Math.rint(x[i]);
          }
        },
        (x, y, start, end) -> {
          for (int i = start; i < end; i++) {
            y[i] = Math.rint(x[i]);
          }
        });
  }
}
