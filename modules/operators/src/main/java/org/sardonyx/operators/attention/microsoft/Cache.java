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
   * Returns the rows of before and after them the given ones, [N, heads, rows, size], as [N, heads,
   * filled + rows, size].
   */
  float[] joined(float[] now, int rows) {
    int batch = past.dim(0);
    int heads = past.dim(1);
    int size = past.dim(3);
    int keys = Math.addExact(filled, rows);
    float[] from = past.toFloats();
    float[] all = new float[Tensor.checkedSize(new int[] {batch, heads, keys, size})];
    for (int n = 0; n < batch; n++) {
      for (int h = 0; h < heads; h++) {
        int to = (n * heads + h) * keys * size;
        for (int j = 0; j < filled; j++) {
          int row = ((source(n, j) * heads + h) * past.dim(2) + j) * size;
          System.arraycopy(from, row, all, to + j * size, size);
        }
        int added = rows * size;
        System.arraycopy(now, (n * heads + h) * added, all, to + filled * size, added);
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

  /**
   * Returns the tensor with the given rows, [N, heads, rows, size], put in after those that count.
   */
  Tensor with(float[] now, int rows) {
    if (rows > past.dim(2) - filled) {
      throw new InvalidInput(
          "the past "
              + past
              + " of which "
              + filled
              + " rows count has no room for "
              + rows
              + " more");
    }
    float[] all = past.toFloats().clone();
    int added = rows * past.dim(3);
    for (int head = 0; head < past.dim(0) * past.dim(1); head++) {
      int to = (head * past.dim(2) + filled) * past.dim(3);
      System.arraycopy(now, head * added, all, to, added);
    }
    return Tensor.fromFloats(past.dataType(), all, past.shape());
  }
}
