package org.sardonyx.conformance.bisect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Parts of a model as models of their own. */
final class Piece {

  private Piece() {}

  /** Returns the constants of a graph: initializers, and the tensors of Constant nodes. */
  static Map<String, TensorData> constants(Graph graph) {
    Map<String, TensorData> constants = new LinkedHashMap<>();
    for (TensorData data : graph.initializers()) {
      constants.put(data.name(), data);
    }
    for (Node node : graph.nodes()) {
      if (isConstant(node) && node.value("value") instanceof Attribute.OfTensor(TensorData data)) {
        constants.put(node.outputs().getFirst(), data.named(node.outputs().getFirst()));
      }
    }
    return constants;
  }

  /** Whether a node does nothing but hold a tensor. */
  static boolean isConstant(Node node) {
    return node.isOnnx("Constant") && node.attribute("value") != null;
  }

  /**
   * Returns a node alone: what it reads are inputs of the types of the values given, or constants.
   *
   * @param outputs the outputs that are asked for
   */
  static Model of(
      Model whole,
      Node node,
      Map<String, Value> given,
      Map<String, TensorData> constants,
      List<ValueInfo> outputs) {
    return model(whole, List.of(node), Graphs.reads(node), given, constants, outputs);
  }

  /** Returns nodes with what they read and nobody among them makes. */
  static Model model(
      Model whole,
      List<Node> nodes,
      Set<String> reads,
      Map<String, Value> given,
      Map<String, TensorData> constants,
      List<ValueInfo> outputs) {
    List<ValueInfo> inputs = new ArrayList<>();
    List<TensorData> kept = new ArrayList<>();
    for (String name : reads) {
      Value value = given.get(name);
      TensorData constant = constants.get(name);
      if (constant != null) {
        kept.add(constant);
      } else if (value != null) {
        inputs.add(new ValueInfo(name, value.type()));
      }
    }
    return whole.withGraph(new Graph("part", nodes, inputs, outputs, kept));
  }

  /** Returns a body as a graph of its own; what it captures becomes an input or a constant. */
  static Model body(
      Model whole, Graph body, Map<String, Value> given, Map<String, TensorData> constants) {
    List<ValueInfo> inputs = new ArrayList<>();
    List<TensorData> kept = new ArrayList<>(body.initializers());
    for (ValueInfo input : body.inputs()) {
      inputs.add(open(input.name(), given.get(input.name()), input.type()));
    }
    for (String name : Graphs.captured(body)) {
      TensorData constant = constants.get(name);
      if (constant != null) {
        kept.add(constant);
      } else {
        inputs.add(open(name, given.get(name), null));
      }
    }
    return whole.withGraph(
        new Graph(
            body.name().isEmpty() ? "body" : body.name(),
            body.nodes(),
            inputs,
            body.outputs(),
            body.valueInfo(),
            kept,
            body.sparseInitializers(),
            "",
            List.of(),
            body.extra()));
  }

  /** Sizes of what a body is given may change from trip to trip. */
  private static ValueInfo open(String name, @Nullable Value value, @Nullable Type declared) {
    if (value instanceof Tensor tensor) {
      return new ValueInfo(name, Type.tensor(tensor.dataType(), Shape.ofRank(tensor.rank())));
    }
    return new ValueInfo(name, value == null ? declared : value.type());
  }

  /** Returns those values that a piece takes. */
  static Map<String, Value> inputs(Model piece, Map<String, Value> from) {
    Map<String, Value> inputs = new LinkedHashMap<>();
    for (ValueInfo input : piece.graph().inputs()) {
      Value value = from.get(input.name());
      if (value != null) {
        inputs.put(input.name(), value);
      }
    }
    return inputs;
  }

  /** Returns the names that a node gives. */
  static Set<String> made(Node node) {
    Set<String> made = new LinkedHashSet<>(node.outputs());
    made.remove("");
    return made;
  }

  /** Returns a value in double as one of its declared type; float where nothing is declared. */
  static Value rounded(Value value, @Nullable Type declared) {
    return switch (value) {
      case Tensor tensor when tensor.dataType() == DataType.DOUBLE -> {
        DataType type =
            declared instanceof Type.OfTensor(DataType element, var _) && element.isFloat()
                ? element
                : DataType.FLOAT;
        yield type == DataType.DOUBLE
            ? tensor
            : Tensor.fromDoubles(type, tensor.doubles(), tensor.shape());
      }
      case SequenceValue(Type element, List<Value> elements) -> {
        Type inner = declared instanceof Type.OfSequence(Type t) ? t : null;
        yield new SequenceValue(
            inner == null ? element : inner,
            elements.stream().map(e -> rounded(e, inner)).toList());
      }
      case OptionalValue(Type element, @Nullable Value held) -> {
        Type inner = declared instanceof Type.OfOptional(Type t) ? t : null;
        yield new OptionalValue(
            inner == null ? element : inner, held == null ? null : rounded(held, inner));
      }
      default -> value;
    };
  }

  /** Returns the bytes of a value, about. */
  static long bytes(Value value) {
    return switch (value) {
      case Tensor tensor -> 16L + (long) tensor.size() * Math.max(1, tensor.dataType().bits() / 8);
      case SequenceValue sequence -> sequence.elements().stream().mapToLong(Piece::bytes).sum();
      default -> 16;
    };
  }
}
