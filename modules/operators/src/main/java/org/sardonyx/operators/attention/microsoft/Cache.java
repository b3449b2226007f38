package org.sardonyx.operators.attention.microsoft;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.tensor.Tensor;

/**
 * Keys or values of before, [N, heads, M, size], of which the first {@code filled} rows count.
 *
 * @param past the tensor
 * @param filled how many rows count
 * @param beams [N / width, width, M] or null: from which of the {@code width} neighbouring rows of
 *     the batch each row of the past is to be taken
 * @param width how many rows of the batch belong together
 */
record Cache(Tensor past, int filled, @Nullable Tensor beams, int width) {

  Cache {
    if (filled < 0 || filled > past.dim(2)) {
      throw new InvalidInput(
          "past_sequence_length " + filled + " does not lie in [0, " + past.dim(2) + "]");
    }
    if (beams != null
        && (width < 1
            || past.dim(0) % width != 0
            || !beams.hasShape(past.dim(0) / width, width, past.dim(2)))) {
      throw new InvalidInput(
          "cache_indirection " + beams + " does not fit beam_width " + width + " and past " + past);
    }
  }

  /**
   * Returns the rows of before and after them one row for each head: [N, heads, filled + 1, size].
   */
  float[] joined(float[] now) {
    int batch = past.dim(0);
    int heads = past.dim(1);
    int size = past.dim(3);
    float[] from = past.toFloats();
    float[] all = new float[Tensor.checkedSize(new int[] {batch, heads, filled + 1, size})];
    for (int n = 0; n < batch; n++) {
      for (int h = 0; h < heads; h++) {
        int to = (n * heads + h) * (filled + 1) * size;
        for (int j = 0; j < filled; j++) {
          int row = ((source(n, j) * heads + h) * past.dim(2) + j) * size;
          System.arraycopy(from, row, all, to + j * size, size);
        }
        System.arraycopy(now, (n * heads + h) * size, all, to + filled * size, size);
      }
    }
    return all;
  }

  private int source(int n, int j) {
    if (beams == null) {
      return n;
    }
    int beam = beams.ints()[n * past.dim(2) + j];
    if (beam < 0 || beam >= width) {
      throw new InvalidInput("cache_indirection must lie in [0, " + (width - 1) + "]");
    }
    return n / width * width + beam;
  }

  /** Returns the tensor with one row for each head put in after those that count. */
  Tensor with(float[] now) {
    if (filled == past.dim(2)) {
      throw new InvalidInput("the past " + past + " has no room for one row more");
    }
    float[] all = past.toFloats().clone();
    int size = past.dim(3);
    for (int row = 0; row < past.dim(0) * past.dim(1); row++) {
      System.arraycopy(now, row * size, all, (row * past.dim(2) + filled) * size, size);
    }
    return Tensor.fromFloats(past.dataType(), all, past.shape());
  }
}
