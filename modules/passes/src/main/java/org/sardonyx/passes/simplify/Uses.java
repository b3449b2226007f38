package org.sardonyx.passes.simplify;

import java.util.HashSet;
import java.util.Set;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.walk.Graphs;

/** What is read in a graph. */
public final class Uses {

  private Uses() {}

  /** Returns the names that nodes read, in nested graphs too, and the outputs. */
  public static Set<String> of(Graph graph) {
    Set<String> used = new HashSet<>();
    for (Node node : graph.nodes()) {
      used.addAll(Graphs.reads(node));
    }
    graph.outputs().forEach(output -> used.add(output.name()));
    return used;
  }
}
