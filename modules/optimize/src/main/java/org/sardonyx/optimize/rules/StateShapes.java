package org.sardonyx.optimize.rules;

import java.util.List;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;
import org.sardonyx.type.Dim;

/**
 * Gives a Reshape a constant shape as {@code shapes} does, and where that needs sizes that are at
 * least 1: in [0, -1, 8] nothing says what -1 is if the first size is 0.
 */
public final class StateShapes implements Rule {

  @Override
  public String name() {
    return "sizes";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (!Edit.isPossible(site) || site.opsets().version("") < 5) {
      return graph;
    }
    Edit edit = new Edit(graph, site);
    for (Node node : graph.nodes()) {
      if (!node.isOnnx("Reshape")
          || node.inputs().size() != 2
          || Wiring.attribute(node, "allowzero", 0) != 0) {
        continue;
      }
      String shape = node.inputs().get(1);
      List<Dim> dims = site.elements(shape);
      if (dims == null || site.constant(shape) != null || site.initializer(shape) != null) {
        continue;
      }
      String x = node.inputs().getFirst();
      long[] stated = Stated.of(Read.shape(site, x), dims);
      if (stated != null) {
        String name = edit.constant(shape + "_stated", stated);
        edit.replace(node, node.withInputs(List.of(x, name)));
      }
    }
    return edit.apply();
  }
}
