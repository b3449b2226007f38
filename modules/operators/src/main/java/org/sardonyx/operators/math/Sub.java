package org.sardonyx.operators.math;

import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;

/** Sub: {@code a - b}; integers wrap. */
public record Sub(Alignment alignment) implements Operator {

  public static final OperatorDef DEF = Arithmetic.def("Sub").create(Sub::of);

  static Sub of(Attributes attributes) {
    return new Sub(Alignment.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferBinary(in, alignment, Arithmetic.SUB);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.binary(in, alignment, Arithmetic.SUB);
  }
}
