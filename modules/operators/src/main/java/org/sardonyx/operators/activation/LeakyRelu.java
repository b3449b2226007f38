package org.sardonyx.operators.activation;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/**
 * LeakyRelu: {@code x} where it is not negative, else {@code alpha * x}.
 *
 * @param alpha the slope on the left
 */
public record LeakyRelu(float alpha) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("LeakyRelu")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .attribute("alpha", 0.01f)
          .optional("consumed_inputs", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .version(16)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(LeakyRelu::of);

  static LeakyRelu of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    return new LeakyRelu(attributes.getFloat("alpha"));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.unary(
        in, (x, y, start, end) -> floats(alpha, x, y, start, end), x -> x < 0 ? alpha * x : x);
  }

  /** Of x and of its product with a finite slope above 0, one is the result: without a branch. */
  static void floats(float slope, float[] x, float[] y, int start, int end) {
    if (slope > 0 && slope <= 1) {
      for (int i = start; i < end; i++) {
        y[i] = Math.max(x[i], slope * x[i]);
      }
    } else if (slope > 1 && slope <= Float.MAX_VALUE) {
      for (int i = start; i < end; i++) {
        y[i] = Math.min(x[i], slope * x[i]);
      }
    } else {
      for (int i = start; i < end; i++) {
        y[i] = x[i] < 0 ? slope * x[i] : x[i];
      }
    }
  }
}
