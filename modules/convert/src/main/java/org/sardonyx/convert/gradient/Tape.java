package org.sardonyx.convert.gradient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Type;

/** Nodes that are being written, and what is known of the values that they read. */
final class Tape {

  private final Operators operators;
  private final long version;
  private final Function<String, @Nullable Type> types;
  private final UnaryOperator<String> fresh;
  private final Map<String, String> likeness = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private String goal = "a derivative";

  Tape(
      Operators operators,
      long version,
      Function<String, @Nullable Type> types,
      UnaryOperator<String> fresh) {
    this.operators = operators;
    this.version = version;
    this.types = types;
    this.fresh = fresh;
  }

  List<Node> nodes() {
    return nodes;
  }

  /** Says what the nodes to come are for, in a refusal. */
  void begin(String newGoal) {
    goal = newGoal;
  }

  UnsupportedModel refuse(String reason) {
    return new UnsupportedModel(goal + " is not implemented: " + reason);
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
      throw refuse("the element type of a value is not known");
    }
    return type;
  }

  int rank(String name) {
    int rank = rankOrNone(name);
    if (rank < 0) {
      throw refuse("the rank of a value is not known");
    }
    return rank;
  }

  /** Returns the rank of a value, -1 where it is not known. */
  int rankOrNone(String name) {
    return type(name) instanceof Type.OfTensor tensor && tensor.shape().hasRank()
        ? tensor.shape().rank()
        : -1;
  }

  /** Whether a value was computed anew from other inputs, whose sizes may differ. */
  boolean isCopy(String name) {
    return likeness.containsKey(name);
  }

  /** Whether two values surely have one shape. */
  boolean sameShape(String a, String b) {
    return !isCopy(a)
        && !isCopy(b)
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
    requireKnown(type, attributes, outputs, inputs.length);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      names.add(fresh.apply("gradient_" + type));
    }
    nodes.add(new Node("", type, List.of(inputs), names, attributes));
    return names;
  }

  /** Refuses what the operator is not, or not yet, in the model's version. */
  private void requireKnown(String type, List<Attribute> attributes, int outputs, int inputs) {
    OperatorDef def = operators.find("", type);
    Signature signature = def == null ? null : def.signature(version);
    if (def == null || (signature != null && fits(signature, attributes, outputs, inputs))) {
      return;
    }
    for (Signature newer : def.versions()) {
      if (newer.sinceVersion() > version && fits(newer, attributes, outputs, inputs)) {
        throw refuse(
            "ai.onnx "
                + version
                + " has no such "
                + type
                + "; convert the model to "
                + newer.sinceVersion()
                + " or newer first (convert --opset)");
      }
    }
    throw refuse("ai.onnx " + version + " has no such " + type);
  }

  private static boolean fits(
      Signature signature, List<Attribute> attributes, int outputs, int inputs) {
    return !signature.deprecated()
        && inputs <= signature.maxInputs()
        && outputs <= signature.maxOutputs()
        && attributes.stream().allMatch(given -> signature.attributes().containsKey(given.name()));
  }

  String constant(Tensor value) {
    return op("Constant", List.of(Attribute.of("value", TensorData.of("", value))));
  }

  /** Returns integers; Constant makes only floats before 9. */
  String ints(long... values) {
    if (version >= 9) {
      return constant(Tensor.vector(values));
    }
    double[] floats = Arrays.stream(values).asDoubleStream().toArray();
    return op(
        "Cast",
        List.of(Attribute.of("to", DataType.INT64.code())),
        constant(Tensor.of(floats, floats.length)));
  }

  /** Returns a scalar of the type of a value. */
  String number(String like, double value) {
    return constant(Tensor.fromDoubles(knownType(like), new double[] {value}));
  }
}
