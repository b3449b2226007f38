package org.sardonyx.operators.math;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Ceil: the least integer that is not less. */
public record Ceil() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Ceil")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .optional("consumed_inputs", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .version(13)
          .type("T", Types.FLOATS_BF16)
          .create(Ceil::of);

  static Ceil of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    return new Ceil();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.unary(
        in,
        (x, y, start, end) -> {
          for (int i = start; i < end; i++) {
            y[i] = (float) Math.ceil(x[i]);
          }
        },
        (x, y, start, end) -> {
          for (int i = start; i < end; i++) {
            y[i] = Math.ceil(x[i]);
          }
        });
  }
}
