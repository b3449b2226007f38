package org.sardonyx.operators.math;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Acos: {@code acos(x)}. */
public record Acos() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Acos")
          .version(7)
          .input("input", "T")
          .output("output", "T")
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Acos::of);

  static Acos of(Attributes attributes) {
    return new Acos();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    Asin.run(in, Math.PI / 2, -1, StrictMath::acos);
  }
}
