package org.sardonyx.operators.math;

import java.util.function.DoubleUnaryOperator;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Sin: {@code sin(x)}. */
public record Sin() implements Operator {

  /** Multiples of the first two parts of pi are exact below, which needs 21 bits beside 29. */
  private static final float FAR = 0x1p21f;

  private static final double PI_HIGH = 3.141592651605606;
  private static final double PI_MIDDLE = 1.9841871548575973e-09;
  private static final double PI_LOW = 4.503483548312435e-18;

  public static final OperatorDef DEF =
      OperatorDef.named("Sin")
          .version(7)
          .input("input", "T")
          .output("output", "T")
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Sin::of);

  static Sin of(Attributes attributes) {
    return new Sin();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    run(in, 0, Math::sin);
  }

  /**
   * Computes {@code sin(x + phase * pi)}.
   *
   * @param phase 0 or a half
   * @param doubles the same, of any number
   */
  static void run(Invocation in, double phase, DoubleUnaryOperator doubles) {
    Kernels kernels = in.kernels();
    Elementwise.unary(
        in,
        Elementwise.blocks((x, y, _, n) -> {
          if (kernels.max(x, 0, n) < FAR && kernels.min(x, 0, n) > -FAR) {
            near(phase, x, y, n);
          } else {
            for (int i = 0; i < n; i++) {
              y[i] = (float) doubles.applyAsDouble(x[i]);
            }
          }
        }),
        doubles);
  }

  /**
   * The Taylor series of what is left without multiples of pi, whose sign is by whether k is odd.
   */
  private static void near(double phase, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      double v = x[i];
      double k = Math.rint(v * (1 / Math.PI) + phase) + 0.0; // not -0, which would take that of v
      double m = k - phase;
      double r = v - m * PI_HIGH - m * PI_MIDDLE - m * PI_LOW;
      double s = r * r;
      double p = -1 / 39916800.0 + s * (1 / 6227020800.0);
      p = 1 / 120.0 + s * (-1 / 5040.0 + s * (1 / 362880.0 + s * p));
      double sign = 1 - 2 * (k - 2 * Math.floor(0.5 * k));
      y[i] = (float) (sign * (r * (1 + s * (-1 / 6.0 + s * p))));
    }
  }
}
