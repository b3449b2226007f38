package org.sardonyx.passes.simplify;

import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.Tensor;

/**
 * Writes {@code (x - mean) / sqrt(variance + epsilon) * scale + bias} over the last dimension as
 * LayerNormalization, where the model may hold one: from version 17 on, and in any version beside
 * the operators of ONNX Runtime, which itself writes it there.
 */
public final class FuseLayerNormalization implements Rule {

  private static final int SINCE = 17;

  @Override
  public String name() {
    return "layer-normalization";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (site.opsets().version("") < SINCE && site.opsets().version("com.microsoft") < 0) {
      return graph;
    }
    Wiring wiring = site.wiring(graph);
    IdentityHashMap<Node, Node> replaced = new IdentityHashMap<>();
    for (Node node : graph.nodes()) {
      Node fused = node.isOnnx("Add") ? fused(node, wiring, site) : null;
      if (fused != null) {
        replaced.put(node, fused);
        site.changed();
      }
    }
    return wiring.replacing(replaced);
  }

  private static @Nullable Node fused(Node add, Wiring wiring, Site site) {
    for (String scaled : add.inputs()) {
      Node mul = wiring.onlyMaker(scaled, "Mul");
      String bias = Wiring.other(add, scaled);
      if (mul == null || bias == null) {
        continue;
      }
      for (String normal : mul.inputs()) {
        Node div = wiring.onlyMaker(normal, "Div");
        String scale = Wiring.other(mul, normal);
        if (div != null && scale != null) {
          Normalized found = normalized(div, wiring, site);
          if (found != null && fits(found, scale, wiring) && fits(found, bias, wiring)) {
            return new Node(
                add.name(),
                "LayerNormalization",
                List.of(found.x, scale, bias),
                add.outputs(),
                List.of(Attribute.of("axis", -1L), Attribute.of("epsilon", (float) found.epsilon)));
          }
        }
      }
    }
    return null;
  }

  private record Normalized(String x, double epsilon) {}

  /** Whether a factor or summand has one number for each place of the last dimension. */
  private static boolean fits(Normalized found, String parameter, Wiring wiring) {
    long width = wiring.width(found.x);
    return width > 0
        && wiring.rank(parameter) == 1
        && wiring.width(parameter) == width
        && wiring.isFloat(parameter);
  }

  private static @Nullable Normalized normalized(Node div, Wiring wiring, Site site) {
    Node sub = wiring.maker(div.inputs().get(0), "Sub");
    Node sqrt = wiring.onlyMaker(div.inputs().get(1), "Sqrt");
    Node plus = sqrt == null ? null : wiring.onlyMaker(sqrt.inputs().getFirst(), "Add");
    if (sub == null || plus == null) {
      return null;
    }
    for (String variance : plus.inputs()) {
      String epsilon = Wiring.other(plus, variance);
      Node mean = wiring.onlyMaker(variance, "ReduceMean");
      if (mean == null || epsilon == null || !(wiring.number(epsilon) >= 0)) {
        continue;
      }
      String x = sub.inputs().get(0);
      Node center = wiring.maker(sub.inputs().get(1), "ReduceMean");
      if (center != null
          && center.inputs().getFirst().equals(x)
          && wiring.isFloat(x)
          && isOverLast(center, wiring.rank(x), site)
          && isOverLast(mean, wiring.rank(x), site)
          && isSquare(mean.inputs().getFirst(), x, center, wiring)) {
        return new Normalized(x, wiring.number(epsilon));
      }
    }
    return null;
  }

  /** Whether {@code value} is the square of {@code x - center}. */
  private static boolean isSquare(String value, String x, Node center, Wiring wiring) {
    Node power = wiring.onlyMaker(value, "Pow");
    Node product = wiring.onlyMaker(value, "Mul");
    String root =
        power != null && wiring.isPower(power, 2)
            ? power.inputs().getFirst()
            : product != null && product.inputs().get(0).equals(product.inputs().get(1))
                ? product.inputs().getFirst()
                : null;
    Node sub = root == null ? null : wiring.maker(root, "Sub");
    return sub != null && sub.inputs().equals(List.of(x, center.outputs().getFirst()));
  }

  /** Whether a mean is taken over the last dimension alone, which stays. */
  static boolean isOverLast(Node mean, int rank, Site site) {
    if (Wiring.attribute(mean, "keepdims", 1) != 1) {
      return false;
    }
    Attribute axes = mean.attribute("axes");
    if (axes != null) {
      return axes.value() instanceof Attribute.OfInts(List<Long> list)
          && list.size() == 1
          && (list.getFirst() == -1 || (rank > 0 && list.getFirst() == rank - 1));
    }
    Tensor given = mean.inputs().size() > 1 ? site.constant(mean.inputs().get(1)) : null;
    return given != null
        && given.size() == 1
        && (given.getLong(0) == -1 || (rank > 0 && given.getLong(0) == rank - 1));
  }
}
