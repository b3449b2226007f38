package org.sardonyx.onnx;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.onnx.proto.TensorShapeProto;
import org.sardonyx.onnx.proto.TypeProto;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Types to messages and back. */
final class TypeProtos {

  private TypeProtos() {}

  /** Returns the type; null where the message leaves the type, or an element type in it, open. */
  static @Nullable Type type(TypeProto proto) {
    return switch (proto.getValueCase()) {
      case TENSOR_TYPE -> {
        TypeProto.Tensor tensor = proto.getTensorType();
        yield tensor.getElemType() == 0
            ? null
            : new Type.OfTensor(
                DataType.of(tensor.getElemType()), shape(tensor.hasShape(), tensor.getShape()));
      }
      case SPARSE_TENSOR_TYPE -> {
        TypeProto.SparseTensor tensor = proto.getSparseTensorType();
        yield tensor.getElemType() == 0
            ? null
            : new Type.OfSparseTensor(
                DataType.of(tensor.getElemType()), shape(tensor.hasShape(), tensor.getShape()));
      }
      case SEQUENCE_TYPE -> {
        Type element = type(proto.getSequenceType().getElemType());
        yield element == null ? null : new Type.OfSequence(element);
      }
      case OPTIONAL_TYPE -> {
        Type element = type(proto.getOptionalType().getElemType());
        yield element == null ? null : new Type.OfOptional(element);
      }
      case MAP_TYPE -> {
        TypeProto.Map map = proto.getMapType();
        Type value = type(map.getValueType());
        yield value == null || map.getKeyType() == 0
            ? null
            : new Type.OfMap(DataType.of(map.getKeyType()), value);
      }
      case OPAQUE_TYPE ->
          new Type.Opaque(proto.getOpaqueType().getDomain(), proto.getOpaqueType().getName());
      case VALUE_NOT_SET -> null;
    };
  }

  /** Returns the message of a type. */
  static TypeProto proto(Type type) {
    TypeProto.Builder proto = TypeProto.newBuilder();
    switch (type) {
      case Type.OfTensor(DataType element, Shape shape) -> {
        TypeProto.Tensor.Builder tensor = proto.getTensorTypeBuilder().setElemType(element.code());
        if (shape.hasRank()) {
          tensor.setShape(shape(shape));
        }
      }
      case Type.OfSparseTensor(DataType element, Shape shape) -> {
        TypeProto.SparseTensor.Builder tensor =
            proto.getSparseTensorTypeBuilder().setElemType(element.code());
        if (shape.hasRank()) {
          tensor.setShape(shape(shape));
        }
      }
      case Type.OfSequence(Type element) ->
          proto.getSequenceTypeBuilder().setElemType(proto(element));
      case Type.OfOptional(Type element) ->
          proto.getOptionalTypeBuilder().setElemType(proto(element));
      case Type.OfMap(DataType key, Type value) ->
          proto.getMapTypeBuilder().setKeyType(key.code()).setValueType(proto(value));
      case Type.Opaque(String domain, String name) -> {
        TypeProto.Opaque.Builder opaque = proto.getOpaqueTypeBuilder();
        if (!domain.isEmpty()) {
          opaque.setDomain(domain);
        }
        if (!name.isEmpty()) {
          opaque.setName(name);
        }
      }
    }
    return proto.build();
  }

  private static Shape shape(boolean present, TensorShapeProto proto) {
    if (!present) {
      return Shape.UNKNOWN;
    }
    List<Dim> dims = new ArrayList<>(proto.getDimCount());
    for (TensorShapeProto.Dimension dim : proto.getDimList()) {
      dims.add(
          switch (dim.getValueCase()) {
            case DIM_VALUE -> {
              if (dim.getDimValue() < -1) {
                throw new MalformedModel("dimension " + dims.size() + " is " + dim.getDimValue());
              }
              // Exporters write -1 for a size they do not know.
              yield dim.getDimValue() < 0 ? Dim.UNKNOWN : Dim.of(dim.getDimValue());
            }
            // Exporters write "?" for sizes that have nothing to do with each other.
            case DIM_PARAM ->
                dim.getDimParam().isEmpty() || dim.getDimParam().equals("?")
                    ? Dim.UNKNOWN
                    : Dim.named(dim.getDimParam());
            case VALUE_NOT_SET -> Dim.UNKNOWN;
          });
    }
    return Shape.of(dims);
  }

  private static TensorShapeProto shape(Shape shape) {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    for (Dim dim : shape.dims()) {
      TensorShapeProto.Dimension.Builder one = proto.addDimBuilder();
      switch (dim) {
        case Dim.Known(long size) -> one.setDimValue(size);
        case Dim.Named(String name) -> one.setDimParam(name);
        // The specification lets a name be any text; arithmetic is written as such a name.
        case Dim.Computed computed -> one.setDimParam(computed.toString());
        case Dim.Unknown _ -> {}
      }
    }
    return proto.build();
  }
}
