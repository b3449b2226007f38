package org.sardonyx.operators.activation;

import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/**
 * Softmax: {@code exp(x - max(x)) / sum(exp(x - max(x)))} along an axis; before version 13 over all
 * dimensions from the axis on, taken as one.
 */
public record Softmax(AxisRows rows) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Softmax")
          .version(1)
          .input("input", "T")
          .output("output", "T")
          .attribute("axis", 1)
          .type("T", Types.FLOATS)
          .version(11)
          .version(13)
          .attribute("axis", -1)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(Softmax::of);

  static Softmax of(Attributes attributes) {
    return new Softmax(new AxisRows(attributes.getInt("axis"), attributes.version() < 13));
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
        kernels::softmax,
        (x, y, offset, step, length, n) ->
            AxisRows.softmax(kernels, false, x, y, offset, step, length, n),
        Softmax::softmax);
  }

  private static void softmax(double[] x, int xOffset, double[] y, int yOffset, int n) {
    double max = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < n; k++) {
      max = Math.max(max, x[xOffset + k]);
    }
    double sum = 0;
    for (int k = 0; k < n; k++) {
      double e = Math.exp(x[xOffset + k] - max);
      y[yOffset + k] = e;
      sum += e;
    }
    for (int k = 0; k < n; k++) {
      y[yOffset + k] /= sum;
    }
  }
}
