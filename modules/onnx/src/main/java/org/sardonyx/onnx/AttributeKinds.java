package org.sardonyx.onnx;

import org.sardonyx.error.MalformedModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.onnx.proto.AttributeProto;

/**
 * What kind of value an attribute has, said by the file or, in files of the first IR versions, by
 * the field it fills.
 */
final class AttributeKinds {

  private AttributeKinds() {}

  static Kind of(AttributeProto proto) {
    Kind stated = stated(proto);
    if (stated != Kind.UNDEFINED) {
      return stated;
    }
    Kind found = Kind.UNDEFINED;
    for (Kind kind : Kind.values()) {
      if (fills(proto, kind)) {
        if (found != Kind.UNDEFINED) {
          throw new MalformedModel(
              "the attribute states no type and has values of two: " + found + " and " + kind);
        }
        found = kind;
      }
    }
    return found;
  }

  /** Returns what the attribute says of itself; UNDEFINED where it says nothing that is known. */
  static Kind stated(AttributeProto proto) {
    int code = proto.getType().getNumber();
    for (Kind kind : Kind.values()) {
      if (kind.code() == code) {
        return kind;
      }
    }
    return Kind.UNDEFINED;
  }

  static void need(boolean present, String field) {
    if (!present) {
      throw new MalformedModel("the attribute has no value: \"" + field + "\" is missing");
    }
  }

  private static boolean fills(AttributeProto proto, Kind kind) {
    return switch (kind) {
      case UNDEFINED -> false;
      case FLOAT -> proto.hasF();
      case INT -> proto.hasI();
      case STRING -> proto.hasS();
      case TENSOR -> proto.hasT();
      case GRAPH -> proto.hasG();
      case FLOATS -> proto.getFloatsCount() > 0;
      case INTS -> proto.getIntsCount() > 0;
      case STRINGS -> proto.getStringsCount() > 0;
      case TENSORS -> proto.getTensorsCount() > 0;
      case GRAPHS -> proto.getGraphsCount() > 0;
      case SPARSE_TENSOR -> proto.hasSparseTensor();
      case SPARSE_TENSORS -> proto.getSparseTensorsCount() > 0;
      case TYPE_PROTO -> proto.hasTp();
      case TYPE_PROTOS -> proto.getTypeProtosCount() > 0;
    };
  }
}
