package org.sardonyx.frameworks.dl4j;

import java.util.Arrays;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.tensor.Tensor;

/** The flat vector of all parameters, which layers take their part of, one after another. */
final class Parameters {

  private final float[] values;
  private int at;

  Parameters(float[] values) {
    this.values = values;
  }

  private float[] next(String what, long count) {
    if (count > values.length - at) {
      throw new MalformedModel(
          what
              + " needs parameters "
              + at
              + " to "
              + (at + count - 1)
              + "; the file has "
              + values.length);
    }
    at += (int) count;
    return Arrays.copyOfRange(values, at - (int) count, at);
  }

  Tensor vector(String what, int size) {
    return Tensor.of(next(what, size), size);
  }

  /** A matrix that is kept column by column. */
  Tensor matrix(String what, int rows, int columns) {
    float[] from = next(what, (long) rows * columns);
    float[] to = new float[from.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        to[i * columns + j] = from[j * rows + i];
      }
    }
    return Tensor.of(to, rows, columns);
  }

  /** A tensor that is kept in the order of C, as those of convolutions and attention. */
  Tensor rowMajor(String what, int... shape) {
    long count = 1;
    for (int dim : shape) {
      count = Math.min(count * dim, Integer.MAX_VALUE);
    }
    return Tensor.of(next(what, count), shape);
  }

  void requireEnd() {
    if (at < values.length) {
      throw new MalformedModel(
          "the layers need " + at + " parameters; the file has " + values.length);
    }
  }
}
