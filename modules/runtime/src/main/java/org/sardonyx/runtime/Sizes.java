package org.sardonyx.runtime;

import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.SparseTensor;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Bytes that values take. */
final class Sizes {

  /** What a reference and a small object cost, roughly. */
  private static final long OBJECT = 16;

  private Sizes() {}

  static long of(@Nullable Value value) {
    if (value instanceof Tensor tensor) {
      return of(tensor); // before a switch that takes milliseconds at first
    }
    return switch (value) {
      case null -> 0;
      case Tensor tensor -> of(tensor);
      case SparseTensor(Tensor values, Tensor indices, var _) -> of(values) + of(indices);
      case OptionalValue(var _, Value inner) -> OBJECT + of(inner);
      case MapValue(Tensor keys, SequenceValue values) -> of(keys) + of(values);
      case SequenceValue(var _, var elements) -> {
        long bytes = 0;
        for (Value element : elements) {
          bytes += OBJECT + of(element);
        }
        yield bytes;
      }
    };
  }

  static long of(DataType type, int[] shape) {
    long elements = Tensor.checkedSize(shape);
    return type == DataType.STRING ? elements * OBJECT : type.byteSize(elements);
  }

  private static long of(Tensor tensor) {
    if (tensor.dataType() != DataType.STRING) {
      return tensor.dataType().byteSize(tensor.size());
    }
    long bytes = 0;
    for (String string : tensor.strings()) {
      bytes += OBJECT + string.length();
    }
    return bytes;
  }
}
