package org.sardonyx.passes.simplify;

import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;

/**
 * Writes {@code x / 2 (1 + erf(x / sqrt 2))} and {@code x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715
 * x^3)))}, in whatever order the factors stand, as Gelu: that of ai.onnx from version 20 on, before
 * that those of com.microsoft where the model uses its operators.
 */
public final class FuseGelu implements Rule {

  private static final int SINCE = 20;

  @Override
  public String name() {
    return "gelu";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    boolean onnx = site.opsets().version("") >= SINCE;
    if (!onnx && site.opsets().version("com.microsoft") < 0) {
      return graph;
    }
    Wiring wiring = site.wiring(graph);
    IdentityHashMap<Node, Node> replaced = new IdentityHashMap<>();
    for (Node node : graph.nodes()) {
      boolean tanh = node.isOnnx("Tanh");
      if ((!tanh && !node.isOnnx("Erf")) || node.inputs().size() != 1) {
        continue;
      }
      String x = tanh ? cubic(node, wiring) : scaled(node.inputs().getFirst(), wiring);
      Node end = x == null || !wiring.isFloat(x) ? null : end(node, x, wiring);
      if (x != null && end != null) {
        replaced.put(end, gelu(end, x, tanh, onnx));
        site.changed();
      }
    }
    return wiring.replacing(replaced);
  }

  private static Node gelu(Node end, String x, boolean tanh, boolean onnx) {
    return new Node(
        end.name(),
        onnx ? "" : "com.microsoft",
        !onnx && tanh ? "FastGelu" : "Gelu",
        List.of(x),
        end.outputs(),
        onnx && tanh ? List.of(Attribute.of("approximate", "tanh")) : List.of());
  }

  /** Returns x where {@code value} is {@code x / sqrt 2}. */
  private static @Nullable String scaled(String value, Wiring wiring) {
    Node div = wiring.onlyMaker(value, "Div");
    if (div != null && wiring.is(div.inputs().get(1), Math.sqrt(2))) {
      return div.inputs().getFirst();
    }
    return factor(value, Math.sqrt(0.5), wiring);
  }

  /** Returns y where {@code value} is {@code number y}. */
  private static @Nullable String factor(String value, double number, Wiring wiring) {
    Node mul = wiring.onlyMaker(value, "Mul");
    if (mul == null) {
      return null;
    }
    for (String input : mul.inputs()) {
      if (wiring.is(input, number)) {
        return Wiring.other(mul, input);
      }
    }
    return null;
  }

  /** Returns x where a Tanh is of {@code sqrt(2 / pi) (x + 0.044715 x^3)}. */
  private static @Nullable String cubic(Node tanh, Wiring wiring) {
    String sum = factor(tanh.inputs().getFirst(), Math.sqrt(2 / Math.PI), wiring);
    Node add = sum == null ? null : wiring.onlyMaker(sum, "Add");
    if (add == null) {
      return null;
    }
    for (String x : add.inputs()) {
      String other = Wiring.other(add, x);
      String cube = other == null ? null : factor(other, 0.044715, wiring);
      if (cube != null && isCube(cube, x, wiring)) {
        return x;
      }
    }
    return null;
  }

  private static boolean isCube(String value, String x, Wiring wiring) {
    Node power = wiring.onlyMaker(value, "Pow");
    if (power != null) {
      return power.inputs().getFirst().equals(x) && wiring.isPower(power, 3);
    }
    Node mul = wiring.onlyMaker(value, "Mul");
    String square = mul == null ? null : Wiring.other(mul, x);
    Node twice = square == null ? null : wiring.onlyMaker(square, "Mul");
    return twice != null && twice.inputs().equals(List.of(x, x));
  }

  /** Returns the last node of {@code x / 2 (1 + value)}, whose value {@code inner} gives. */
  private static @Nullable Node end(Node inner, String x, Wiring wiring) {
    String value = inner.outputs().getFirst();
    Node add = wiring.onlyReader(value, "Add");
    String one = add == null ? null : Wiring.other(add, value);
    if (add == null || one == null || !wiring.is(one, 1)) {
      return null;
    }
    String sum = add.outputs().getFirst();
    Node first = wiring.onlyReader(sum, "Mul");
    String with = first == null ? null : Wiring.other(first, sum);
    if (first == null || with == null) {
      return null;
    }
    if (x.equals(factor(with, 0.5, wiring))) {
      return first;
    }
    String product = first.outputs().getFirst();
    Node second = wiring.onlyReader(product, "Mul");
    String last = second == null ? null : Wiring.other(second, product);
    if (last == null) {
      return null;
    }
    boolean halves = (with.equals(x) && wiring.is(last, 0.5));
    return halves || (last.equals(x) && wiring.is(with, 0.5)) ? second : null;
  }
}
