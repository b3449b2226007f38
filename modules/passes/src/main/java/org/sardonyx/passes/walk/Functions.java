package org.sardonyx.passes.walk;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;

/** The functions that a model defines, found by what calls them. */
public final class Functions {

  /** What identifies a function. */
  public record Id(String domain, String name, String overload) {
    public static Id of(Function function) {
      return new Id(Opsets.domain(function.domain()), function.name(), function.overload());
    }

    public static Id of(Node node) {
      return new Id(Opsets.domain(node.domain()), node.opType(), node.overload());
    }
  }

  private final Map<Id, Function> byId = new HashMap<>();

  private Functions() {}

  public static Functions of(Model model) {
    Functions functions = new Functions();
    for (Function function : model.functions()) {
      functions.byId.putIfAbsent(Id.of(function), function);
    }
    return functions;
  }

  /** Returns the function that {@code node} calls, or null where it calls none of the model's. */
  public @Nullable Function find(Node node) {
    return byId.isEmpty() ? null : byId.get(Id.of(node));
  }

  public boolean isEmpty() {
    return byId.isEmpty();
  }

  /**
   * Returns the nodes of {@code function} as {@code call} means them: references to the function's
   * attributes are replaced by the call's, by the default, or left out where there is neither.
   */
  public static List<Node> bind(Function function, Node call) {
    Map<String, Attribute> actual = new HashMap<>();
    for (Attribute attribute : function.attributeDefaults()) {
      actual.put(attribute.name(), attribute);
    }
    for (Attribute attribute : call.attributes()) {
      actual.put(attribute.name(), attribute);
    }
    return bind(function.nodes(), actual);
  }

  private static List<Node> bind(List<Node> nodes, Map<String, Attribute> actual) {
    List<Node> bound = new ArrayList<>(nodes.size());
    for (Node node : nodes) {
      bound.add(bind(node, actual));
    }
    return bound;
  }

  @SuppressWarnings("ReferenceEquality") // the graph itself where nothing changed
  private static Node bind(Node node, Map<String, Attribute> actual) {
    boolean changed = false;
    List<Attribute> attributes = new ArrayList<>(node.attributes().size());
    for (Attribute attribute : node.attributes()) {
      switch (attribute.value()) {
        case Attribute.Reference reference -> {
          changed = true;
          Attribute given = actual.get(reference.refAttrName());
          if (given != null) {
            attributes.add(attribute.withValue(given.value()));
          }
        }
        case Attribute.OfGraph(Graph graph) -> {
          Graph bound = bind(graph, actual);
          changed |= bound != graph;
          attributes.add(
              bound == graph ? attribute : attribute.withValue(new Attribute.OfGraph(bound)));
        }
        case Attribute.OfGraphs(List<Graph> graphs) -> {
          changed = true;
          attributes.add(
              attribute.withValue(
                  new Attribute.OfGraphs(graphs.stream().map(g -> bind(g, actual)).toList())));
        }
        default -> attributes.add(attribute);
      }
    }
    return changed ? node.withAttributes(attributes) : node;
  }

  @SuppressWarnings("ReferenceEquality") // the node itself where nothing changed
  private static Graph bind(Graph graph, Map<String, Attribute> actual) {
    List<Node> nodes = bind(graph.nodes(), actual);
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i) != graph.nodes().get(i)) {
        return graph.withNodes(nodes);
      }
    }
    return graph;
  }
}
