package org.sardonyx.operators.activation;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/**
 * Shrink: {@code x + bias} where x is less than -lambd, {@code x - bias} where it is greater than
 * lambd, else 0; NaN where x is.
 *
 * @param bias how far values are moved towards 0
 * @param lambd the half width of what becomes 0
 */
public record Shrink(float bias, float lambd) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Shrink")
          .version(9)
          .input("input", "T")
          .output("output", "T")
          .attribute("bias", 0.0f)
          .attribute("lambd", 0.5f)
          .type("T", Types.NUMERIC)
          .accuracy(Accuracy.ROUNDED)
          .create(Shrink::of);

  static Shrink of(Attributes attributes) {
    return new Shrink(attributes.getFloat("bias"), attributes.getFloat("lambd"));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    if (in.tensor(0).dataType().isFloat()) {
      Elementwise.unary(
          in,
          (x, y, start, end) -> {
            for (int i = start; i < end; i++) {
              y[i] = (float) shrink(x[i]);
            }
          },
          this::shrink);
    } else if (in.tensor(0).dataType() == DataType.UINT64) {
      // Negative bits are values beyond 2^63.
      Elementwise.unaryIntegers(
          in, x -> x >= 0 ? (long) shrink((double) x) : lambd < 0x1p63 ? x - (long) bias : 0);
    } else {
      Elementwise.unaryIntegers(in, x -> (long) shrink((double) x));
    }
  }

  private double shrink(double x) {
    return x < -lambd ? x + bias : x > lambd ? x - bias : 0;
  }
}
