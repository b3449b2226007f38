package org.sardonyx.optimize.rules;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;
import org.sardonyx.type.Shape;

/** Writes {@code x / sqrt(mean(x^2) + epsilon) * scale} over the last axis as RMSNormalization. */
public final class FuseRmsNormalization implements Rule {

  private static final int SINCE = 23;

  @Override
  public String name() {
    return "rms-normalization";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (site.opsets().version("") < SINCE) {
      return graph;
    }
    Wiring wiring = new Wiring(graph, site);
    Edit edit = new Edit(graph, site);
    for (Node node : graph.nodes()) {
      if (!node.isOnnx("Mul") || node.inputs().size() != 2) {
        continue;
      }
      for (int i = 0; i < 2; i++) {
        Node fused = fused(node, node.inputs().get(i), node.inputs().get(1 - i), wiring, site);
        if (fused != null && !edit.has(node)) {
          edit.replace(node, fused);
        }
      }
    }
    return edit.apply();
  }

  private static @Nullable Node fused(
      Node end, String normalized, String scale, Wiring wiring, Site site) {
    Node quotient = wiring.onlyMaker(normalized, "Div");
    String x = null;
    String root = null;
    if (quotient != null) {
      x = quotient.inputs().get(0);
      root = quotient.inputs().get(1);
    } else {
      Node product = wiring.onlyMaker(normalized, "Mul");
      for (int i = 0; product != null && i < 2; i++) {
        String found = inverted(product.inputs().get(i), wiring);
        if (found != null) {
          x = product.inputs().get(1 - i);
          root = found;
        }
      }
    }
    Node sqrt = root == null ? null : wiring.maker(root, "Sqrt");
    Node add = sqrt == null ? null : wiring.maker(sqrt.inputs().getFirst(), "Add");
    if (x == null || add == null) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      double epsilon = wiring.number(add.inputs().get(1 - i));
      if (epsilon > 0
          && isMeanOfSquares(add.inputs().get(i), x, wiring, site)
          && wiring.isFloat(x)
          && isScale(scale, wiring.width(x), site)) {
        return new Node(
            end.name(),
            "RMSNormalization",
            List.of(x, scale),
            end.outputs(),
            List.of(Attribute.of("axis", -1L), Attribute.of("epsilon", (float) epsilon)));
      }
    }
    return null;
  }

  /** Returns what a value is 1 through; null where it is nothing of that kind. */
  private static @Nullable String inverted(String value, Wiring wiring) {
    Node div = wiring.maker(value, "Div");
    if (div != null && wiring.is(div.inputs().get(0), 1)) {
      return div.inputs().get(1);
    }
    Node reciprocal = wiring.maker(value, "Reciprocal");
    return reciprocal == null ? null : reciprocal.inputs().getFirst();
  }

  private static boolean isMeanOfSquares(String value, String x, Wiring wiring, Site site) {
    Node mean = wiring.maker(value, "ReduceMean");
    long[] axes = mean == null ? null : Read.ints(site, mean, "axes", 1);
    int rank = wiring.rank(x);
    if (mean == null
        || axes == null
        || axes.length != 1
        || rank < 1
        || (axes[0] != -1 && axes[0] != rank - 1)
        || Wiring.attribute(mean, "keepdims", 1) != 1) {
      return false;
    }
    Node power = wiring.maker(mean.inputs().getFirst(), "Pow");
    if (power != null) {
      return power.inputs().get(0).equals(x) && wiring.isPower(power, 2);
    }
    Node square = wiring.maker(mean.inputs().getFirst(), "Mul");
    return square != null && square.inputs().equals(List.of(x, x));
  }

  private static boolean isScale(String scale, long width, Site site) {
    Shape shape = Read.shape(site, scale);
    return width > 0 && shape.hasRank() && shape.rank() == 1 && shape.dim(0).is(width);
  }
}
