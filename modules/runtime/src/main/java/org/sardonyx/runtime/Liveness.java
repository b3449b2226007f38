package org.sardonyx.runtime;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.TensorData;

/** Which values of a list of nodes somebody needs. */
final class Liveness {

  private Liveness() {}

  /** Returns the names that must be there to give {@code wanted}, themselves included. */
  static Set<String> needed(List<Node> nodes, Collection<String> wanted) {
    Set<String> needed = new HashSet<>(wanted);
    for (Node node : nodes.reversed()) {
      if (isNeeded(node, needed)) {
        reads(node, needed);
      }
    }
    return needed;
  }

  static boolean isNeeded(Node node, Set<String> needed) {
    for (String output : node.outputs()) {
      if (!output.isEmpty() && needed.contains(output)) {
        return true;
      }
    }
    return false;
  }

  /** Adds what a node reads, and what the graphs in its attributes read of the graph around. */
  private static void reads(Node node, Set<String> into) {
    for (String input : node.inputs()) {
      if (!input.isEmpty()) {
        into.add(input);
      }
    }
    for (Attribute attribute : node.attributes()) {
      if (attribute.value() instanceof Attribute.OfGraph(Graph graph)) {
        Set<String> free = new HashSet<>();
        for (Node inner : graph.nodes()) {
          reads(inner, free);
        }
        for (ValueInfo output : graph.outputs()) {
          free.add(output.name());
        }
        for (Node inner : graph.nodes()) {
          inner.outputs().forEach(free::remove);
        }
        for (ValueInfo input : graph.inputs()) {
          free.remove(input.name());
        }
        for (TensorData initializer : graph.initializers()) {
          free.remove(initializer.name());
        }
        into.addAll(free);
      }
    }
  }
}
