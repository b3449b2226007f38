package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Order;

/** Removes nodes whose outputs nobody reads, and constants nobody reads. */
public final class RemoveDeadNodes implements Rule {

  @Override
  public String name() {
    return "dead";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (!Order.isSorted(graph.nodes())) {
      return graph;
    }
    Set<String> used = new HashSet<>();
    graph.outputs().forEach(output -> used.add(output.name()));
    List<Node> kept = new ArrayList<>();
    for (Node node : graph.nodes().reversed()) {
      boolean wanted = node.outputs().isEmpty();
      for (String output : node.outputs()) {
        wanted |= !output.isEmpty() && used.contains(output);
      }
      if (wanted) {
        kept.add(node);
        used.addAll(Graphs.reads(node));
      } else {
        site.changed();
      }
    }
    Collections.reverse(kept);
    Set<String> inputs = new HashSet<>();
    graph.inputs().forEach(input -> inputs.add(input.name()));
    int before = graph.initializers().size() + graph.sparseInitializers().size();
    Graph result =
        new Graph(
            graph.name(),
            kept,
            graph.inputs(),
            graph.outputs(),
            graph.valueInfo(),
            graph.initializers().stream()
                .filter(t -> used.contains(t.name()) || inputs.contains(t.name()))
                .toList(),
            graph.sparseInitializers().stream()
                .filter(t -> used.contains(t.name()) || inputs.contains(t.name()))
                .toList(),
            graph.docString(),
            graph.metadata(),
            graph.extra());
    int after = result.initializers().size() + result.sparseInitializers().size();
    if (after < before) {
      site.changed();
    }
    return kept.size() == graph.nodes().size() && after == before ? graph : result;
  }
}
