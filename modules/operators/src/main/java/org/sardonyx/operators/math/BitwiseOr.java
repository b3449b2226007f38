package org.sardonyx.operators.math;

import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Bits;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** BitwiseOr: {@code a | b} of the bits. */
public record BitwiseOr() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("BitwiseOr")
          .version(18)
          .input("A", "T")
          .input("B", "T")
          .output("C", "T")
          .type("T", Types.INTEGERS)
          .create(attributes -> new BitwiseOr());

  @Override
  public void infer(Inference in) {
    Elementwise.inferBinary(in, Alignment.NUMPY, Bits.OR);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.binary(in, Alignment.NUMPY, Bits.OR);
  }
}
