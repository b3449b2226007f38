package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Makes one Transpose of two in a row: {@code perm[i] = first[second[i]]}. Where nothing is left to
 * do the rule for identities removes it.
 */
public final class MergeTransposes implements Rule {

  @Override
  public String name() {
    return "transposes";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    Map<String, Node> transposes = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    boolean changed = false;
    for (Node node : graph.nodes()) {
      Node result = node;
      if (node.isOnnx("Transpose") && node.inputs().size() == 1 && node.outputs().size() == 1) {
        Node first = transposes.get(node.inputs().getFirst());
        long[] outer = permutation(node, site);
        long[] inner = first == null ? null : permutation(first, site);
        if (first != null && outer != null && inner != null && inner.length == outer.length) {
          long[] both = new long[outer.length];
          for (int i = 0; i < both.length; i++) {
            both[i] = inner[(int) outer[i]];
          }
          result =
              node.withInputs(first.inputs()).withAttributes(List.of(Attribute.of("perm", both)));
          site.changed();
          changed = true;
        }
        transposes.put(node.outputs().getFirst(), result);
      }
      nodes.add(result);
    }
    return changed ? graph.withNodes(nodes) : graph;
  }

  private static long @Nullable [] permutation(Node node, Site site) {
    Attribute perm = node.attribute("perm");
    if (perm != null) {
      if (!(perm.value() instanceof Attribute.OfInts(List<Long> order))) {
        return null;
      }
      long[] axes = new long[order.size()];
      for (int i = 0; i < axes.length; i++) {
        axes[i] = order.get(i);
      }
      boolean[] seen = new boolean[axes.length];
      for (long axis : axes) {
        if (axis < 0 || axis >= axes.length || seen[(int) axis]) {
          return null;
        }
        seen[(int) axis] = true;
      }
      return axes;
    }
    if (!(site.type(node.inputs().getFirst()) instanceof Type.OfTensor(var _, Shape shape))
        || !shape.hasRank()) {
      return null;
    }
    long[] reversed = new long[shape.rank()];
    for (int i = 0; i < reversed.length; i++) {
      reversed[i] = reversed.length - 1L - i;
    }
    return reversed;
  }
}
