package org.sardonyx.onnx;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.onnx.proto.MapProto;
import org.sardonyx.onnx.proto.OptionalProto;
import org.sardonyx.onnx.proto.SequenceProto;
import org.sardonyx.onnx.proto.SparseTensorProto;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.SparseTensor;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Messages of values to values. The declared type, where known, says what an empty one would hold.
 */
final class ValueReader {

  private final ExternalFiles files;

  ValueReader(ExternalFiles files) {
    this.files = files;
  }

  Tensor tensor(TensorProto proto) {
    return StoredTensor.of(proto, files, Cuts.NONE).load();
  }

  SparseTensor sparse(SparseTensorProto proto) {
    return new GraphReader(files, Cuts.NONE).sparseTensor(proto).load();
  }

  SequenceValue sequence(SequenceProto proto, @Nullable Type declared) {
    Type element = declared instanceof Type.OfSequence(Type type) ? type : null;
    List<Value> values =
        switch (SequenceProto.DataType.forNumber(proto.getElemType())) {
          case TENSOR -> GraphReader.list(proto.getTensorValuesList(), this::tensor);
          case SPARSE_TENSOR -> GraphReader.list(proto.getSparseTensorValuesList(), this::sparse);
          case SEQUENCE ->
              GraphReader.list(proto.getSequenceValuesList(), one -> sequence(one, element));
          case MAP -> GraphReader.list(proto.getMapValuesList(), one -> map(one, element));
          case OPTIONAL ->
              GraphReader.list(proto.getOptionalValuesList(), one -> optional(one, element));
          case UNDEFINED -> List.of();
          case null -> throw new MalformedModel("a sequence of kind " + proto.getElemType());
        };
    if (element != null) {
      return new SequenceValue(element, values);
    }
    if (values.isEmpty()) {
      throw new MalformedModel("an empty sequence, and the type of its elements is not declared");
    }
    return new SequenceValue(general(values.getFirst().type()), values);
  }

  OptionalValue optional(OptionalProto proto, @Nullable Type declared) {
    Type element = declared instanceof Type.OfOptional(Type type) ? type : null;
    Value value =
        switch (OptionalProto.DataType.forNumber(proto.getElemType())) {
          case TENSOR -> proto.hasTensorValue() ? tensor(proto.getTensorValue()) : null;
          case SPARSE_TENSOR ->
              proto.hasSparseTensorValue() ? sparse(proto.getSparseTensorValue()) : null;
          case SEQUENCE ->
              proto.hasSequenceValue() ? sequence(proto.getSequenceValue(), element) : null;
          case MAP -> proto.hasMapValue() ? map(proto.getMapValue(), element) : null;
          case OPTIONAL ->
              proto.hasOptionalValue() ? optional(proto.getOptionalValue(), element) : null;
          case UNDEFINED -> null;
          case null -> throw new MalformedModel("an optional of kind " + proto.getElemType());
        };
    if (element != null) {
      return new OptionalValue(element, value);
    }
    if (value == null) {
      throw new MalformedModel("an optional without a value, and its type is not declared");
    }
    return new OptionalValue(general(value.type()), value);
  }

  MapValue map(MapProto proto, @Nullable Type declared) {
    Type valueType = declared instanceof Type.OfMap(_, Type type) ? type : null;
    if (!DataType.isKnown(proto.getKeyType())) {
      throw new MalformedModel("a map with keys of type " + proto.getKeyType());
    }
    DataType keyType = DataType.of(proto.getKeyType());
    Tensor keys =
        switch (keyType.kind()) {
          case STRING -> {
            String[] strings =
                proto.getStringKeysList().stream()
                    .map(com.google.protobuf.ByteString::toStringUtf8)
                    .toArray(String[]::new);
            yield Tensor.of(strings, strings.length);
          }
          case SIGNED, UNSIGNED -> {
            long[] longs = proto.getKeysList().stream().mapToLong(Long::longValue).toArray();
            yield Tensor.fromLongs(keyType, longs, longs.length);
          }
          default -> throw new MalformedModel("a map with keys of type " + keyType.specName());
        };
    SequenceValue values =
        sequence(proto.getValues(), valueType == null ? null : new Type.OfSequence(valueType));
    if (values.elements().size() != keys.size()) {
      throw new MalformedModel(
          "a map of " + keys.size() + " keys and " + values.elements().size() + " values");
    }
    return new MapValue(keys, values);
  }

  /** Returns the type without the shape of one value, which others of its kind need not have. */
  private static Type general(Type type) {
    return switch (type) {
      case Type.OfTensor(DataType element, _) -> Type.tensor(element);
      case Type.OfSparseTensor(DataType element, _) ->
          new Type.OfSparseTensor(element, Shape.UNKNOWN);
      default -> type;
    };
  }
}
