package org.sardonyx.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnknownFieldSet;
import org.sardonyx.onnx.proto.SparseTensorProto;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.SparseTensor;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

/** Values to messages. */
final class ValueWriter {

  private ValueWriter() {}

  /** Returns the message of a value under a name, which may be empty. */
  static MessageLite message(String name, Value value) {
    return switch (value) {
      case Tensor tensor -> TensorEncoder.proto(name, tensor);
      case SparseTensor sparse -> sparse(name, sparse);
      case SequenceValue sequence -> sequence(name, sequence);
      case OptionalValue optional -> optional(name, optional);
      case MapValue map -> map(name, map);
    };
  }

  private static SparseTensorProto sparse(String name, SparseTensor tensor) {
    SparseTensorProto.Builder proto =
        SparseTensorProto.newBuilder()
            .setValues(TensorEncoder.proto(name, tensor.values()))
            .setIndices(TensorEncoder.proto("", tensor.indices()));
    for (Dim dim : tensor.shape().dims()) {
      proto.addDims(dim.sizeOrMinusOne());
    }
    return proto.build();
  }

  private static UnknownFieldSet sequence(String name, SequenceValue sequence) {
    int kind =
        switch (sequence.elementType()) {
          case Type.OfTensor _ -> ValueFields.TENSOR;
          case Type.OfSparseTensor _ -> ValueFields.SPARSE_TENSOR;
          case Type.OfSequence _ -> ValueFields.SEQUENCE;
          case Type.OfMap _ -> ValueFields.MAP;
          case Type.OfOptional _ -> ValueFields.OPTIONAL;
          case Type.Opaque _ -> ValueFields.UNDEFINED;
        };
    UnknownFieldSet.Field.Builder values = UnknownFieldSet.Field.newBuilder();
    for (Value element : sequence.elements()) {
      values.addLengthDelimited(message("", element).toByteString());
    }
    UnknownFieldSet.Builder fields = fields(name, ValueFields.ELEM_TYPE, kind);
    if (kind != ValueFields.UNDEFINED) {
      fields.addField(ValueFields.values(kind), values.build());
    }
    return fields.build();
  }

  private static UnknownFieldSet optional(String name, OptionalValue optional) {
    Value value = optional.value();
    int kind =
        switch (value) {
          case null -> ValueFields.UNDEFINED;
          case Tensor _ -> ValueFields.TENSOR;
          case SparseTensor _ -> ValueFields.SPARSE_TENSOR;
          case SequenceValue _ -> ValueFields.SEQUENCE;
          case MapValue _ -> ValueFields.MAP;
          case OptionalValue _ -> ValueFields.OPTIONAL;
        };
    UnknownFieldSet.Builder fields = fields(name, ValueFields.ELEM_TYPE, kind);
    if (value != null) {
      fields.addField(ValueFields.values(kind), bytes(message("", value).toByteString()));
    }
    return fields.build();
  }

  private static UnknownFieldSet map(String name, MapValue map) {
    UnknownFieldSet.Field.Builder keys = UnknownFieldSet.Field.newBuilder();
    boolean strings = map.keys().dataType() == DataType.STRING;
    if (strings) {
      for (String key : map.keys().strings()) {
        keys.addLengthDelimited(ByteString.copyFromUtf8(key));
      }
    } else {
      for (long key : map.keys().toLongs()) {
        keys.addVarint(key);
      }
    }
    return fields(name, ValueFields.KEY_TYPE, map.keys().dataType().code())
        .addField(strings ? ValueFields.STRING_KEYS : ValueFields.KEYS, keys.build())
        .addField(ValueFields.MAP_VALUES, bytes(sequence("", map.values()).toByteString()))
        .build();
  }

  /** Begins a message with its name, where it has one, and the number that says what it holds. */
  private static UnknownFieldSet.Builder fields(String name, int field, int number) {
    UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder();
    if (!name.isEmpty()) {
      fields.addField(ValueFields.NAME, bytes(ByteString.copyFromUtf8(name)));
    }
    return fields.addField(field, UnknownFieldSet.Field.newBuilder().addVarint(number).build());
  }

  private static UnknownFieldSet.Field bytes(ByteString bytes) {
    return UnknownFieldSet.Field.newBuilder().addLengthDelimited(bytes).build();
  }
}
