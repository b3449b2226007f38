package org.sardonyx.conformance.detail;

import java.util.stream.IntStream;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Parts of tensors along an axis. */
public final class Slices {

  private Slices() {}

  /** Returns the slice at one index, without the axis. */
  public static Tensor at(Tensor tensor, int axis, int index) {
    Tensor slice = range(tensor, axis, index, index + 1);
    int[] shape =
        IntStream.range(0, tensor.rank()).filter(i -> i != axis).map(tensor::dim).toArray();
    return slice.reshaped(shape);
  }

  /** Returns the slices of a range of indices. */
  public static Tensor range(Tensor tensor, int axis, int from, int to) {
    int[] shape = tensor.shape().clone();
    shape[axis] = to - from;
    Tensor result = Tensor.zeros(tensor.dataType(), shape);
    int inner = 1;
    for (int i = axis + 1; i < tensor.rank(); i++) {
      inner *= tensor.dim(i);
    }
    int length = (to - from) * inner;
    for (int i = 0; i < result.size(); i++) {
      int outer = length == 0 ? 0 : i / length;
      copy(tensor, (outer * tensor.dim(axis) + from) * inner + i % length, result, i);
    }
    return result;
  }

  private static void copy(Tensor from, int i, Tensor to, int k) {
    DataType type = from.dataType();
    switch (from.array()) {
      case float[] a when type == DataType.FLOAT -> to.floats()[k] = a[i];
      case double[] a when type == DataType.DOUBLE -> to.doubles()[k] = a[i];
      case String[] a -> to.strings()[k] = a[i];
      case short[] a -> to.shorts()[k] = a[i];
      default -> {
        if (type.kind() == DataType.Kind.COMPLEX) {
          throw new IllegalArgumentException("no slices of " + type.specName());
        }
        if (type.isFloat()) {
          to.setDouble(k, from.getDouble(i));
        } else {
          to.setLong(k, from.getLong(i));
        }
      }
    }
  }
}
