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
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/**
 * Sizes out of a shape: a Gather of a scalar with an Unsqueeze behind it becomes a Gather of a list
 * of one, lists that are joined become one list, and from version 15 on a Shape gives a part by
 * itself.
 */
public final class GatherSizes implements Rule {

  @Override
  public String name() {
    return "gather-sizes";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (!Edit.isPossible(site)) {
      return graph;
    }
    Wiring wiring = new Wiring(graph, site);
    Edit edit = new Edit(graph, site);
    for (Node node : graph.nodes()) {
      switch (node.isOnnx() ? node.opType() : "") {
        case "Unsqueeze" -> unsqueeze(node, wiring, site, edit);
        case "Concat" -> concat(node, wiring, site, edit);
        case "Gather" -> part(node, wiring, site, edit);
        default -> {}
      }
    }
    return edit.apply();
  }

  private static void unsqueeze(Node node, Wiring wiring, Site site, Edit edit) {
    Node gather = wiring.onlyMaker(node.inputs().getFirst(), "Gather");
    Tensor index = gather == null ? null : index(gather, site);
    if (gather == null || index == null || index.rank() != 0 || edit.has(gather)) {
      return;
    }
    String list = edit.constant(node.outputs().getFirst() + "/index", index.getLong(0));
    edit.replace(gather);
    edit.replace(
        node,
        gather.withInputs(List.of(gather.inputs().getFirst(), list)).withOutputs(node.outputs()));
  }

  private static void concat(Node node, Wiring wiring, Site site, Edit edit) {
    if (node.inputs().size() < 2) {
      return;
    }
    String source = null;
    List<Node> gathers = new ArrayList<>();
    List<Long> all = new ArrayList<>();
    for (String input : node.inputs()) {
      Node gather = wiring.onlyMaker(input, "Gather");
      Tensor index = gather == null ? null : index(gather, site);
      if (gather == null
          || index == null
          || index.rank() != 1
          || edit.has(gather)
          || (source != null && !source.equals(gather.inputs().getFirst()))) {
        return;
      }
      source = gather.inputs().getFirst();
      gathers.add(gather);
      for (long at : index.toLongs()) {
        all.add(at);
      }
    }
    String list =
        edit.constant(
            node.outputs().getFirst() + "/index",
            all.stream().mapToLong(Long::longValue).toArray());
    gathers.forEach(edit::replace);
    edit.replace(
        node,
        gathers
            .getFirst()
            .withInputs(List.of(gathers.getFirst().inputs().getFirst(), list))
            .withOutputs(node.outputs()));
  }

  /** From version 15 on: Shape with a start and an end in the place of Shape and Gather. */
  private static void part(Node gather, Wiring wiring, Site site, Edit edit) {
    Tensor index = site.opsets().version("") < 15 ? null : index(gather, site);
    Node shape = index == null ? null : wiring.onlyMaker(gather.inputs().getFirst(), "Shape");
    if (index == null
        || shape == null
        || !shape.attributes().isEmpty()
        || index.rank() != 1
        || edit.has(gather)) {
      return;
    }
    Shape x = Read.shape(site, shape.inputs().getFirst());
    if (!x.hasRank()) {
      return;
    }
    long from = at(index, 0, x.rank());
    for (int i = 0; i < index.size(); i++) {
      if (at(index, i, x.rank()) != from + i) {
        return;
      }
    }
    edit.replace(shape);
    edit.replace(
        gather,
        new Node(
            gather.name(),
            "Shape",
            shape.inputs(),
            gather.outputs(),
            List.of(Attribute.of("start", from), Attribute.of("end", from + index.size()))));
  }

  private static long at(Tensor index, int i, int rank) {
    long at = index.getLong(i);
    return at < 0 ? at + rank : at;
  }

  /** Returns the constant index of a Gather from a list. */
  private static @Nullable Tensor index(Node gather, Site site) {
    Shape from = Read.shape(site, gather.inputs().getFirst());
    Tensor index = gather.inputs().size() == 2 ? site.constant(gather.inputs().get(1)) : null;
    return from.hasRank()
            && from.rank() == 1
            && index != null
            && index.size() > 0
            && index.rank() < 2
        ? index
        : null;
  }
}
