package org.sardonyx.optimize;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.passes.Names;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Repairs of known faults of exporters, for who asks for them: they change what a model computes,
 * or make one that no engine takes one that computes what was meant.
 */
final class Repairs {

  /** The first of the inputs that must be of one type. */
  private static final Map<String, Integer> ONE_TYPE =
      Map.ofEntries(
          Map.entry("Add", 0),
          Map.entry("Sub", 0),
          Map.entry("Mul", 0),
          Map.entry("Div", 0),
          Map.entry("MatMul", 0),
          Map.entry("Max", 0),
          Map.entry("Min", 0),
          Map.entry("Concat", 0),
          Map.entry("Equal", 0),
          Map.entry("Greater", 0),
          Map.entry("Less", 0),
          Map.entry("GreaterOrEqual", 0),
          Map.entry("LessOrEqual", 0),
          Map.entry("Gemm", 0),
          Map.entry("Where", 1));

  private final Operators operators;
  private final boolean torch;
  private final List<String> done;

  private Repairs(Model model, Operators operators, List<String> done) {
    this.operators = operators;
    this.torch = model.producerName().toLowerCase(Locale.ROOT).contains("pytorch");
    this.done = done;
  }

  /** Returns the model repaired, and adds a line to {@code done} for each node. */
  static Model apply(Model model, Operators operators, List<String> done) {
    Repairs repairs = new Repairs(model, operators, done);
    Model current = model;
    int before;
    do { // a repaired type makes others known
      before = done.size();
      current = repairs.once(current);
    } while (done.size() > before);
    return current;
  }

  private Model once(Model model) {
    Inferred inferred = Infer.of(operators).infer(model);
    return model.withGraph(graph(model.graph(), List.of(), inferred, Names.of(model)));
  }

  @SuppressWarnings("ReferenceEquality") // the node itself where nothing changed
  private Graph graph(Graph graph, List<Graph> around, Inferred inferred, Names names) {
    List<Graph> seen = new ArrayList<>(around);
    seen.addFirst(graph);
    List<Node> nodes = new ArrayList<>();
    int before = done.size();
    for (Node node : graph.nodes()) {
      Node inner = Graphs.mapBodies(node, body -> graph(body, seen, inferred, names));
      Node reset = resetBefore(inner);
      Node casted = cast(reset, seen, inferred, names, nodes);
      nodes.add(casted);
    }
    return done.size() == before ? graph : graph.withNodes(nodes);
  }

  /** PyTorch knows no other GRU than that of linear_before_reset = 1. */
  private Node resetBefore(Node node) {
    if (!torch || !node.isOnnx("GRU") || node.attribute("linear_before_reset") != null) {
      return node;
    }
    List<Attribute> attributes = new ArrayList<>(node.attributes());
    attributes.add(Attribute.of("linear_before_reset", 1L));
    done.add(Text.escape(node.label()) + ": linear_before_reset set to 1");
    return node.withAttributes(attributes);
  }

  /** Gives inputs of another floating-point type the type that PyTorch would compute in. */
  private Node cast(
      Node node, List<Graph> seen, Inferred inferred, Names names, List<Node> before) {
    Integer first = node.isOnnx() ? ONE_TYPE.get(node.opType()) : null;
    DataType wanted =
        first == null || node.inputs().size() <= first ? null : wanted(node, first, seen, inferred);
    if (first == null || wanted == null) {
      return node;
    }
    List<String> inputs = new ArrayList<>(node.inputs());
    for (int i = first; i < inputs.size(); i++) {
      Type.OfTensor type = type(inputs.get(i), seen, inferred);
      if (type == null || type.elementType() == wanted) {
        continue;
      }
      String name = names.fresh(inputs.get(i) + "/cast");
      before.add(
          new Node(
              "",
              "Cast",
              List.of(inputs.get(i)),
              List.of(name),
              List.of(Attribute.of("to", (long) wanted.code()))));
      done.add(
          Text.escape(node.label())
              + ": input "
              + i
              + " cast from "
              + type.elementType()
              + " to "
              + wanted);
      inputs.set(i, name);
    }
    return node.withInputs(inputs);
  }

  /**
   * Returns the type to compute in where floating-point types are mixed; null where they are not.
   */
  private static @Nullable DataType wanted(
      Node node, int first, List<Graph> seen, Inferred inferred) {
    DataType scalar = null;
    DataType tensor = null;
    boolean mixed = false;
    DataType one = null;
    for (String input : node.inputs().subList(first, node.inputs().size())) {
      Type.OfTensor type = type(input, seen, inferred);
      if (type == null || !type.elementType().isFloat()) {
        return null;
      }
      DataType element = type.elementType();
      mixed |= one != null && one != element;
      one = element;
      Shape shape = type.shape();
      if (shape.hasRank() && shape.rank() == 0) {
        scalar = wider(scalar, element);
      } else {
        tensor = wider(tensor, element);
      }
    }
    return !mixed ? null : tensor == null ? scalar : tensor;
  }

  private static DataType wider(@Nullable DataType a, DataType b) {
    return a == null || b.bits() > a.bits() ? b : a;
  }

  private static Type.@Nullable OfTensor type(String value, List<Graph> seen, Inferred inferred) {
    for (Graph graph : seen) {
      if (inferred.knows(graph) && inferred.type(graph, value) instanceof Type.OfTensor tensor) {
        return tensor;
      }
    }
    return null;
  }
}
