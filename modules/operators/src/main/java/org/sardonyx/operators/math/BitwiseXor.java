package org.sardonyx.operators.math;

import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Bits;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** BitwiseXor: {@code a ^ b} of the bits. */
public record BitwiseXor() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("BitwiseXor")
          .version(18)
          .input("A", "T")
          .input("B", "T")
          .output("C", "T")
          .type("T", Types.INTEGERS)
          .create(attributes -> new BitwiseXor());

  @Override
  public void infer(Inference in) {
    Elementwise.inferBinary(in, Alignment.NUMPY, Bits.XOR);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.binary(in, Alignment.NUMPY, Bits.XOR);
  }
}
