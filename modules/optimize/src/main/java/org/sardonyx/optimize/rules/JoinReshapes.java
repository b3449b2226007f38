package org.sardonyx.optimize.rules;

import java.util.List;
import java.util.Set;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;
import org.sardonyx.type.Shape;

/** Makes one Reshape of two nodes in a row that keep the order of the elements. */
public final class JoinReshapes implements Rule {

  private static final Set<String> KEEP_ORDER =
      Set.of("Reshape", "Squeeze", "Unsqueeze", "Flatten");

  @Override
  public String name() {
    return "reshapes";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (!Edit.isPossible(site) || site.opsets().version("") < 5) {
      return graph;
    }
    Wiring wiring = new Wiring(graph, site);
    Edit edit = new Edit(graph, site);
    for (Node node : graph.nodes()) {
      if (!keepsOrder(node)) {
        continue;
      }
      String between = node.inputs().getFirst();
      Node first = wiring.hasOneReader(between) ? wiring.maker(between) : null;
      if (first == null || !keepsOrder(first) || edit.has(first)) {
        continue;
      }
      String x = first.inputs().getFirst();
      Shape after = Read.shape(site, node.outputs().getFirst());
      long[] stated = after.hasRank() ? Stated.of(Read.shape(site, x), after.dims()) : null;
      if (stated != null && !hasZero(after)) {
        String shape = edit.constant(node.outputs().getFirst() + "/shape", stated);
        edit.replace(
            node, new Node(node.name(), "Reshape", List.of(x, shape), node.outputs(), List.of()));
        edit.replace(first);
      }
    }
    return edit.apply();
  }

  private static boolean keepsOrder(Node node) {
    return node.isOnnx()
        && KEEP_ORDER.contains(node.opType())
        && !node.inputs().isEmpty()
        && node.outputs().size() == 1;
  }

  /** In the shape of a Reshape, 0 would not mean that. */
  private static boolean hasZero(Shape shape) {
    return shape.dims().stream().anyMatch(dim -> dim.is(0));
  }
}
