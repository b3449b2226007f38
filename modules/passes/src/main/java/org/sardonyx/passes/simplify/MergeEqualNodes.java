package org.sardonyx.passes.simplify;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.walk.Opsets;

/** Computes what is computed twice once: nodes of one operator with equal inputs and attributes. */
public final class MergeEqualNodes implements Rule {

  /** Returns what is equal for nodes that compute the same. */
  private static List<Object> key(Node node) {
    Map<String, Attribute.Value> attributes = new HashMap<>();
    for (Attribute attribute : node.attributes()) {
      attributes.put(attribute.name(), attribute.value());
    }
    return List.of(Opsets.domain(node.domain()), node.opType(), node.inputs(), attributes);
  }

  @Override
  public String name() {
    return "equal-nodes";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    Rewiring rewiring = new Rewiring(graph);
    Map<List<Object>, Node> first = new HashMap<>();
    Set<String> changed = new HashSet<>();
    for (Node node : graph.nodes()) {
      if (!site.isDeterministic(node)) {
        continue;
      }
      if (!Collections.disjoint(changed, node.inputs())) {
        continue; // its inputs have just got other names: the next round sees them
      }
      Node same = first.putIfAbsent(key(node), node);
      if (same == null || !covers(same, node) || rewiring.isAnyOutput(node.outputs())) {
        continue;
      }
      for (int i = 0; i < node.outputs().size(); i++) {
        if (!node.outputs().get(i).isEmpty()) {
          rewiring.replaceValue(node.outputs().get(i), same.outputs().get(i));
          changed.add(node.outputs().get(i));
        }
      }
      rewiring.drop(node);
      site.changed();
    }
    return rewiring.apply();
  }

  /** Whether every output that {@code node} gives is given by {@code same} too. */
  private static boolean covers(Node same, Node node) {
    for (int i = 0; i < node.outputs().size(); i++) {
      boolean given = i < same.outputs().size() && !same.outputs().get(i).isEmpty();
      if (!node.outputs().get(i).isEmpty() && !given) {
        return false;
      }
    }
    return true;
  }
}
