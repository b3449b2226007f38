package org.sardonyx.operators.microsoft;

import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.ScalarMath;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.EvenRows;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * QuickGelu: {@code x sigmoid(alpha x)}; 0 at minus infinity.
 *
 * @param alpha the factor inside
 */
public record QuickGelu(float alpha) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("QuickGelu")
          .input("X", "T")
          .output("Y", "T")
          .attribute("alpha", 1.702f)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(QuickGelu::of);

  static QuickGelu of(Attributes attributes) {
    return new QuickGelu(attributes.getFloat("alpha"));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.dataType() == DataType.DOUBLE) {
      double[] y = in.output(0, DataType.DOUBLE, x.shape()).doubles();
      for (int i = 0; i < y.length; i++) {
        double v = x.doubles()[i];
        y[i] = v == Double.NEGATIVE_INFINITY ? -0.0 : v * ScalarMath.sigmoid(alpha * v);
      }
      return;
    }
    float[] from = x.toFloats();
    boolean whole = x.dataType() == DataType.FLOAT;
    float[] y = whole ? in.outputLike(0, DataType.FLOAT, x).floats() : new float[from.length];
    Kernels kernels = in.kernels();
    Elementwise.pieces(
        in,
        y.length,
        (start, end) -> {
          for (int i = start, n; i < end; i += n) {
            n = Math.min(EvenRows.PIECE, end - i);
            kernels.binaryRight(Binary.MUL, from, i, alpha, y, i, n);
            kernels.unary(Unary.SIGMOID, y, i, y, i, n);
            kernels.binary(Binary.MUL, from, i, y, i, y, i, n);
            boolean far = kernels.min(from, i, n) < -Float.MAX_VALUE;
            for (int j = i; j < i + n && far; j++) {
              y[j] = from[j] == Float.NEGATIVE_INFINITY ? -0f : y[j];
            }
          }
        });
    if (!whole) {
      in.set(0, Tensor.fromFloats(x.dataType(), y, x.shape()));
    }
  }
}
