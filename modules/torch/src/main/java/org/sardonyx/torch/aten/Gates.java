package org.sardonyx.torch.aten;

import java.util.List;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;

/**
 * Weights of recurrent layers in ONNX's order of gates, for each direction; put in order when they
 * are loaded.
 *
 * @param name the name
 * @param parts the weights to join: of each direction one, or two biases
 * @param order which block of PyTorch's comes at each place
 * @param shape of the result
 */
record Gates(String name, List<TensorData> parts, int[] order, Shape shape) implements TensorData {

  @Override
  public DataType dataType() {
    return parts.getFirst().dataType();
  }

  @Override
  public TensorData named(String newName) {
    return new Gates(newName, parts, order, shape);
  }

  @Override
  public Tensor load() {
    long[] sizes = shape.sizes();
    int[] dims = new int[sizes.length];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = Math.toIntExact(sizes[i]);
    }
    Tensor result = Tensor.zeros(dataType(), dims);
    int at = 0;
    for (TensorData part : parts) {
      Tensor from = part.load();
      int block = from.size() / order.length;
      for (int gate : order) {
        System.arraycopy(from.array(), gate * block, result.array(), at, block);
        at += block;
      }
    }
    return result;
  }

  /** By identity: two with the same parts are not compared. */
  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
