package org.sardonyx.operators.math;

import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;

/** Add: {@code a + b}; integers wrap. */
public record Add(Alignment alignment) implements Operator {

  public static final OperatorDef DEF = Arithmetic.def("Add").create(Add::of);

  static Add of(Attributes attributes) {
    return new Add(Alignment.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferBinary(in, alignment, Arithmetic.ADD);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.binary(in, alignment, Arithmetic.ADD);
  }
}
