package org.sardonyx.convert.gradient;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Node;

/** The rules that there are, by operator of ai.onnx. */
final class Rules {

  /** What does not change where its inputs change a little, or has no numbers to differentiate. */
  private static final Set<String> FLAT =
      Set.of(
          "And",
          "ArgMax",
          "ArgMin",
          "Ceil",
          "ConstantOfShape",
          "Equal",
          "EyeLike",
          "Floor",
          "Greater",
          "GreaterOrEqual",
          "Hardmax",
          "IsInf",
          "IsNaN",
          "Less",
          "LessOrEqual",
          "NonZero",
          "Not",
          "Or",
          "Round",
          "Shape",
          "Sign",
          "Size",
          "Xor");

  private static final Map<String, Rule> ALL = all();

  private Rules() {}

  private static Map<String, Rule> all() {
    Map<String, Rule> rules = new HashMap<>();
    ElementwiseRules.addTo(rules);
    ShapeRules.addTo(rules);
    SumRules.addTo(rules);
    ProductRules.addTo(rules);
    WindowRules.addTo(rules);
    NormalizationRules.addTo(rules);
    LossRules.addTo(rules);
    return Map.copyOf(rules);
  }

  static boolean isFlat(Node node) {
    return node.isOnnx() && FLAT.contains(node.opType());
  }

  static @Nullable Rule find(Node node) {
    return node.isOnnx() ? ALL.get(node.opType()) : null;
  }
}
