package org.sardonyx.operators.indexing;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Axes;
import org.sardonyx.tensor.Tensor;

/** Indices as tensors give them, negative ones counted from the end. */
final class Indices {

  /** Indices that are looked at together. */
  private static final int PIECE = 1024;

  private Indices() {}

  /**
   * Returns the elements of an integer tensor as indices into a dimension.
   *
   * @throws OperatorFailed where one is not in [-size, size - 1]
   */
  static int[] of(Tensor indices, int size) {
    int[] result = new int[indices.size()];
    long[] values = indices.toLongs();
    normalize(values, size, result, result.length);
    return result;
  }

  private static void normalize(long[] values, int size, int[] to, int n) {
    long wrong = 0;
    for (int i = 0; i < n; i++) {
      long index = values[i] + ((values[i] >> (Long.SIZE - 1)) & size);
      to[i] = (int) index;
      // Negative where it, or what is left to the last, is.
      wrong |= index | (size - 1 - index);
    }
    for (int i = 0; i < n && wrong < 0; i++) {
      normalize(values[i], size);
    }
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
    int[] result = new int[indices.size()];
    rows(
        indices,
        data,
        axis,
        (map, m, start, n, base) -> {
          for (int i = 0; i < n; i++) {
            result[start + i] = base + map[m + i];
          }
        });
    return result;
  }

  /** What is done with n elements of the indices that lie side by side along the last axis. */
  interface Row {
    /**
     * Element i belongs to the one at {@code base + map[m + i]}.
     *
     * @param start where they begin
     */
    void run(int[] map, int m, int start, int n, int base);
  }

  /** Runs f for all elements of {@code indices}, of a tensor of shape {@code data}. */
  static void rows(Tensor indices, int[] data, int axis, Row f) {
    int[] shape = indices.shape();
    int[] strides = Axes.strides(data);
    int rank = shape.length;
    int last = rank - 1;
    int step = axis == last ? 0 : strides[last];
    int[] index = new int[rank];
    int size = indices.size();
    long[] values = new long[Math.min(PIECE, size)];
    int[] map = new int[values.length];
    int begin = 0;
    int end = 0;
    int base = 0;
    for (int i = 0; i < size; i += shape[last]) {
      for (int j = 0, n; j < shape[last]; j += n) {
        if (i + j == end) {
          begin = end;
          end += Math.min(map.length, size - end);
          indices.getLongs(begin, end - begin, values, 0);
          normalize(values, data[axis], map, end - begin);
        }
        n = Math.min(shape[last] - j, end - i - j);
        int m = i + j - begin;
        if (axis < last) {
          place(map, m, n, step, strides[axis]);
        }
        f.run(map, m, i + j, n, base + j * step);
      }
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
  }

  private static void place(int[] map, int m, int n, int step, int along) {
    for (int i = 0; i < n; i++) {
      map[m + i] = i * step + map[m + i] * along;
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
