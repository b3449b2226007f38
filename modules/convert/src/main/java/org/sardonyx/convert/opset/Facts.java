package org.sardonyx.convert.opset;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Type;

/** What is known of the values that a graph or function sees, before it is rewritten. */
final class Facts {

  private final Knowledge knowledge;
  private final @Nullable Facts outer;
  private final @Nullable Graph graph;
  private final @Nullable Function function;
  private final Set<String> defined;
  private final Map<String, Node> producers = new HashMap<>();

  private Facts(
      Knowledge knowledge,
      @Nullable Facts outer,
      @Nullable Graph graph,
      @Nullable Function function,
      Iterable<Node> nodes,
      Set<String> defined) {
    this.knowledge = knowledge;
    this.outer = outer;
    this.graph = graph;
    this.function = function;
    this.defined = defined;
    for (Node node : nodes) {
      for (String output : node.outputs()) {
        producers.put(output, node);
      }
    }
  }

  static Facts of(Knowledge knowledge, Graph graph) {
    return new Facts(knowledge, null, graph, null, graph.nodes(), Graphs.defined(graph));
  }

  static Facts of(Knowledge knowledge, Function function) {
    Set<String> defined = new java.util.HashSet<>(function.inputs());
    function.nodes().forEach(node -> defined.addAll(node.outputs()));
    return new Facts(knowledge, null, null, function, function.nodes(), defined);
  }

  /** Returns what a graph in a node sees. */
  Facts within(Graph body) {
    return new Facts(knowledge, this, body, function, body.nodes(), Graphs.defined(body));
  }

  boolean isMain() {
    return outer == null && graph != null;
  }

  boolean inFunction() {
    return function != null;
  }

  /** Returns the type of a value, or null where it is not known. */
  @Nullable Type type(String name) {
    for (Facts facts = this; facts != null; facts = facts.outer) {
      if (facts.defined.contains(name)) {
        return facts.ownType(name);
      }
    }
    return null;
  }

  private @Nullable Type ownType(String name) {
    if (function == null) {
      return graph == null ? null : knowledge.inferred().type(graph, name);
    }
    // Of graphs within a function nothing is known that holds in every call.
    return graph == null ? knowledge.inferred().types(function).get(name) : null;
  }

  /** Returns the elements of a constant, or null where they are not known. */
  @Nullable Tensor constant(String name) {
    for (Facts facts = this; facts != null; facts = facts.outer) {
      if (!facts.defined.contains(name)) {
        continue;
      }
      Node producer = facts.producers.get(name);
      Tensor value = producer == null ? null : Constants.value(producer);
      if (value != null || function != null || facts.graph == null) {
        return value;
      }
      return knowledge.inferred().constant(facts.graph, name);
    }
    return null;
  }

  /** Whether no graph around this place defines the name: an adapter has made it. */
  boolean isNew(String name) {
    for (Facts facts = this; facts != null; facts = facts.outer) {
      if (facts.defined.contains(name)) {
        return false;
      }
    }
    return true;
  }

  /** Returns the node that makes a value, or null where it is an input or a constant. */
  @Nullable Node producer(String name) {
    for (Facts facts = this; facts != null; facts = facts.outer) {
      if (facts.defined.contains(name)) {
        return facts.producers.get(name);
      }
    }
    return null;
  }
}
