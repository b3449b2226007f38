package org.sardonyx.operators.microsoft;

import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.EvenRows;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** {@code f(x + bias)}, the bias as long as the last dimension of x. */
final class GeluFunctions {

  private GeluFunctions() {}

  /** Computes output 0 of input 0 and, where it is not null, a bias. */
  static void run(Invocation in, @Nullable Tensor bias, Unary f, DoubleUnaryOperator inDouble) {
    if (bias == null) {
      Elementwise.unary(in, f, inDouble);
      return;
    }
    Tensor x = in.tensor(0);
    if (x.rank() == 0 || !bias.hasShape(x.dim(-1))) {
      throw new InvalidInput("bias " + bias + " does not fit the last dimension of " + x);
    }
    int width = bias.size();
    if (x.dataType() == DataType.DOUBLE) {
      double[] y = in.output(0, DataType.DOUBLE, x.shape()).doubles();
      for (int i = 0; i < y.length; i++) {
        y[i] = inDouble.applyAsDouble(x.doubles()[i] + bias.doubles()[i % width]);
      }
      return;
    }
    float[] from = x.toFloats();
    float[] biases = bias.toFloats();
    boolean whole = x.dataType() == DataType.FLOAT;
    float[] y = whole ? in.outputLike(0, DataType.FLOAT, x).floats() : new float[from.length];
    Kernels kernels = in.kernels();
    int rows = width == 0 ? 0 : y.length / width;
    int most = Math.max(1, EvenRows.PIECE / Math.max(1, width));
    for (int r = 0, n; r < rows; r += n) {
      n = Math.min(most, rows - r);
      int at = r * width;
      in.checkpoint(8L * n * width);
      kernels.binary(Binary.ADD, n, width, from, at, width, 1, biases, 0, 0, 1, y, at);
      kernels.unary(f, y, at, y, at, n * width);
    }
    if (!whole) {
      in.set(0, Tensor.fromFloats(x.dataType(), y, x.shape()));
    }
  }
}
