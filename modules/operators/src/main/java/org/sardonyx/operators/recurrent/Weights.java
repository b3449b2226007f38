package org.sardonyx.operators.recurrent;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.Packing;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * The weights of a node, G gates of H units, D directions, I inputs.
 *
 * @param w [D, G*H, I]
 * @param r [D, G*H, H]
 * @param b [D, 2*G*H]: for each direction the biases of W, then those of R
 * @param p [D, 3*H]: peepholes of LSTM
 * @param parts into how many parts the units go, each of which a thread takes a step on. What is
 *     made of the weights has the gates of one part after those of the other
 */
record Weights(Tensor w, Tensor r, @Nullable Tensor b, @Nullable Tensor p, int parts) {

  /** Units of which a part has a multiple, all but the last. */
  private static final int BLOCK = 16;

  /** The least units that are worth a part. */
  private static final int FEW = 64;

  Weights(Tensor w, Tensor r, @Nullable Tensor b, @Nullable Tensor p) {
    this(w, r, b, p, 1);
  }

  /** Returns the weights with their units in parts for so many threads. */
  Weights forThreads(int threads) {
    return new Weights(w, r, b, p, Math.max(1, Math.min(threads, hidden() / FEW)));
  }

  /** Returns the first unit of a part; H for the part behind the last. */
  private int first(int part) {
    return part == parts ? hidden() : (int) ((long) hidden() * part / parts) / BLOCK * BLOCK;
  }

  /** Returns the first unit of each part, and H. */
  int[] firsts() {
    return IntStream.rangeClosed(0, parts).map(this::first).toArray();
  }

  /** Returns which row of W or R is at {@code i} where gates go part by part, from one on. */
  private int row(int gates, int turn, int i) {
    int part = 0;
    while (i >= gates * first(part + 1)) {
      part++;
    }
    int units = first(part + 1) - first(part);
    int inside = i - gates * first(part);
    return (inside / units + turn) % gates * hidden() + first(part) + inside % units;
  }

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

  /** Packs rows [from, to) of W of direction {@code d}, transposed, from gate {@code turn} on. */
  PackedMatrix packedW(Packing packing, int d, int turn, int from, int to) {
    return packed(packing, w, d, turn, from, to);
  }

  /** Packs rows [from, to) of R of direction {@code d}, transposed. */
  PackedMatrix packedR(Packing packing, int d, int from, int to) {
    return packed(packing, r, d, 0, from, to);
  }

  private PackedMatrix packed(Packing packing, Tensor matrix, int d, int turn, int from, int to) {
    int rows = matrix.dim(1);
    int columns = matrix.dim(2);
    int start = (d * rows + from) * columns;
    float[] values = matrix.toFloats();
    if (parts > 1 || turn > 0) {
      float[] ordered = new float[(to - from) * columns];
      for (int i = from; i < to; i++) {
        int at = (d * rows + row(rows / hidden(), turn, i)) * columns;
        System.arraycopy(values, at, ordered, (i - from) * columns, columns);
      }
      values = ordered;
      start = 0;
    }
    return packing.pack(columns, to - from, values, start, 1, columns);
  }

  /**
   * Returns W's bias of direction {@code d}, [G*H], from gate {@code turn} on, with R's bias added
   * to those below sum.
   */
  float[] bias(int d, int turn, int width, int sum) {
    float[] bias = new float[width];
    if (b != null) {
      float[] values = b.toFloats();
      for (int i = 0; i < width; i++) {
        int row = row(width / hidden(), turn, i);
        bias[i] = values[2 * d * width + row];
        if (row < sum) {
          bias[i] += values[(2 * d + 1) * width + row];
        }
      }
    }
    return bias;
  }
}
