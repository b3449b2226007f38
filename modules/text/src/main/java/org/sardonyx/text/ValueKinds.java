package org.sardonyx.text;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Attribute.Kind;

/** The kinds of attributes as the text names them, single and in lists. */
final class ValueKinds {

  private ValueKinds() {}

  static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** Returns the kind of the elements of a list; undefined where the list's is. */
  static Kind ofElement(Kind list) {
    return switch (list) {
      case FLOATS -> Kind.FLOAT;
      case INTS -> Kind.INT;
      case STRINGS -> Kind.STRING;
      case TENSORS -> Kind.TENSOR;
      case GRAPHS -> Kind.GRAPH;
      case SPARSE_TENSORS -> Kind.SPARSE_TENSOR;
      case TYPE_PROTOS -> Kind.TYPE_PROTO;
      default -> Kind.UNDEFINED;
    };
  }

  /**
   * Returns values as one value; null where they are not of one kind that lists can have.
   *
   * @param kind the kind of the list; undefined where the values say it
   */
  static Attribute.@Nullable Value list(List<Attribute.Value> values, Kind kind) {
    Kind element = values.isEmpty() ? ofElement(kind) : values.getFirst().kind();
    if (values.stream().anyMatch(value -> value.kind() != element)) {
      return null;
    }
    return switch (element) {
      case FLOAT ->
          new Attribute.OfFloats(
              each(values, Attribute.OfFloat.class).map(Attribute.OfFloat::value).toList());
      case INT ->
          new Attribute.OfInts(
              each(values, Attribute.OfInt.class).map(Attribute.OfInt::value).toList());
      case STRING ->
          new Attribute.OfStrings(
              each(values, Attribute.OfString.class).map(Attribute.OfString::bytes).toList());
      case TENSOR ->
          new Attribute.OfTensors(
              each(values, Attribute.OfTensor.class).map(Attribute.OfTensor::value).toList());
      case GRAPH ->
          new Attribute.OfGraphs(
              each(values, Attribute.OfGraph.class).map(Attribute.OfGraph::value).toList());
      case TYPE_PROTO ->
          new Attribute.OfTypes(
              each(values, Attribute.OfType.class).map(Attribute.OfType::value).toList());
      default -> null;
    };
  }

  private static <V> java.util.stream.Stream<V> each(List<Attribute.Value> values, Class<V> type) {
    return values.stream().map(type::cast);
  }
}
