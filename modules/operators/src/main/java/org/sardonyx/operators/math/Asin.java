package org.sardonyx.operators.math;

import java.util.function.DoubleUnaryOperator;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Asin: {@code asin(x)}. */
public record Asin() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Asin")
          .version(7)
          .input("input", "T")
          .output("output", "T")
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Asin::of);

  static Asin of(Attributes attributes) {
    return new Asin();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    run(in, -0.0, 1, StrictMath::asin);
  }

  /**
   * Computes {@code base + sign * asin(x)}.
   *
   * @param doubles the same in double
   */
  static void run(Invocation in, double base, double sign, DoubleUnaryOperator doubles) {
    Elementwise.unary(in, Elementwise.blocks((x, y, _, n) -> floats(base, sign, x, y, n)), doubles);
  }

  /**
   * From a half on, k being 1, a right angle without twice that of sqrt((1 - x) / 2). Beyond 1 that
   * is the root of a negative number.
   */
  private static void floats(double base, double sign, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      double a = Math.abs((double) x[i]);
      double k = Math.rint(a);
      double s = k * (0.5 - 0.5 * a) + (1 - k) * a * a;
      double t = Math.sqrt(s);
      // (asin(t) / t - 1) / t^2 for t^2 up to 1/4, within 3e-10.
      double p = 0.0236118169548 + s * (0.0105744157198 + s * 0.0309745400846);
      p = 0.0446476638878 + s * (0.0302691387353 + s * p);
      p = 0.166666666861 + s * (0.074999924044 + s * p);
      double angle = k * (Math.PI / 2) + (1 - 3 * k) * (t + t * s * p);
      y[i] = (float) (base + sign * Math.signum(x[i]) * angle);
    }
  }
}
