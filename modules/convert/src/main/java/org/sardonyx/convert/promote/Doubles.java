package org.sardonyx.convert.promote;

import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** What becomes of types and constants when floats become double. */
final class Doubles {

  private Doubles() {}

  /** Whether elements of this type become double: float, float16, bfloat16. */
  static boolean promotes(DataType type) {
    return type == DataType.FLOAT || type == DataType.FLOAT16 || type == DataType.BFLOAT16;
  }

  /** Whether the type changes. Maps stay as they are: no operator converts them. */
  static boolean promotes(@Nullable Type type) {
    return type != null && !of(type).equals(type);
  }

  /** Returns the type with double for float, in tensors, sequences and optionals. */
  static Type of(Type type) {
    return switch (type) {
      case Type.OfTensor(DataType element, Shape shape) ->
          promotes(element) ? Type.tensor(DataType.DOUBLE, shape) : type;
      case Type.OfSparseTensor(DataType element, Shape shape) ->
          promotes(element) ? new Type.OfSparseTensor(DataType.DOUBLE, shape) : type;
      case Type.OfSequence(Type element) -> new Type.OfSequence(of(element));
      case Type.OfOptional(Type element) -> new Type.OfOptional(of(element));
      case Type.OfMap _, Type.Opaque _ -> type;
    };
  }

  /** Returns the constant with double for float; converted when it is loaded. */
  static TensorData of(TensorData data) {
    return promotes(data.dataType()) ? new Widened(data) : data;
  }

  static SparseTensorData of(SparseTensorData data) {
    return promotes(data.values().dataType())
        ? new SparseTensorData(of(data.values()), data.indices(), data.shape(), data.extra())
        : data;
  }

  private record Widened(TensorData original) implements TensorData {
    @Override
    public String name() {
      return original.name();
    }

    @Override
    public DataType dataType() {
      return DataType.DOUBLE;
    }

    @Override
    public Shape shape() {
      return original.shape();
    }

    @Override
    public Tensor load() {
      Tensor tensor = original.load();
      return Tensor.of(tensor.toDoubles(), tensor.shape());
    }
  }
}
