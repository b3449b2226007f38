package org.sardonyx.passes.walk;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.TensorData;

/** Graphs within graphs. */
public final class Graphs {

  /** The deepest nesting of graphs and functions that is followed. */
  public static final int MAX_DEPTH = 16;

  private Graphs() {}

  /** Whether a node has graphs as attributes. */
  public static boolean hasBodies(Node node) {
    for (Attribute attribute : node.attributes()) {
      if (attribute.value() instanceof Attribute.OfGraph
          || attribute.value() instanceof Attribute.OfGraphs) {
        return true;
      }
    }
    return false;
  }

  /** Returns the graphs that are attributes of a node. */
  public static List<Graph> bodies(Node node) {
    if (!hasBodies(node)) {
      return List.of();
    }
    List<Graph> bodies = new ArrayList<>(2);
    for (Attribute attribute : node.attributes()) {
      if (attribute.value() instanceof Attribute.OfGraph(Graph graph)) {
        bodies.add(graph);
      } else if (attribute.value() instanceof Attribute.OfGraphs(List<Graph> graphs)) {
        bodies.addAll(graphs);
      }
    }
    return bodies;
  }

  /** Returns the node with each of its graphs replaced. */
  @SuppressWarnings("ReferenceEquality") // the graph itself where nothing changed
  public static Node mapBodies(Node node, UnaryOperator<Graph> change) {
    if (!hasBodies(node)) {
      return node;
    }
    List<Attribute> attributes = new ArrayList<>(node.attributes().size());
    boolean changed = false;
    for (Attribute attribute : node.attributes()) {
      Attribute.Value value =
          switch (attribute.value()) {
            case Attribute.OfGraph(Graph graph) -> {
              Graph result = change.apply(graph);
              yield result == graph ? attribute.value() : new Attribute.OfGraph(result);
            }
            case Attribute.OfGraphs(List<Graph> graphs) ->
                new Attribute.OfGraphs(graphs.stream().map(change).toList());
            default -> attribute.value();
          };
      changed |= value != attribute.value();
      attributes.add(value == attribute.value() ? attribute : attribute.withValue(value));
    }
    return changed ? node.withAttributes(attributes) : node;
  }

  /** Returns the names that a graph defines itself: inputs, initializers, outputs of its nodes. */
  public static Set<String> defined(Graph graph) {
    Set<String> names = new LinkedHashSet<>();
    for (ValueInfo input : graph.inputs()) {
      names.add(input.name());
    }
    for (TensorData initializer : graph.initializers()) {
      names.add(initializer.name());
    }
    for (SparseTensorData initializer : graph.sparseInitializers()) {
      names.add(initializer.name());
    }
    for (Node node : graph.nodes()) {
      names.addAll(node.outputs());
    }
    names.remove("");
    return names;
  }

  /** Returns what a node reads: its inputs, and what its graphs read from around them. */
  public static Set<String> reads(Node node) {
    Set<String> names = new LinkedHashSet<>(node.inputs());
    for (Graph body : bodies(node)) {
      names.addAll(captured(body));
    }
    names.remove("");
    return names;
  }

  /** Returns the names that a graph reads and does not define. */
  public static Set<String> captured(Graph graph) {
    Set<String> names = new LinkedHashSet<>();
    addCaptured(graph, names);
    return names;
  }

  private static void addCaptured(Graph graph, Collection<String> into) {
    Set<String> own = defined(graph);
    for (Node node : graph.nodes()) {
      for (String read : reads(node)) {
        if (!own.contains(read)) {
          into.add(read);
        }
      }
    }
    for (ValueInfo output : graph.outputs()) {
      if (!own.contains(output.name())) {
        into.add(output.name());
      }
    }
    into.remove("");
  }
}
