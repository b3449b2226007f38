package org.sardonyx.convert.opset;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Bytes;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** What Constant nodes give. */
final class Constants {

  private Constants() {}

  /** Returns what a Constant gives, or null for another node and for what is not there. */
  static @Nullable Tensor value(Node node) {
    if (!node.isOnnx("Constant")) {
      return null;
    }
    for (Attribute attribute : node.attributes()) {
      Tensor value = value(attribute.value());
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  private static @Nullable Tensor value(Attribute.Value value) {
    return switch (value) {
      case Attribute.OfTensor(TensorData data) -> data.load();
      case Attribute.OfSparseTensor(SparseTensorData data) -> data.load().toDense();
      case Attribute.OfInt(long one) -> Tensor.scalar(one);
      case Attribute.OfFloat(float one) -> Tensor.scalar(one);
      case Attribute.OfString one -> strings(List.of(one.bytes()), new int[0]);
      case Attribute.OfInts(List<Long> many) ->
          Tensor.vector(many.stream().mapToLong(Long::longValue).toArray());
      case Attribute.OfFloats(List<Float> many) -> {
        float[] array = new float[many.size()];
        for (int i = 0; i < array.length; i++) {
          array[i] = many.get(i);
        }
        yield Tensor.of(array, array.length);
      }
      case Attribute.OfStrings(List<Bytes> many) -> strings(many, new int[] {many.size()});
      default -> null;
    };
  }

  private static Tensor strings(List<Bytes> values, int[] shape) {
    return Tensor.of(values.stream().map(Bytes::text).toArray(String[]::new), shape);
  }
}
