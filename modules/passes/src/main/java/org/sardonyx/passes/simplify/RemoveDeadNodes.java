package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.walk.Order;
import org.sardonyx.tensor.TensorData;

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
    for (ValueInfo output : graph.outputs()) {
      used.add(output.name());
    }
    List<Node> kept = new ArrayList<>();
    for (Node node : graph.nodes().reversed()) {
      boolean wanted = node.outputs().isEmpty();
      for (String output : node.outputs()) {
        wanted |= !output.isEmpty() && used.contains(output);
      }
      if (wanted) {
        kept.add(node);
        Uses.add(node, used);
      } else {
        site.changed();
      }
    }
    Collections.reverse(kept);
    for (ValueInfo input : graph.inputs()) {
      used.add(input.name());
    }
    List<TensorData> initializers = new ArrayList<>();
    for (TensorData initializer : graph.initializers()) {
      if (used.contains(initializer.name())) {
        initializers.add(initializer);
      }
    }
    List<SparseTensorData> sparse = new ArrayList<>();
    for (SparseTensorData initializer : graph.sparseInitializers()) {
      if (used.contains(initializer.name())) {
        sparse.add(initializer);
      }
    }
    int before = graph.initializers().size() + graph.sparseInitializers().size();
    Graph result =
        new Graph(
            graph.name(),
            kept,
            graph.inputs(),
            graph.outputs(),
            graph.valueInfo(),
            initializers,
            sparse,
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
