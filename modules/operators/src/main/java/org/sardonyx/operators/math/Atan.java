package org.sardonyx.operators.math;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Atan: {@code atan(x)}. */
public record Atan() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Atan")
          .version(7)
          .input("input", "T")
          .output("output", "T")
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Atan::of);

  static Atan of(Attributes attributes) {
    return new Atan();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    Elementwise.unary(in, Elementwise.blocks(Atan::floats), StrictMath::atan);
  }

  /** Beyond 1 what is left of a right angle, k being 1: no branch, which C2 makes no vectors of. */
  private static void floats(float[] x, float[] y, int start, int n) {
    for (int i = start; i < n; i++) {
      double a = Math.abs((double) x[i]);
      double k = Math.floor(Math.min(a, 1.5));
      double t = Math.min(a, 1) / Math.max(a, 1);
      double s = t * t;
      // (atan(t) / t - 1) / t^2, within 4e-10.
      double p =
          0.0383274460081 + s * (-0.0192610813399 + s * (0.00620725454011 - s * 9.36299472901e-4));
      p = -0.0903674234246 + s * (0.0741749696549 + s * (-0.0576071608532 + s * p));
      p = -0.142853179639 + s * (0.111047067887 + s * p);
      p = -0.333333332933 + s * (0.199999902759 + s * p);
      y[i] = (float) (Math.signum(x[i]) * (k * (Math.PI / 2) + (1 - 2 * k) * (t + t * s * p)));
    }
  }
}
