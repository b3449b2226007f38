package org.sardonyx.tensor;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * A tensor most of whose elements are zero, in coordinate form.
 *
 * @param values [NNZ] the elements that are given
 * @param indices int64 [NNZ] linear, or [NNZ, rank] by coordinate
 * @param shape the shape of the dense tensor
 */
public record SparseTensor(Tensor values, Tensor indices, Shape shape) implements Value {
  @Override
  public Type type() {
    return new Type.OfSparseTensor(values.dataType(), shape);
  }

  /**
   * Returns the dense tensor, in which what is not given is zero.
   *
   * @throws InvalidModel where an index is out of range or the shape is not known
   */
  public Tensor toDense() {
    if (!shape.isKnown()) {
      throw new InvalidModel("a sparse tensor of shape " + shape);
    }
    long[] sizes = shape.sizes();
    int[] dims = new int[sizes.length];
    for (int i = 0; i < dims.length; i++) {
      if (sizes[i] < 0 || sizes[i] > Integer.MAX_VALUE) {
        throw new InvalidModel("a sparse tensor of shape " + shape);
      }
      dims[i] = (int) sizes[i];
    }
    int count = values.size();
    boolean linear = indices.rank() == 1;
    if (indices.dataType() != DataType.INT64
        || indices.size() != (linear ? count : (long) count * dims.length)) {
      throw new InvalidModel(
          "a sparse tensor of shape " + shape + " with values " + values + " at " + indices);
    }
    Tensor dense = Tensor.zeros(values.dataType(), dims);
    for (int i = 0; i < count; i++) {
      long at = linear ? indices.longs()[i] : at(i, dims);
      if (at < 0 || at >= dense.size()) {
        throw new InvalidModel(
            "an index of a sparse tensor of shape " + shape + " is out of range");
      }
      copy(i, dense, (int) at);
    }
    return dense;
  }

  private long at(int element, int[] dims) {
    long at = 0;
    for (int axis = 0; axis < dims.length; axis++) {
      long index = indices.longs()[element * dims.length + axis];
      if (index < 0 || index >= dims[axis]) {
        return -1;
      }
      at = at * dims[axis] + index;
    }
    return at;
  }

  private void copy(int from, Tensor dense, int to) {
    DataType type = values.dataType();
    if (type.isPacked()) {
      dense.setPacked(to, values.packed(from));
    } else if (type.kind() == DataType.Kind.COMPLEX) {
      System.arraycopy(values.array(), 2 * from, dense.array(), 2 * to, 2);
    } else {
      System.arraycopy(values.array(), from, dense.array(), to, 1);
    }
  }
}
