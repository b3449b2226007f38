package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;

/**
 * Writes {@code x / sqrt(mean(x^2) + epsilon) * scale} over the last dimension as RMSNormalization,
 * from version 23 on, and before that, beside the operators of ONNX Runtime, by the name that it
 * has there.
 */
public final class FuseRmsNormalization implements Rule {

  private static final int SINCE = 23;

  @Override
  public String name() {
    return "rms-normalization";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (site.opsets().version("") < SINCE && site.opsets().version("com.microsoft") < 0) {
      return graph;
    }
    Wiring wiring = site.wiring(graph);
    List<Node> nodes = new ArrayList<>(graph.nodes().size());
    boolean any = false;
    for (Node node : graph.nodes()) {
      Node fused = null;
      for (int i = 0; fused == null && node.isOnnx("Mul") && i < node.inputs().size(); i++) {
        String scale = Wiring.other(node, node.inputs().get(i));
        fused = scale == null ? null : fused(node, node.inputs().get(i), scale, wiring, site);
      }
      nodes.add(fused == null ? node : fused);
      if (fused != null) {
        site.changed();
        any = true;
      }
    }
    return any ? graph.withNodes(nodes) : graph;
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
          && wiring.isFloat(scale)
          && wiring.width(x) > 0
          && wiring.rank(scale) == 1
          && wiring.width(scale) == wiring.width(x)) {
        return new Node(
            end.name(),
            site.opsets().version("") < SINCE ? "SimplifiedLayerNormalization" : "RMSNormalization",
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
    if (mean == null || !FuseLayerNormalization.isOverLast(mean, wiring.rank(x), site)) {
      return false;
    }
    Node power = wiring.maker(mean.inputs().getFirst(), "Pow");
    if (power != null) {
      return power.inputs().get(0).equals(x) && wiring.isPower(power, 2);
    }
    Node square = wiring.maker(mean.inputs().getFirst(), "Mul");
    return square != null && square.inputs().equals(List.of(x, x));
  }
}
