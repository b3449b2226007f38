package org.sardonyx.operators.indexing;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Axes;
import org.sardonyx.tensor.Tensor;

/** Indices as tensors give them, negative ones counted from the end. */
final class Indices {

  private Indices() {}

  /**
   * Returns the elements of an integer tensor as indices into a dimension.
   *
   * @throws OperatorFailed where one is not in [-size, size - 1]
   */
  static int[] of(Tensor indices, int size) {
    int[] result = new int[indices.size()];
    long[] values = indices.toLongs();
    long wrong = 0;
    for (int i = 0; i < result.length; i++) {
      long index = values[i] + ((values[i] >> (Long.SIZE - 1)) & size);
      result[i] = (int) index;
      // Negative where it, or what is left to the last, is.
      wrong |= index | (size - 1 - index);
    }
    for (int i = 0; i < result.length && wrong < 0; i++) {
      normalize(values[i], size);
    }
    return result;
  }

  static int normalize(long index, int size) {
    long result = index < 0 ? index + size : index;
    if (result < 0 || result >= size) {
      throw new OperatorFailed("index " + index + " is out of range for a dimension of " + size);
    }
    return (int) result;
  }

  /**
   * Returns, for every element of {@code indices}, the offset in a tensor of shape {@code data} of
   * the element that has the same coordinates but along {@code axis} the index that the element
   * holds.
   */
  static int[] offsets(Tensor indices, int[] data, int axis) {
    int[] result = of(indices, data[axis]);
    int[] shape = indices.shape();
    int[] strides = Axes.strides(data);
    int rank = shape.length;
    int along = strides[axis];
    int last = rank - 1;
    int step = axis == last ? 0 : strides[last];
    int[] index = new int[rank];
    int base = 0;
    for (int i = 0; i < result.length; i += shape[last]) {
      place(result, i, shape[last], base, step, along);
      for (int d = last - 1; d >= 0; d--) {
        int stride = d == axis ? 0 : strides[d];
        base += stride;
        if (++index[d] < shape[d]) {
          break;
        }
        base -= shape[d] * stride;
        index[d] = 0;
      }
    }
    return result;
  }

  private static void place(int[] indices, int start, int n, int base, int step, int along) {
    for (int i = 0; i < n; i++) {
      indices[start + i] = base + i * step + indices[start + i] * along;
    }
  }

  /** Refuses indices whose shape reaches beyond {@code data} elsewhere than along {@code axis}. */
  static void check(Tensor indices, Tensor data, int axis) {
    boolean fits = indices.rank() == data.rank();
    for (int i = 0; fits && i < data.rank(); i++) {
      fits = i == axis || indices.dim(i) <= data.dim(i);
    }
    if (!fits) {
      throw new OperatorFailed(
          "indices " + indices + " reach beyond " + data + " outside of axis " + axis);
    }
  }

  /** Refuses indices that do not fit {@code data}, and updates that do not fit the indices. */
  static void check(Tensor indices, Tensor updates, Tensor data, int axis) {
    check(indices, data, axis);
    if (!updates.sameShape(indices)) {
      throw new OperatorFailed("updates " + updates + " for indices " + indices);
    }
  }

  /**
   * Returns, for every tuple in the last dimension of {@code indices}, the offset of the slice of
   * {@code data} it names; the first {@code batches} dimensions are common to both.
   */
  static int[] tuples(Tensor indices, Tensor data, int batches) {
    int rank = indices.rank();
    int depth = rank == 0 ? 0 : indices.dim(-1);
    boolean fits = rank > batches && batches + depth <= data.rank() && depth > 0;
    for (int i = 0; fits && i < batches; i++) {
      fits = indices.dim(i) == data.dim(i);
    }
    if (!fits) {
      throw new OperatorFailed("indices " + indices + " do not fit " + data);
    }
    int[] strides = Axes.strides(data.shape());
    int outer = Axes.product(indices.shape(), 0, batches);
    int batch = Axes.product(data.shape(), batches, data.rank());
    int[] result = new int[indices.size() / depth];
    long[] values = indices.toLongs();
    int each = outer == 0 ? 0 : result.length / outer;
    for (int i = 0; i < result.length; i++) {
      int offset = i / each * batch;
      for (int k = 0; k < depth; k++) {
        offset += normalize(values[i * depth + k], data.dim(batches + k)) * strides[batches + k];
      }
      result[i] = offset;
    }
    return result;
  }
}
