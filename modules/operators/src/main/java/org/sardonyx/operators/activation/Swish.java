package org.sardonyx.operators.activation;

import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.ScalarMath;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/**
 * Swish: {@code x * sigmoid(alpha * x)}; 0 where the sigmoid is.
 *
 * @param alpha the factor within the sigmoid
 */
public record Swish(float alpha) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Swish")
          .version(24)
          .input("X", "T")
          .output("Y", "T")
          .attribute("alpha", 1.0f)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(attributes -> new Swish(attributes.getFloat("alpha")));

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    Kernels kernels = in.kernels();
    Elementwise.unary(
        in, (x, y, start, end) -> swish(kernels, alpha, x, y, start, end), x -> swish(x, alpha));
  }

  static double swish(double x, double alpha) {
    double s = ScalarMath.sigmoid(alpha * x);
    return s == 0 ? Math.copySign(0, x) : x * s;
  }

  static void swish(Kernels kernels, float alpha, float[] x, float[] y, int start, int end) {
    if (alpha == 1) {
      kernels.unary(Unary.SILU, x, start, y, start, end - start);
      return;
    }
    float[] sigmoid = new float[end - start];
    kernels.binaryRight(Binary.MUL, x, start, alpha, sigmoid, 0, sigmoid.length);
    kernels.unary(Unary.SIGMOID, sigmoid, 0, sigmoid, 0, sigmoid.length);
    for (int i = start; i < end; i++) {
      float s = sigmoid[i - start];
      y[i] = s == 0 ? Math.copySign(0, x[i]) : x[i] * s;
    }
  }
}
