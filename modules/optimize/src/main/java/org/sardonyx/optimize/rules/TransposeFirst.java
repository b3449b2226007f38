package org.sardonyx.optimize.rules;

import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;
import org.sardonyx.type.Shape;

/**
 * Transpose, Reshape that joins the last two axes, Transpose that leaves the last one in its place:
 * what exporters write behind a bidirectional layer. The second Transpose can go first, where the
 * two are one.
 */
public final class TransposeFirst implements Rule {

  @Override
  public String name() {
    return "transpose-first";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (!Edit.isPossible(site)) {
      return graph;
    }
    Wiring wiring = new Wiring(graph, site);
    Edit edit = new Edit(graph, site);
    for (Node last : graph.nodes()) {
      long[] outer = last.isOnnx("Transpose") ? Read.perm(last) : null;
      Node reshape = outer == null ? null : wiring.onlyMaker(last.inputs().getFirst(), "Reshape");
      Node first =
          reshape == null ? null : wiring.onlyMaker(reshape.inputs().getFirst(), "Transpose");
      long[] inner = first == null ? null : Read.perm(first);
      if (outer == null
          || reshape == null
          || first == null
          || inner == null
          || inner.length != outer.length + 1
          || outer[outer.length - 1] != outer.length - 1
          || !joinsLast(site, reshape, outer.length)) {
        continue;
      }
      Shape after = Read.shape(site, last.outputs().getFirst());
      long[] both = new long[inner.length];
      long[] shape = new long[outer.length];
      for (int i = 0; i < outer.length - 1; i++) {
        both[i] = inner[(int) outer[i]];
        shape[i] = 0;
      }
      both[inner.length - 2] = inner[inner.length - 2];
      both[inner.length - 1] = inner[inner.length - 1];
      shape[outer.length - 1] = after.hasRank() ? after.dim(after.rank() - 1).sizeOrMinusOne() : -1;
      String between = site.names().fresh(last.outputs().getFirst() + "/parts");
      String stated = edit.constant(last.outputs().getFirst() + "/shape", shape);
      edit.replace(first);
      edit.replace(reshape);
      edit.replace(
          last,
          new Node(
              last.name(),
              "Transpose",
              first.inputs(),
              List.of(between),
              List.of(Attribute.of("perm", both))),
          new Node(reshape.name(), "Reshape", List.of(between, stated), last.outputs(), List.of()));
    }
    return edit.apply();
  }

  /** Whether a Reshape keeps all axes but the last two, and joins those. */
  private static boolean joinsLast(Site site, Node reshape, int rank) {
    Shape before = Read.shape(site, reshape.inputs().getFirst());
    Shape after = Read.shape(site, reshape.outputs().getFirst());
    if (!before.hasRank()
        || !after.hasRank()
        || before.rank() != rank + 1
        || after.rank() != rank) {
      return false;
    }
    for (int i = 0; i < rank - 1; i++) {
      if (!before.dim(i).sameAs(after.dim(i))) {
        return false;
      }
    }
    return before.dim(rank - 1).times(before.dim(rank)).sameAs(after.dim(rank - 1));
  }
}
