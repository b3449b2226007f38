package org.sardonyx.operators.recurrent;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * The weights of a node, G gates of H units, D directions, I inputs.
 *
 * @param w [D, G*H, I]
 * @param r [D, G*H, H]
 * @param b [D, 2*G*H]: for each direction the biases of W, then those of R
 * @param p [D, 3*H]: peepholes of LSTM
 */
record Weights(Tensor w, Tensor r, @Nullable Tensor b, @Nullable Tensor p) {

  /** Refuses weights that do not fit each other or the attributes. */
  void check(Layer layer, int gates) {
    if (w.rank() != 3 || r.rank() != 3) {
      throw new InvalidInput(
          "W and R must have rank 3, got "
              + Arrays.toString(w.shape())
              + " and "
              + Arrays.toString(r.shape()));
    }
    if (layer.hiddenSize() > Integer.MAX_VALUE / gates
        || hidden() > Integer.MAX_VALUE / (2 * gates)) {
      throw new InvalidInput("hidden_size is too large");
    }
    int hidden = layer.hiddenSize() == 0 ? hidden() : (int) layer.hiddenSize();
    int d = layer.directions();
    String rows = "num_directions, " + (gates == 1 ? "" : gates + "*") + "hidden_size, ";
    Sizes.expect("R", r, rows + "hidden_size", d, gates * hidden, hidden);
    Sizes.expect("W", w, rows + "input_size", d, gates * hidden, input());
    Sizes.expect("B", b, "num_directions, " + 2 * gates + "*hidden_size", d, 2 * gates * hidden);
    Sizes.expect("P", p, "num_directions, 3*hidden_size", d, 3 * hidden);
  }

  DataType type() {
    return w.dataType();
  }

  int hidden() {
    return r.dim(2);
  }

  int input() {
    return w.dim(2);
  }

  /** Packs rows [from, to) of direction {@code d} of a weight matrix, transposed. */
  static PackedMatrix packed(Kernels kernels, Tensor matrix, int d, int from, int to) {
    int columns = matrix.dim(2);
    int start = (d * matrix.dim(1) + from) * columns;
    return kernels.pack(columns, to - from, matrix.toFloats(), start, 1, columns);
  }

  /** Returns W's bias of direction {@code d}, [G*H], with R's bias added where {@code i < sum}. */
  float[] bias(int d, int width, int sum) {
    float[] bias = new float[width];
    if (b != null) {
      float[] values = b.toFloats();
      for (int i = 0; i < width; i++) {
        bias[i] = values[2 * d * width + i];
        if (i < sum) {
          bias[i] += values[(2 * d + 1) * width + i];
        }
      }
    }
    return bias;
  }
}
