package org.sardonyx.operators.activation;

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

/** Relu: {@code max(0, x)}; NaN where x is. */
public record Relu() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Relu")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .optional("consumed_inputs", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .version(13)
          .type("T", Types.FLOATS_BF16)
          .version(14)
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
          .create(Relu::of);

  static Relu of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    return new Relu();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    if (in.tensor(0).dataType().isFloat()) {
      Elementwise.unary(in, Unary.RELU, x -> x < 0 ? 0 : x);
    } else {
      Elementwise.unaryIntegers(in, x -> Math.max(0, x));
    }
  }
}
