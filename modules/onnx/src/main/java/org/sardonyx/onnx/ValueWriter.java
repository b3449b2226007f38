package org.sardonyx.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import org.sardonyx.onnx.proto.MapProto;
import org.sardonyx.onnx.proto.OptionalProto;
import org.sardonyx.onnx.proto.SequenceProto;
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
  static Message message(String name, Value value) {
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

  private static SequenceProto sequence(String name, SequenceValue sequence) {
    SequenceProto.Builder proto = SequenceProto.newBuilder();
    if (!name.isEmpty()) {
      proto.setName(name);
    }
    SequenceProto.DataType kind =
        switch (sequence.elementType()) {
          case Type.OfTensor _ -> SequenceProto.DataType.TENSOR;
          case Type.OfSparseTensor _ -> SequenceProto.DataType.SPARSE_TENSOR;
          case Type.OfSequence _ -> SequenceProto.DataType.SEQUENCE;
          case Type.OfMap _ -> SequenceProto.DataType.MAP;
          case Type.OfOptional _ -> SequenceProto.DataType.OPTIONAL;
          case Type.Opaque _ -> SequenceProto.DataType.UNDEFINED;
        };
    proto.setElemType(kind.getNumber());
    for (Value element : sequence.elements()) {
      switch (element) {
        case Tensor tensor -> proto.addTensorValues(TensorEncoder.proto("", tensor));
        case SparseTensor sparse -> proto.addSparseTensorValues(sparse("", sparse));
        case SequenceValue inner -> proto.addSequenceValues(sequence("", inner));
        case MapValue map -> proto.addMapValues(map("", map));
        case OptionalValue optional -> proto.addOptionalValues(optional("", optional));
      }
    }
    return proto.build();
  }

  private static OptionalProto optional(String name, OptionalValue optional) {
    OptionalProto.Builder proto = OptionalProto.newBuilder();
    if (!name.isEmpty()) {
      proto.setName(name);
    }
    OptionalProto.DataType kind =
        switch (optional.value()) {
          case null -> OptionalProto.DataType.UNDEFINED;
          case Tensor tensor -> {
            proto.setTensorValue(TensorEncoder.proto("", tensor));
            yield OptionalProto.DataType.TENSOR;
          }
          case SparseTensor sparse -> {
            proto.setSparseTensorValue(sparse("", sparse));
            yield OptionalProto.DataType.SPARSE_TENSOR;
          }
          case SequenceValue sequence -> {
            proto.setSequenceValue(sequence("", sequence));
            yield OptionalProto.DataType.SEQUENCE;
          }
          case MapValue map -> {
            proto.setMapValue(map("", map));
            yield OptionalProto.DataType.MAP;
          }
          case OptionalValue inner -> {
            proto.setOptionalValue(optional("", inner));
            yield OptionalProto.DataType.OPTIONAL;
          }
        };
    return proto.setElemType(kind.getNumber()).build();
  }

  private static MapProto map(String name, MapValue map) {
    MapProto.Builder proto = MapProto.newBuilder().setKeyType(map.keys().dataType().code());
    if (!name.isEmpty()) {
      proto.setName(name);
    }
    if (map.keys().dataType() == DataType.STRING) {
      for (String key : map.keys().strings()) {
        proto.addStringKeys(ByteString.copyFromUtf8(key));
      }
    } else {
      for (long key : map.keys().toLongs()) {
        proto.addKeys(key);
      }
    }
    return proto.setValues(sequence("", map.values())).build();
  }
}
