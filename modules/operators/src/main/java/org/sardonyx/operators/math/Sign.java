package org.sardonyx.operators.math;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/** Sign: -1, 0 or 1; NaN where x is. */
public record Sign() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Sign")
          .version(9)
          .input("input", "T")
          .output("output", "T")
          .type("T", Types.NUMERIC)
          .version(13)
          .type("T", Types.NUMERIC_BF16)
          .create(Sign::of);

  static Sign of(Attributes attributes) {
    return new Sign();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    DataType type = in.tensor(0).dataType();
    if (type.isFloat()) {
      Elementwise.unary(
          in,
          (x, y, start, end) -> {
            for (int i = start; i < end; i++) {
              y[i] = Math.signum(x[i]);
            }
          },
          Math::signum);
    } else if (type.kind() == DataType.Kind.UNSIGNED) {
      Elementwise.unaryIntegers(in, x -> x == 0 ? 0 : 1);
    } else {
      Elementwise.unaryIntegers(in, Long::signum);
    }
  }
}
