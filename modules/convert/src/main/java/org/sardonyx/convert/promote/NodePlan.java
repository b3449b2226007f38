package org.sardonyx.convert.promote;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Signature;
import org.sardonyx.operators.Signature.Parameter;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Decides for one node which of its inputs and outputs are double and which keep a smaller type
 * because its version of the operator takes no double, or must not be given one.
 */
final class NodePlan {

  /**
   * Operators that keep their types: random ones, so that they draw the same numbers, and those
   * that look at bits.
   */
  private static final Set<String> KEPT =
      Set.of(
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike",
          "Bernoulli",
          "Multinomial",
          "BitCast");

  private final Node node;
  private final @Nullable Signature signature;
  private final boolean kept;
  private final Map<String, DataType> stays = new HashMap<>();

  NodePlan(Node node, @Nullable OperatorDef def, @Nullable Signature signature) {
    this.node = node;
    this.signature = signature;
    this.kept =
        def == null
            || signature == null
            || node.domain().equals("ai.onnx.ml")
            || (node.isOnnx() && KEPT.contains(node.opType()))
            || castsToString(node);
  }

  /** Numbers written out look different as double. */
  private static boolean castsToString(Node node) {
    if (!node.isOnnx("Cast")) {
      return false;
    }
    Attribute to = node.attribute("to");
    return to != null
        && (to.value() instanceof Attribute.OfInt(long code)
            ? code == DataType.STRING.code()
            : to.value() instanceof Attribute.OfString text && text.text().equals("STRING"));
  }

  /** Whether attributes of the node that say float are to say double. */
  boolean promotesAttributes() {
    return !kept;
  }

  /**
   * Returns the element type that input {@code i}, a tensor of floats before, is to have; null
   * where it is double.
   */
  @Nullable DataType input(int i, Type before) {
    DataType type = smaller(signature == null ? null : signature.input(i), before);
    if (type != null && signature != null) {
      Parameter parameter = signature.input(i);
      if (parameter != null && isVariable(parameter)) {
        stays.put(parameter.type(), type);
      }
    }
    return type;
  }

  /**
   * Returns the element type that output {@code i}, a tensor of floats before, has; null where it
   * is double. To be asked after all inputs.
   */
  @Nullable DataType output(int i, Type before) {
    Parameter parameter = signature == null ? null : signature.output(i);
    DataType type = smaller(parameter, before);
    if (type == null || kept || parameter == null) {
      return type;
    }
    // The type follows the inputs; where none has the variable, an attribute that stays says it.
    DataType bound = stays.get(parameter.type());
    return bound != null ? bound : element(before);
  }

  private @Nullable DataType smaller(@Nullable Parameter parameter, Type before) {
    DataType element = element(before);
    if (kept || parameter == null || signature == null) {
      return element;
    }
    Set<String> allowed = signature.typesOf(parameter);
    if (allows(allowed, DataType.DOUBLE, before)) {
      return null;
    }
    return allows(allowed, DataType.FLOAT, before) ? DataType.FLOAT : element;
  }

  private boolean isVariable(Parameter parameter) {
    return signature != null && signature.constraints().containsKey(parameter.type());
  }

  private static boolean allows(Set<String> allowed, DataType element, Type before) {
    String wanted = with(before, element).spec().replace(" ", "");
    for (String type : allowed) {
      if (type.equals(wanted) || type.replace(" ", "").equals(wanted)) {
        return true;
      }
    }
    return false;
  }

  private static Type with(Type type, DataType element) {
    return switch (type) {
      case Type.OfTensor(DataType _, Shape shape) -> Type.tensor(element, shape);
      case Type.OfSparseTensor(DataType _, Shape shape) -> new Type.OfSparseTensor(element, shape);
      case Type.OfSequence(Type inner) -> new Type.OfSequence(with(inner, element));
      case Type.OfOptional(Type inner) -> new Type.OfOptional(with(inner, element));
      case Type.OfMap _, Type.Opaque _ -> type;
    };
  }

  private static DataType element(Type type) {
    return switch (type) {
      case Type.OfTensor(DataType element, Shape _) -> element;
      case Type.OfSparseTensor(DataType element, Shape _) -> element;
      case Type.OfSequence(Type inner) -> element(inner);
      case Type.OfOptional(Type inner) -> element(inner);
      case Type.OfMap _, Type.Opaque _ -> throw new IllegalStateException("maps do not change");
    };
  }

  /** Returns the operator's name and version for messages. */
  String operator() {
    return signature == null ? node.label() : node.opType() + "-" + signature.sinceVersion();
  }
}
