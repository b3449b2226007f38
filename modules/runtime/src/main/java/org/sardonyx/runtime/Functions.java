package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;

/** The functions of a model, and what their attributes stand for when one is called. */
final class Functions {

  private final Map<String, Function> byKey = new HashMap<>();

  Functions(List<Function> functions) {
    for (Function function : functions) {
      String key = key(function.domain(), function.name(), function.overload());
      if (byKey.putIfAbsent(key, function) != null) {
        throw new InvalidModel("function " + Text.escape(key) + " is defined twice");
      }
    }
  }

  @Nullable Function find(Node node) {
    return byKey.get(key(node.domain(), node.opType(), node.overload()));
  }

  static String key(String domain, String name, String overload) {
    String plain = (domain.equals("ai.onnx") ? "" : domain) + ":" + name;
    return overload.isEmpty() ? plain : plain + ":" + overload;
  }

  /** Returns the values of the function's attributes as {@code call} gives them. */
  static Map<String, Attribute.Value> bindings(Function function, Node call) {
    Map<String, Attribute.Value> bound = new HashMap<>();
    for (Attribute attribute : function.attributeDefaults()) {
      bound.put(attribute.name(), attribute.value());
    }
    for (Attribute attribute : call.attributes()) {
      if (!function.attributes().contains(attribute.name())
          && !bound.containsKey(attribute.name())) {
        throw new InvalidModel(
            "function " + Text.escape(function.name()) + " has no attribute \""
                + Text.escape(attribute.name()) + "\"");
      }
      bound.put(attribute.name(), attribute.value());
    }
    return bound;
  }

  /**
   * Returns the node with references to attributes of the function replaced; one to an attribute
   * that was not given is left out, with its default then holding.
   */
  static Node substitute(Node node, Map<String, Attribute.Value> bindings) {
    List<Attribute> attributes = new ArrayList<>(node.attributes().size());
    boolean changed = false;
    for (Attribute attribute : node.attributes()) {
      switch (attribute.value()) {
        case Attribute.Reference(String name, Attribute.Kind kind) -> {
          changed = true;
          Attribute.Value value = bindings.get(name);
          if (value == null) {
            continue;
          }
          if (kind != Attribute.Kind.UNDEFINED && value.kind() != kind) {
            throw new InvalidModel(
                "attribute \"" + Text.escape(name) + "\" is " + value.kind() + ", must be " + kind);
          }
          attributes.add(attribute.withValue(value));
        }
        case Attribute.OfGraph(Graph graph) -> {
          Graph inner = substitute(graph, bindings);
          changed |= inner != graph;
          attributes.add(
              inner == graph ? attribute : attribute.withValue(new Attribute.OfGraph(inner)));
        }
        default -> attributes.add(attribute);
      }
    }
    return changed ? node.withAttributes(attributes) : node;
  }

  private static Graph substitute(Graph graph, Map<String, Attribute.Value> bindings) {
    List<Node> nodes = new ArrayList<>(graph.nodes().size());
    boolean changed = false;
    for (Node node : graph.nodes()) {
      Node replaced = substitute(node, bindings);
      changed |= replaced != node;
      nodes.add(replaced);
    }
    return changed ? graph.withNodes(nodes) : graph;
  }
}
