package org.sardonyx.tensor;

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
}
