package org.sardonyx.optimize.rules;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;

/**
 * Writes an Einsum that is a product of matrices as MatMul: of each operand the labels of the batch
 * in the same order, one label of its own, and one that is summed over.
 */
public final class EinsumProducts implements Rule {

  @Override
  public String name() {
    return "einsum";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    Wiring wiring = new Wiring(graph, site);
    Edit edit = new Edit(graph, site);
    for (Node node : graph.nodes()) {
      Attribute equation = node.isOnnx("Einsum") ? node.attribute("equation") : null;
      if (equation != null
          && node.inputs().size() == 2
          && equation.value() instanceof Attribute.OfString text) {
        List<Node> product = product(node, text.text().replace(" ", ""), wiring, site);
        if (product != null) {
          edit.replace(node, product);
        }
      }
    }
    return edit.apply();
  }

  private static @Nullable List<Node> product(
      Node node, String equation, Wiring wiring, Site site) {
    String[] sides = equation.split("->", -1);
    String[] operands = sides[0].split(",", -1);
    if (sides.length != 2 || operands.length != 2) {
      return null;
    }
    String a = operands[0];
    String b = operands[1];
    String out = sides[1];
    int rank = out.length();
    if (rank < 2
        || a.length() != rank
        || b.length() != rank
        || !areLetters(a)
        || !areLetters(b)
        || !areLetters(out)
        || wiring.rank(node.inputs().get(0)) != rank
        || wiring.rank(node.inputs().get(1)) != rank) {
      return null;
    }
    StringBuilder batch = new StringBuilder();
    StringBuilder row = new StringBuilder();
    StringBuilder column = new StringBuilder();
    for (int i = 0; i < rank; i++) {
      char label = out.charAt(i);
      boolean inA = a.indexOf(label) >= 0;
      boolean inB = b.indexOf(label) >= 0;
      (inA && inB ? batch : inA ? row : column).append(label);
      if (!inA && !inB) {
        return null;
      }
    }
    String summed =
        a.chars()
            .filter(c -> out.indexOf(c) < 0)
            .mapToObj(Character::toString)
            .reduce("", String::concat);
    boolean fits =
        row.length() == 1
            && column.length() == 1
            && summed.length() == 1
            && b.contains(summed)
            && sameSizes(node, a, b, batch.toString(), site);
    if (!fits) {
      return null;
    }
    String made = batch.toString() + row + column;
    List<Node> nodes = new ArrayList<>();
    String x = turned(node.inputs().get(0), a, batch.toString() + row + summed, nodes, site);
    String y = turned(node.inputs().get(1), b, batch + summed + column, nodes, site);
    String result = node.outputs().getFirst();
    String product = made.equals(out) ? result : site.names().fresh(result + "/product");
    nodes.add(new Node(node.name(), "MatMul", List.of(x, y), List.of(product), List.of()));
    if (!made.equals(out)) {
      nodes.add(transpose(product, made, out, result));
    }
    return nodes;
  }

  /** Whether labels are letters, each there once: no ellipsis, no diagonal. */
  private static boolean areLetters(String labels) {
    return labels.chars().allMatch(Character::isLetter)
        && labels.chars().distinct().count() == labels.length();
  }

  /**
   * Whether the batch has the same sizes in both: Einsum and MatMul broadcast 1 alike, but to be
   * sure.
   */
  private static boolean sameSizes(Node node, String a, String b, String batch, Site site) {
    return batch
        .chars()
        .allMatch(label ->
            Read.shape(site, node.inputs().get(0))
                .dim(a.indexOf(label))
                .sameAs(Read.shape(site, node.inputs().get(1)).dim(b.indexOf(label))));
  }

  private static String turned(String value, String from, String to, List<Node> nodes, Site site) {
    if (from.equals(to)) {
      return value;
    }
    String turned = site.names().fresh(value + "/turned");
    nodes.add(transpose(value, from, to, turned));
    return turned;
  }

  private static Node transpose(String value, String from, String to, String result) {
    long[] perm = to.chars().mapToLong(from::indexOf).toArray();
    return new Node(
        "", "Transpose", List.of(value), List.of(result), List.of(Attribute.of("perm", perm)));
  }
}
