package org.sardonyx.operators.activation;

import java.util.Arrays;
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
 * LogSoftmax: {@code x - max(x) - log(sum(exp(x - max(x))))} along an axis; before version 13 over
 * all dimensions from the axis on, taken as one.
 */
public record LogSoftmax(AxisRows rows) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("LogSoftmax")
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
          .create(LogSoftmax::of);

  static LogSoftmax of(Attributes attributes) {
    return new LogSoftmax(new AxisRows(attributes.getInt("axis"), attributes.version() < 13));
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
          float[] from = x == y ? Arrays.copyOfRange(x, xOffset, xOffset + n * rows) : x;
          kernels.logSoftmax(from, x == y ? 0 : xOffset, y, yOffset, n, rows);
        },
        (x, y, offset, step, length, n) ->
            AxisRows.softmax(kernels, true, x, y, offset, step, length, n),
        LogSoftmax::logSoftmax);
  }

  private static void logSoftmax(double[] x, int xOffset, double[] y, int yOffset, int n) {
    double max = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < n; k++) {
      max = Math.max(max, x[xOffset + k]);
    }
    double sum = 0;
    for (int k = 0; k < n; k++) {
      sum += Math.exp(x[xOffset + k] - max);
    }
    double log = Math.log(sum);
    for (int k = 0; k < n; k++) {
      y[yOffset + k] = x[xOffset + k] - max - log;
    }
  }
}
