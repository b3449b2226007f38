package org.sardonyx.operators.activation;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/**
 * SwiGLU: {@code a * sigmoid(alpha * a) * b} of two inputs of one shape.
 *
 * @param alpha the factor within the sigmoid
 */
public record SwiGLU(float alpha) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("SwiGLU")
          .version(28)
          .input("A", "T")
          .input("B", "T")
          .output("Y", "T")
          .attribute("alpha", 1.0f)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(attributes -> new SwiGLU(attributes.getFloat("alpha")));

  @Override
  public void infer(Inference in) {
    Shape a = in.shape(0);
    in.shape(0, a.isKnown() || !in.shape(1).hasRank() ? a : in.shape(1));
  }

  @Override
  public void run(Invocation in) {
    Tensor a = in.tensor(0);
    Tensor b = in.tensor(1);
    if (!a.sameShape(b)) {
      throw new OperatorFailed("SwiGLU needs two inputs of one shape, got " + a + " and " + b);
    }
    Kernels kernels = in.kernels();
    Tensor y = in.output(0, a.dataType(), a.shape());
    int n = a.size();
    if (a.dataType() == DataType.DOUBLE) {
      double[] to = y.doubles();
      for (int i = 0; i < n; i++) {
        to[i] = Swish.swish(a.doubles()[i], alpha) * b.doubles()[i];
      }
      return;
    }
    float[] to = a.dataType() == DataType.FLOAT ? y.floats() : new float[n];
    Swish.swish(kernels, alpha, a.toFloats(), to, 0, n);
    kernels.binary(Binary.MUL, to, 0, b.toFloats(), 0, to, 0, n);
    if (a.dataType() != DataType.FLOAT) {
      Elementwise.round(in, to, y);
    }
  }
}
