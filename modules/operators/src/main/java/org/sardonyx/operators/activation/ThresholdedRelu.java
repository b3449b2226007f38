package org.sardonyx.operators.activation;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
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
  private static final int NAN = 0x7f800001;

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
    Elementwise.unary(
        in,
        (x, y, start, end) -> {
          // Of numbers that are not negative, bits are in order as integers; beyond them is NaN.
          int most = Math.max(Float.floatToRawIntBits(alpha), 0);
          for (int i = start; i < end; i++) {
            int bits = Float.floatToRawIntBits(x[i]);
            int kept =
                alpha >= 0 ? (most - Math.max(bits, 0)) & (bits - NAN) : x[i] > alpha ? -1 : 0;
            y[i] = Float.intBitsToFloat(bits & (kept >> 31));
          }
        },
        x -> x > alpha ? x : 0);
  }
}
