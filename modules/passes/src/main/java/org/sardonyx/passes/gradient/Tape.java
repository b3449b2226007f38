package org.sardonyx.passes.gradient;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Type;

/** Nodes that are being written, and what is known of the values that they read. */
final class Tape {

  private final Function<String, @Nullable Type> types;
  private final UnaryOperator<String> fresh;
  private final Map<String, String> likeness = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();

  Tape(Function<String, @Nullable Type> types, UnaryOperator<String> fresh) {
    this.types = types;
    this.fresh = fresh;
  }

  List<Node> nodes() {
    return nodes;
  }

  void add(Node node) {
    nodes.add(node);
  }

  /** Says that {@code copy} is of the type of {@code original}. */
  void copyType(String original, String copy) {
    likeness.put(copy, original);
  }

  @Nullable Type type(String name) {
    return types.apply(likeness.getOrDefault(name, name));
  }

  @Nullable DataType elementType(String name) {
    return type(name) instanceof Type.OfTensor tensor ? tensor.elementType() : null;
  }

  DataType knownType(String name) {
    DataType type = elementType(name);
    if (type == null) {
      throw new UnsupportedModel("Gradient: the element type of a value is not known");
    }
    return type;
  }

  int rank(String name) {
    if (type(name) instanceof Type.OfTensor tensor && tensor.shape().hasRank()) {
      return tensor.shape().rank();
    }
    throw new UnsupportedModel("Gradient: the rank of a value is not known");
  }

  /** Whether two values surely have one shape. */
  boolean sameShape(String a, String b) {
    return !likeness.containsKey(a)
        && !likeness.containsKey(b)
        && type(a) instanceof Type.OfTensor x
        && type(b) instanceof Type.OfTensor y
        && x.shape().isKnown()
        && x.shape().equals(y.shape());
  }

  String op(String type, String... inputs) {
    return op(type, List.of(), inputs);
  }

  String op(String type, List<Attribute> attributes, String... inputs) {
    return ops(type, attributes, 1, inputs).getFirst();
  }

  List<String> ops(String type, List<Attribute> attributes, int outputs, String... inputs) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      names.add(fresh.apply("gradient_" + type));
    }
    nodes.add(new Node("", type, List.of(inputs), names, attributes));
    return names;
  }

  String constant(Tensor value) {
    return op("Constant", List.of(Attribute.of("value", TensorData.of("", value))));
  }

  String ints(long... values) {
    return constant(Tensor.vector(values));
  }

  /** Returns a scalar of the type of a value. */
  String number(String like, double value) {
    return constant(Tensor.fromDoubles(knownType(like), new double[] {value}));
  }

  /** Returns a tensor of the type and shape of a value, all elements alike. */
  String filled(String like, double value) {
    return op("Expand", number(like, value), op("Shape", like));
  }

  /** Returns a value in the shape of another with as many elements. */
  String shaped(String value, String like) {
    return reshaped(value, op("Shape", like));
  }

  String reshaped(String value, String shape) {
    return op("Reshape", List.of(Attribute.of("allowzero", 1)), value, shape);
  }

  /** Returns a value in one dimension. */
  String flat(String value) {
    return op("Reshape", value, ints(-1));
  }

  /** Sums over what was broadcast, so that the result has the shape of {@code like}. */
  String unbroadcast(String value, String like) {
    String from = op("Shape", value);
    String to = op("Shape", like);
    String missing = flat(op("Sub", op("Size", from), op("Size", to)));
    String ones =
        op(
            "ConstantOfShape",
            List.of(Attribute.of("value", TensorData.of("", Tensor.vector(1)))),
            missing);
    String padded = op("Concat", List.of(Attribute.of("axis", 0)), ones, to);
    String axes = flat(op("NonZero", op("Not", op("Equal", from, padded))));
    String sum =
        op(
            "ReduceSum",
            List.of(Attribute.of("keepdims", 1), Attribute.of("noop_with_empty_axes", 1)),
            value,
            axes);
    return reshaped(sum, to);
  }

  /**
   * Adds elements where they were picked from: {@code pick} does to the numbers of the elements of
   * {@code source} what was done to the elements.
   */
  String unpicked(String gradient, String source, UnaryOperator<String> pick) {
    String size = op("Size", source);
    String zero = constant(Tensor.scalar(0L));
    String one = constant(Tensor.scalar(1L));
    String numbers = shaped(op("Range", zero, size, one), source);
    return scattered(gradient, source, pick.apply(numbers));
  }

  /** Adds elements at the places that {@code places} says, and zero elsewhere. */
  String scattered(String gradient, String source, String places) {
    Tensor zeros = Tensor.fromDoubles(knownType(source), new double[1], 1);
    String nothing =
        op(
            "ConstantOfShape",
            List.of(Attribute.of("value", TensorData.of("", zeros))),
            flat(op("Size", source)));
    String sums =
        op(
            "ScatterElements",
            List.of(Attribute.of("axis", 0), Attribute.of("reduction", "add")),
            nothing,
            flat(places),
            flat(gradient));
    return shaped(sums, source);
  }
}
