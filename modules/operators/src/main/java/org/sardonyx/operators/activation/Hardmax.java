package org.sardonyx.operators.activation;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/**
 * Hardmax: 1 at the first greatest element along an axis (a NaN counts as greatest), 0 elsewhere;
 * before version 13 over all dimensions from the axis on, taken as one.
 */
public record Hardmax(AxisRows rows) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Hardmax")
          .version(1)
          .input("input", "T")
          .output("output", "T")
          .attribute("axis", 1)
          .type("T", Types.FLOATS)
          .version(11)
          .version(13)
          .attribute("axis", -1)
          .type("T", Types.FLOATS_BF16)
          .create(Hardmax::of);

  static Hardmax of(Attributes attributes) {
    return new Hardmax(new AxisRows(attributes.getInt("axis"), attributes.version() < 13));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    rows.run(
        in,
        (x, xOffset, y, yOffset, n, rows) -> {
          for (int i = 0; i < rows; i++) {
            hardmax(x, xOffset + i * n, y, yOffset + i * n, n);
          }
        },
        (x, xOffset, y, yOffset, n) -> {
          int greatest = 0;
          for (int k = 1; k < n; k++) {
            double so = x[xOffset + greatest];
            double v = x[xOffset + k];
            greatest = v > so || (Double.isNaN(v) && !Double.isNaN(so)) ? k : greatest;
          }
          for (int k = 0; k < n; k++) {
            y[yOffset + k] = k == greatest ? 1 : 0;
          }
        });
  }

  private static void hardmax(float[] x, int xOffset, float[] y, int yOffset, int n) {
    int greatest = 0;
    for (int k = 1; k < n; k++) {
      // Ordered as Float.compare does, but for the zeros, which are equal.
      float so = x[xOffset + greatest];
      float v = x[xOffset + k];
      greatest = v > so || (Float.isNaN(v) && !Float.isNaN(so)) ? k : greatest;
    }
    for (int k = 0; k < n; k++) {
      y[yOffset + k] = k == greatest ? 1 : 0;
    }
  }
}
