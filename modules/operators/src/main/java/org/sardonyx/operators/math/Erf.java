package org.sardonyx.operators.math;

import org.sardonyx.kernels.ScalarMath;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Erf: the error function; of integers cut towards zero. */
public record Erf() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Erf")
          .version(9)
          .input("input", "T")
          .output("output", "T")
          .type("T", Types.NUMERIC)
          .version(13)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Erf::of);

  static Erf of(Attributes attributes) {
    return new Erf();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    if (in.tensor(0).dataType().isInteger()) {
      Elementwise.unaryIntegers(in, x -> (long) ScalarMath.erf((double) x));
    } else {
      Elementwise.unary(in, Unary.ERF, ScalarMath::erf);
    }
  }
}
