package org.sardonyx.optimize.rules;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Rewiring;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Removes nodes that only move elements, and surely leave them where they are. */
public final class NoMoves implements Rule {

  @Override
  public String name() {
    return "no-moves";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    Rewiring rewiring = new Rewiring(graph);
    for (Node node : graph.nodes()) {
      String same = node.outputs().size() == 1 ? same(node, site) : null;
      if (same != null && rewiring.replace(node, node.outputs().getFirst(), same)) {
        site.changed();
      }
    }
    return rewiring.apply();
  }

  private static @Nullable String same(Node node, Site site) {
    if (!node.isOnnx() || node.inputs().isEmpty()) {
      return null;
    }
    String x = node.inputs().getFirst();
    return switch (node.opType()) {
      case "Reshape", "Expand", "Tile", "Flatten", "Squeeze", "Unsqueeze" ->
          Read.sameShape(site, x, node.outputs().getFirst()) ? x : null;
      case "Slice" -> {
        Read.Slice slice = Read.slice(site, node);
        yield slice != null && slice.from() == 0 && slice.to() == slice.size() ? x : null;
      }
      case "Where" -> {
        Tensor condition = site.constant(x);
        String taken =
            condition == null || condition.dataType() != DataType.BOOL || condition.size() == 0
                ? null
                : taken(node.inputs(), condition);
        yield taken != null && Read.sameShape(site, taken, node.outputs().getFirst())
            ? taken
            : null;
      }
      default -> null;
    };
  }

  /** Returns the input that a Where takes every element of; null where it takes of both. */
  private static @Nullable String taken(List<String> inputs, Tensor condition) {
    boolean first = condition.getBoolean(0);
    for (int i = 1; i < condition.size(); i++) {
      if (condition.getBoolean(i) != first) {
        return null;
      }
    }
    return inputs.size() == 3 ? inputs.get(first ? 1 : 2) : null;
  }
}
