package org.sardonyx.operators.math;

import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;

/** Mul: {@code a * b}; integers wrap. */
public record Mul(Alignment alignment) implements Operator {

  public static final OperatorDef DEF = Arithmetic.def("Mul").create(Mul::of);

  static Mul of(Attributes attributes) {
    return new Mul(Alignment.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferBinary(in, alignment, Arithmetic.MUL);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.binary(in, alignment, Arithmetic.MUL);
  }
}
