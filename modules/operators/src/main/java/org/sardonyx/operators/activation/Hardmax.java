package org.sardonyx.operators.activation;

import java.util.Arrays;
import org.sardonyx.kernels.Kernels;
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
    Kernels kernels = in.kernels();
    rows.run(
        in,
        (x, xOffset, y, yOffset, n, rows) -> {
          for (int i = 0; i < rows && n > 0; i++) {
            int at = xOffset + i * n;
            int greatest = Elementwise.indexOf(kernels.max(x, at, n), x, at, n);
            Arrays.fill(y, yOffset + i * n, yOffset + (i + 1) * n, 0);
            y[yOffset + i * n + greatest] = 1;
          }
        },
        null,
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
}
