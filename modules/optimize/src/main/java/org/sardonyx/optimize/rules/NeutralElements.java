package org.sardonyx.optimize.rules;

import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Rewiring;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/** Removes products with 1, quotients by 1 and powers of 1. Sums with 0 stay: they make 0 of -0. */
public final class NeutralElements implements Rule {

  @Override
  public String name() {
    return "neutral";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    Rewiring rewiring = new Rewiring(graph);
    for (Node node : graph.nodes()) {
      String same =
          node.inputs().size() == 2 && node.outputs().size() == 1 ? same(node, site) : null;
      if (same != null && rewiring.replace(node, node.outputs().getFirst(), same)) {
        site.changed();
      }
    }
    return rewiring.apply();
  }

  private static @Nullable String same(Node node, Site site) {
    String a = node.inputs().get(0);
    String b = node.inputs().get(1);
    if (node.isOnnx("Mul") && isOne(site, a, b)) {
      return b;
    }
    return (node.isOnnx("Mul") || node.isOnnx("Div") || node.isOnnx("Pow")) && isOne(site, b, a)
        ? a
        : null;
  }

  /** Whether a constant is 1 and gives the other operand no further dimensions. */
  private static boolean isOne(Site site, String value, String other) {
    Tensor constant = site.constant(value);
    Shape shape = Read.shape(site, other);
    return constant != null
        && constant.size() == 1
        && (constant.dataType().isFloat() || constant.dataType().isInteger())
        && constant.getDouble(0) == 1
        && shape.hasRank()
        && constant.rank() <= shape.rank();
  }
}
