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
import org.sardonyx.type.Dim;

/** Neg: {@code -x}; the least integer stays what it is. */
public record Neg() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Neg")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .optional("consumed_inputs", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .type(
              "T",
              DataType.DOUBLE,
              DataType.FLOAT,
              DataType.FLOAT16,
              DataType.INT16,
              DataType.INT32,
              DataType.INT64,
              DataType.INT8)
          .version(13)
          .type(
              "T",
              DataType.BFLOAT16,
              DataType.DOUBLE,
              DataType.FLOAT,
              DataType.FLOAT16,
              DataType.INT16,
              DataType.INT32,
              DataType.INT64,
              DataType.INT8)
          .create(Neg::of);

  static Neg of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    return new Neg();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in, x -> Dim.of(0).minus(x));
  }

  @Override
  public void run(Invocation in) {
    if (in.tensor(0).dataType().isFloat()) {
      Elementwise.unary(in, Unary.NEG, x -> -x);
    } else {
      Elementwise.unaryIntegers(
          in,
          (v, start, end) -> {
            for (int i = start; i < end; i++) {
              v[i] = -v[i];
            }
          });
    }
  }
}
