package org.sardonyx.graph;

import org.sardonyx.tensor.SparseTensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;

/**
 * A sparse constant of a model.
 *
 * @param values [NNZ]; its name is the name of the constant
 * @param indices int64 [NNZ] or [NNZ, rank]
 * @param shape the shape of the dense tensor
 * @param extra what the file said beyond this
 */
public record SparseTensorData(TensorData values, TensorData indices, Shape shape, Extra extra) {

  public String name() {
    return values.name();
  }

  public SparseTensor load() {
    return new SparseTensor(values.load(), indices.load(), shape);
  }
}
