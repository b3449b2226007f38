package org.sardonyx.operators.math;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/** Abs: {@code |x|}; the least integer stays what it is. */
public record Abs() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Abs")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .optional("consumed_inputs", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .type("T", Types.NUMERIC)
          .version(13)
          .type("T", Types.NUMERIC_BF16)
          .create(Abs::of);

  static Abs of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    return new Abs();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    DataType type = in.tensor(0).dataType();
    if (type.isFloat()) {
      Elementwise.unary(in, Unary.ABS, Math::abs);
    } else if (type.kind() == DataType.Kind.UNSIGNED) {
      in.set(0, in.tensor(0));
    } else {
      Elementwise.unaryIntegers(
          in,
          (v, start, end) -> {
            for (int i = start; i < end; i++) {
              v[i] = Math.abs(v[i]);
            }
          });
    }
  }
}
