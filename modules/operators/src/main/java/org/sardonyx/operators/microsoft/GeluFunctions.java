package org.sardonyx.operators.microsoft;

import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** {@code f(x + bias)}, the bias as long as the last dimension of x. */
final class GeluFunctions {

  private GeluFunctions() {}

  /** Computes output 0 of input 0 and, where it is not null, a bias. */
  static void run(Invocation in, @Nullable Tensor bias, Unary f, DoubleUnaryOperator inDouble) {
    Tensor x = in.tensor(0);
    if (bias != null && (x.rank() == 0 || !bias.hasShape(x.dim(-1)))) {
      throw new InvalidInput("bias " + bias + " does not fit the last dimension of " + x);
    }
    int width = bias == null ? 1 : bias.size();
    if (x.dataType() == DataType.DOUBLE) {
      double[] y = in.output(0, DataType.DOUBLE, x.shape()).doubles();
      for (int i = 0; i < y.length; i++) {
        double added = bias == null ? 0 : bias.doubles()[i % width];
        y[i] = inDouble.applyAsDouble(x.doubles()[i] + added);
      }
      return;
    }
    float[] from = x.toFloats();
    float[] y = new float[from.length];
    if (bias == null) {
      in.kernels().unary(f, from, 0, y, 0, y.length);
    } else {
      float[] biases = bias.toFloats();
      for (int i = 0; i < y.length; i += width) {
        for (int j = 0; j < width; j++) {
          y[i + j] = from[i + j] + biases[j];
        }
        in.kernels().unary(f, y, i, y, i, width);
      }
    }
    in.set(0, Tensor.fromFloats(x.dataType(), y, x.shape()));
  }
}
