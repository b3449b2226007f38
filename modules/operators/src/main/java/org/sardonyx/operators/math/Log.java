package org.sardonyx.operators.math;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Log: {@code log(x)}. */
public record Log() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Log")
          .version(1)
          .input("input", "T")
          .output("output", "T")
          .optional("consumed_inputs", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .version(13)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Log::of);

  static Log of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    return new Log();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.unary(in, Unary.LOG, Math::log);
  }
}
