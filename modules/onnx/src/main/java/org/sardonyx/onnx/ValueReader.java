package org.sardonyx.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnknownFieldSet;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.MalformedModel;
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
 * Messages of values, which were checked, to values. The declared type, where known, says what an
 * empty one would hold.
 *
 * @see ValueFields the messages that are no tensors
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

  SequenceValue sequence(UnknownFieldSet fields, @Nullable Type declared) {
    Type element = declared instanceof Type.OfSequence(Type type) ? type : null;
    int kind = ValueFields.kind(fields, "a sequence");
    List<Value> values =
        GraphReader.list(ValueFields.all(fields, kind), bytes -> value(kind, bytes, element));
    if (element != null) {
      return new SequenceValue(element, values);
    }
    if (values.isEmpty()) {
      throw new MalformedModel("an empty sequence, and the type of its elements is not declared");
    }
    return new SequenceValue(general(values.getFirst().type()), values);
  }

  OptionalValue optional(UnknownFieldSet fields, @Nullable Type declared) {
    Type element = declared instanceof Type.OfOptional(Type type) ? type : null;
    int kind = ValueFields.kind(fields, "an optional");
    ByteString bytes =
        kind == ValueFields.UNDEFINED ? null : ValueFields.one(fields, ValueFields.values(kind));
    Value value = bytes == null ? null : value(kind, bytes, element);
    if (element != null) {
      return new OptionalValue(element, value);
    }
    if (value == null) {
      throw new MalformedModel("an optional without a value, and its type is not declared");
    }
    return new OptionalValue(general(value.type()), value);
  }

  MapValue map(UnknownFieldSet fields, @Nullable Type declared) {
    Type valueType = declared instanceof Type.OfMap(_, Type type) ? type : null;
    int key = ValueFields.number(fields, ValueFields.KEY_TYPE);
    if (!DataType.isKnown(key)) {
      throw new MalformedModel("a map with keys of type " + key);
    }
    DataType keyType = DataType.of(key);
    Tensor keys =
        switch (keyType.kind()) {
          case STRING -> {
            String[] strings =
                fields.getField(ValueFields.STRING_KEYS).getLengthDelimitedList().stream()
                    .map(ByteString::toStringUtf8)
                    .toArray(String[]::new);
            yield Tensor.of(strings, strings.length);
          }
          case SIGNED, UNSIGNED -> {
            long[] longs = ValueFields.numbers(fields, ValueFields.KEYS);
            yield Tensor.fromLongs(keyType, longs, longs.length);
          }
          default -> throw new MalformedModel("a map with keys of type " + keyType.specName());
        };
    ByteString bytes = ValueFields.one(fields, ValueFields.MAP_VALUES);
    SequenceValue values =
        sequence(
            parse(UnknownFieldSet.getDefaultInstance(), bytes == null ? ByteString.EMPTY : bytes),
            valueType == null ? null : new Type.OfSequence(valueType));
    if (values.elements().size() != keys.size()) {
      throw new MalformedModel(
          "a map of " + keys.size() + " keys and " + values.elements().size() + " values");
    }
    return new MapValue(keys, values);
  }

  private Value value(int kind, ByteString bytes, @Nullable Type type) {
    UnknownFieldSet fields = UnknownFieldSet.getDefaultInstance();
    return switch (kind) {
      case ValueFields.TENSOR -> tensor(parse(TensorProto.getDefaultInstance(), bytes));
      case ValueFields.SPARSE_TENSOR ->
          sparse(parse(SparseTensorProto.getDefaultInstance(), bytes));
      case ValueFields.SEQUENCE -> sequence(parse(fields, bytes), type);
      case ValueFields.MAP -> map(parse(fields, bytes), type);
      default -> optional(parse(fields, bytes), type);
    };
  }

  private static <M extends MessageLite> M parse(M prototype, ByteString bytes) {
    ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
    return Messages.parseChecked(prototype, buffer, ReadOptions.DEFAULT);
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
