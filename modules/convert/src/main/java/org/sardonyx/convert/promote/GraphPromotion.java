package org.sardonyx.convert.promote;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.passes.walk.Renaming;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Type;

/** Promotes the graphs of one model. */
public final class GraphPromotion {

  private final Operators operators;
  private final Opsets opsets;
  private final UnaryOperator<String> fresh;
  private final BiFunction<Graph, String, @Nullable Type> types;

  /**
   * @param fresh makes a name of a value that nobody has, like the one given
   * @param types the types of the values before, by the graph that defines them
   */
  public GraphPromotion(
      Operators operators,
      Opsets opsets,
      UnaryOperator<String> fresh,
      BiFunction<Graph, String, @Nullable Type> types) {
    this.operators = operators;
    this.opsets = opsets;
    this.fresh = fresh;
    this.types = types;
  }

  /** The types of the values that a graph sees, before. */
  private final class Scope {
    private final @Nullable Scope outer;
    private final Graph graph;
    private final java.util.Set<String> defined;

    Scope(@Nullable Scope outer, Graph graph) {
      this.outer = outer;
      this.graph = graph;
      this.defined = Graphs.defined(graph);
    }

    @Nullable Type type(String name) {
      for (Scope scope = this; scope != null; scope = scope.outer) {
        if (scope.defined.contains(name)) {
          return types.apply(scope.graph, name);
        }
      }
      return null;
    }
  }

  /**
   * Returns the main graph with double for float.
   *
   * @param keepInterface whether inputs and outputs keep their types, cast just inside
   */
  public Graph main(Graph graph, boolean keepInterface) {
    return keepInterface ? bordered(graph) : graph(graph, null);
  }

  private Graph bordered(Graph graph) {
    Map<String, String> renamed = new HashMap<>();
    List<Node> before = new ArrayList<>();
    List<Node> after = new ArrayList<>();
    for (ValueInfo input : graph.inputs()) {
      Type type = types.apply(graph, input.name());
      if (Doubles.promotes(type)) {
        requireTensor(type, "input \"" + input.name() + "\"");
        String inside = fresh.apply(input.name() + "_double");
        renamed.put(input.name(), inside);
        before.add(cast(input.name(), inside, DataType.DOUBLE));
      }
    }
    for (ValueInfo output : graph.outputs()) {
      Type type = types.apply(graph, output.name());
      if (Doubles.promotes(type) && !renamed.containsKey(output.name())) {
        String inside = fresh.apply(output.name() + "_double");
        renamed.put(output.name(), inside);
        after.add(
            cast(inside, output.name(), requireTensor(type, "output \"" + output.name() + "\"")));
      }
    }
    Graph inner = graph(graph, null);
    Renaming renaming = Renaming.uses(renamed);
    List<Node> nodes = new ArrayList<>(before);
    java.util.Set<String> inputs = new java.util.HashSet<>();
    graph.inputs().forEach(input -> inputs.add(input.name()));
    inner.nodes().forEach(node -> nodes.add(renaming.apply(node)));
    nodes.addAll(after);
    return new Graph(
        inner.name(),
        nodes,
        graph.inputs(),
        graph.outputs(),
        inner.valueInfo().stream()
            .map(value -> value.withName(renaming.apply(value.name())))
            .toList(),
        graph.initializers().stream()
            .map(t -> inputs.contains(t.name()) ? t : Doubles.of(t).named(renaming.apply(t.name())))
            .toList(),
        inner.sparseInitializers(),
        inner.docString(),
        inner.metadata(),
        inner.extra());
  }

  private static DataType requireTensor(@Nullable Type type, String what) {
    if (type instanceof Type.OfTensor tensor) {
      return tensor.elementType();
    }
    throw new UnsupportedModel(what + " is " + type + ": only tensors are cast to double");
  }

  private Graph graph(Graph graph, @Nullable Scope outer) {
    Scope scope = new Scope(outer, graph);
    List<Node> nodes = new ArrayList<>();
    Map<String, String> casts = new HashMap<>();
    for (Node node : graph.nodes()) {
      node(node, scope, casts, nodes);
    }
    return new Graph(
        graph.name(),
        nodes,
        graph.inputs().stream().map(GraphPromotion::promoted).toList(),
        graph.outputs().stream().map(GraphPromotion::promoted).toList(),
        graph.valueInfo().stream().map(GraphPromotion::promoted).toList(),
        graph.initializers().stream().map(Doubles::of).toList(),
        graph.sparseInitializers().stream().map(Doubles::of).toList(),
        graph.docString(),
        graph.metadata(),
        graph.extra());
  }

  private static ValueInfo promoted(ValueInfo value) {
    return value.type() == null ? value : value.withType(Doubles.of(value.type()));
  }

  private void node(Node node, Scope scope, Map<String, String> casts, List<Node> into) {
    OperatorDef def = operators.find(node.domain(), node.opType());
    Signature signature = def == null ? null : def.signature(opsets.version(node.domain()));
    NodePlan plan = new NodePlan(node, def, signature);
    List<String> inputs = new ArrayList<>(node.inputs());
    for (int i = 0; i < inputs.size(); i++) {
      String name = inputs.get(i);
      Type type = name.isEmpty() ? null : scope.type(name);
      if (type == null && !name.isEmpty()) {
        throw unknown(name, node);
      }
      DataType kept = type != null && Doubles.promotes(type) ? plan.input(i, type) : null;
      if (kept != null) {
        requireTensor(type, "input \"" + name + "\" of " + plan.operator());
        inputs.set(
            i,
            casts.computeIfAbsent(
                kept.specName() + " " + name,
                _ -> {
                  String small = fresh.apply(name + "_" + kept.specName());
                  into.add(cast(name, small, kept));
                  return small;
                }));
      }
    }
    List<String> outputs = new ArrayList<>(node.outputs());
    List<Node> after = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      String name = outputs.get(i);
      Type type = name.isEmpty() ? null : scope.type(name);
      if (type == null && !name.isEmpty()) {
        throw unknown(name, node);
      }
      DataType kept = type != null && Doubles.promotes(type) ? plan.output(i, type) : null;
      if (kept != null) {
        requireTensor(type, "output \"" + name + "\" of " + plan.operator());
        String small = fresh.apply(name + "_" + kept.specName());
        outputs.set(i, small);
        after.add(cast(small, name, DataType.DOUBLE));
      }
    }
    List<Attribute> attributes =
        signature != null && plan.promotesAttributes()
            ? AttributePromotion.promote(node, signature, body -> graph(body, scope))
            : node.attributes();
    into.add(node.withInputs(inputs).withOutputs(outputs).withAttributes(attributes));
    into.addAll(after);
  }

  private static UnsupportedModel unknown(String name, Node node) {
    return new UnsupportedModel(
        "the type of \""
            + org.sardonyx.error.Text.escape(name)
            + "\" at "
            + node.label()
            + " is not known, so it cannot be made double");
  }

  private Node cast(String from, String to, DataType type) {
    Attribute attribute =
        opsets.version("") < 6
            ? Attribute.of("to", type.name())
            : Attribute.of("to", (long) type.code());
    return new Node("", "Cast", List.of(from), List.of(to), List.of(attribute));
  }
}
