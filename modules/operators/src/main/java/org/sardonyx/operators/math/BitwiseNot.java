package org.sardonyx.operators.math;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** BitwiseNot: {@code ~x} of the bits. */
public record BitwiseNot() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("BitwiseNot")
          .version(18)
          .input("X", "T")
          .output("Y", "T")
          .type("T", Types.INTEGERS)
          .create(BitwiseNot::of);

  static BitwiseNot of(Attributes attributes) {
    return new BitwiseNot();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.unaryIntegers(
        in,
        (v, start, end) -> {
          for (int i = start; i < end; i++) {
            v[i] = ~v[i];
          }
        });
  }
}
