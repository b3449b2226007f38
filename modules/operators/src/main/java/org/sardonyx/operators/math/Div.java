package org.sardonyx.operators.math;

import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;

/** Div: {@code a / b}; integers are cut towards zero, and must not be divided by it. */
public record Div(Alignment alignment) implements Operator {

  public static final OperatorDef DEF = Arithmetic.def("Div").create(Div::of);

  static Div of(Attributes attributes) {
    return new Div(Alignment.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferBinary(in, alignment, Arithmetic.DIV);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.binary(in, alignment, Arithmetic.DIV);
  }
}
