package org.sardonyx.optimize.rules;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;
import org.sardonyx.type.Shape;

/**
 * Gives Attention the keys and values that several heads share as they are, not repeated for each
 * head: [batch, heads, time, size], each head of them repeated for those of the queries that follow
 * each other.
 */
public final class ShareHeads implements Rule {

  private static final int RANK = 4;
  private static final int KEYS = 1;
  private static final int VALUES = 2;

  @Override
  public String name() {
    return "shared-heads";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (!Edit.isPossible(site)) {
      return graph;
    }
    Wiring wiring = new Wiring(graph, site);
    Edit edit = new Edit(graph, site);
    for (Node node : graph.nodes()) {
      if (!node.isOnnx("Attention") || wiring.rank(node.inputs().getFirst()) != RANK) {
        continue;
      }
      Node keys = repeat(node.inputs().get(KEYS), wiring, site);
      Node values = repeat(node.inputs().get(VALUES), wiring, site);
      if (keys == null || values == null || heads(keys, site) != heads(values, site)) {
        continue;
      }
      List<Node> nodes = new ArrayList<>();
      List<String> inputs = new ArrayList<>(node.inputs());
      inputs.set(KEYS, once(keys, nodes, wiring, site, edit));
      inputs.set(VALUES, once(values, nodes, wiring, site, edit));
      nodes.add(node.withInputs(inputs));
      edit.replace(node, nodes);
    }
    return edit.apply();
  }

  private static long heads(Node repeat, Site site) {
    return Read.shape(site, repeat.inputs().getFirst()).dim(1).sizeOrMinusOne();
  }

  /** Returns the Expand or Tile that repeats each head of a value; null where there is none. */
  private static @Nullable Node repeat(String value, Wiring wiring, Site site) {
    Shape all = Read.shape(site, value);
    Node reshape = wiring.maker(value, "Reshape");
    Node repeat = wiring.maker(reshape == null ? value : reshape.inputs().getFirst());
    if (repeat == null || !(repeat.isOnnx("Expand") || repeat.isOnnx("Tile")) || !all.hasRank()) {
      return null;
    }
    Shape from = Read.shape(site, repeat.inputs().getFirst());
    Shape to = Read.shape(site, repeat.outputs().getFirst());
    // Heads have an axis of their own for what repeats them, or are one that is repeated itself.
    int axis = reshape == null ? 1 : 2;
    if (!from.hasRank() || !to.hasRank() || from.rank() != RANK + axis - 1) {
      return null;
    }
    for (int i = 0; i < from.rank(); i++) {
      if (to.rank() != from.rank()
          || (i == axis
              ? !from.dim(i).is(1) || !to.dim(i).isKnown()
              : !from.dim(i).sameAs(to.dim(i)))) {
        return null;
      }
    }
    boolean joins =
        reshape == null
            || (all.rank() == RANK
                && from.dim(1).isKnown()
                && from.dim(1).times(to.dim(2)).sameAs(all.dim(1))
                && from.dim(0).sameAs(all.dim(0))
                && from.dim(3).sameAs(all.dim(2))
                && from.dim(4).sameAs(all.dim(3)));
    return joins ? repeat : null;
  }

  /** Returns what is repeated, without the axis for it. */
  private static String once(Node repeat, List<Node> nodes, Wiring wiring, Site site, Edit edit) {
    String value = repeat.inputs().getFirst();
    Shape shape = Read.shape(site, value);
    if (shape.rank() == RANK) {
      return value;
    }
    Node unsqueeze = wiring.maker(value, "Unsqueeze");
    if (unsqueeze != null && wiring.rank(unsqueeze.inputs().getFirst()) == RANK) {
      return unsqueeze.inputs().getFirst();
    }
    String once = site.names().fresh(value + "/once");
    nodes.add(edit.axes("", "Squeeze", value, once, 2));
    return once;
  }
}
