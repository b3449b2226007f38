package org.sardonyx.passes.simplify;

import java.util.HashSet;
import java.util.Set;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.walk.Graphs;

/** What is read in a graph. */
public final class Uses {

  private Uses() {}

  /** Returns the names that nodes read, in nested graphs too, and the outputs. */
  public static Set<String> of(Graph graph) {
    Set<String> used = new HashSet<>();
    for (Node node : graph.nodes()) {
      add(node, used);
    }
    for (ValueInfo output : graph.outputs()) {
      used.add(output.name());
    }
    return used;
  }

  /** Adds what a node reads, in the graphs in it too. */
  static void add(Node node, Set<String> used) {
    used.addAll(node.inputs());
    for (Graph body : Graphs.bodies(node)) {
      used.addAll(Graphs.captured(body));
    }
    used.remove("");
  }
}
