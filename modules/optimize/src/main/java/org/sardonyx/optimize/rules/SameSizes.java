package org.sardonyx.optimize.rules;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Rewiring;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.walk.Order;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

/**
 * Computes sizes once: integers that are proved to be the same numbers of dimensions, though they
 * are taken from the shapes of different values.
 */
public final class SameSizes implements Rule {

  private record Sizes(Type type, List<Dim> elements) {}

  @Override
  public String name() {
    return "same-sizes";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (!Order.isSorted(graph.nodes())) {
      return graph;
    }
    Map<Sizes, String> known = new HashMap<>();
    Rewiring rewiring = new Rewiring(graph);
    for (Node node : graph.nodes()) {
      if (node.outputs().size() != 1 || !site.isDeterministic(node)) {
        continue;
      }
      String value = node.outputs().getFirst();
      List<Dim> elements = site.elements(value);
      Type type = site.type(value);
      if (elements == null
          || type == null
          || site.constant(value) != null
          || elements.stream().anyMatch(dim -> !dim.sameAs(dim))) {
        continue;
      }
      String same = known.putIfAbsent(new Sizes(type, elements), value);
      if (same != null && rewiring.replaceValue(value, same)) {
        rewiring.drop(node);
        site.changed();
      }
    }
    return rewiring.apply();
  }
}
