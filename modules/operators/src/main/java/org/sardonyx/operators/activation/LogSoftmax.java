package org.sardonyx.operators.activation;

import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Unary;
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
          float[] e = new float[n];
          for (int i = 0; i < rows; i++) {
            logSoftmax(kernels, x, xOffset + i * n, e, y, yOffset + i * n, n);
          }
        },
        (x, y, offset, step, length, n) ->
            AxisRows.softmax(kernels, true, x, y, offset, step, length, n),
        LogSoftmax::logSoftmax);
  }

  private static void logSoftmax(
      Kernels kernels, float[] x, int xOffset, float[] e, float[] y, int yOffset, int n) {
    float max = kernels.max(x, xOffset, n);
    kernels.binaryRight(Binary.SUB, x, xOffset, max, y, yOffset, n);
    kernels.unary(Unary.EXP, y, yOffset, e, 0, n);
    float log = (float) StrictMath.log(kernels.sum(e, 0, n));
    kernels.binaryRight(Binary.SUB, y, yOffset, log, y, yOffset, n);
  }

  private static void logSoftmax(double[] x, int xOffset, double[] y, int yOffset, int n) {
    double max = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < n; k++) {
      max = Math.max(max, x[xOffset + k]);
    }
    double sum = 0;
    for (int k = 0; k < n; k++) {
      sum += StrictMath.exp(x[xOffset + k] - max);
    }
    double log = StrictMath.log(sum);
    for (int k = 0; k < n; k++) {
      y[yOffset + k] = x[xOffset + k] - max - log;
    }
  }
}
