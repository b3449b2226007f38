package org.sardonyx.operators.activation;

import java.util.Arrays;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.EvenRows;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/**
 * ThresholdedRelu: {@code x} where it is greater than alpha, else 0; NaN where x is.
 *
 * @param alpha the threshold
 */
public record ThresholdedRelu(float alpha) implements Operator {

  /** The bits of the first NaN. */
  public static final OperatorDef DEF =
      OperatorDef.named("ThresholdedRelu")
          .version(10)
          .input("X", "T")
          .output("Y", "T")
          .attribute("alpha", 1.0f)
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .create(ThresholdedRelu::of);

  static ThresholdedRelu of(Attributes attributes) {
    return new ThresholdedRelu(attributes.getFloat("alpha"));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    float[] zeros = new float[EvenRows.PIECE];
    float[] least = new float[EvenRows.PIECE];
    Arrays.fill(least, alpha);
    byte[] above = new byte[EvenRows.PIECE];
    Elementwise.unary(
        in,
        (x, y, start, end) -> {
          for (int i = start, n; i < end; i += n) {
            n = Math.min(above.length, end - i);
            in.kernels().compare(true, false, least, 0, x, i, above, 0, n);
            in.kernels().select(above, 0, x, i, zeros, 0, y, i, n);
          }
        },
        x -> x > alpha ? x : 0);
  }
}
