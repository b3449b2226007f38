package org.sardonyx.optimize.rules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;

/** Makes one Split of slices of one value along one axis that together make up the whole. */
public final class SlicesToSplit implements Rule {

  private record Whole(String value, int axis) {}

  private record Part(Node node, Read.Slice slice) {}

  @Override
  public String name() {
    return "slices";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (!Edit.isPossible(site)) {
      return graph;
    }
    Map<Whole, List<Part>> parts = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      Read.Slice slice = Read.slice(site, node);
      if (slice != null) {
        parts
            .computeIfAbsent(
                new Whole(node.inputs().getFirst(), slice.axis()), _ -> new ArrayList<>())
            .add(new Part(node, slice));
      }
    }
    Edit edit = new Edit(graph, site);
    parts.forEach((whole, found) -> {
      Node first = found.getFirst().node();
      List<Part> sorted =
          found.stream().sorted(Comparator.comparingLong(part -> part.slice().from())).toList();
      long[] sizes = sizes(sorted);
      if (sizes != null) {
        found.forEach(part -> edit.replace(part.node()));
        edit.replace(first, split(first, whole, sorted, sizes, edit, site));
      }
    });
    return edit.apply();
  }

  private static Node split(
      Node first, Whole whole, List<Part> parts, long[] sizes, Edit edit, Site site) {
    List<String> outputs = parts.stream().map(part -> part.node().outputs().getFirst()).toList();
    List<String> inputs = new ArrayList<>(List.of(whole.value()));
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(Attribute.of("axis", (long) whole.axis()));
    if (site.opsets().version("") < 13) {
      attributes.add(Attribute.of("split", sizes));
    } else {
      inputs.add(edit.constant(whole.value() + "/sizes", sizes));
    }
    return new Node(first.name(), "Split", inputs, outputs, attributes);
  }

  /** Returns the sizes of parts in a row that make up the whole; null where they do not. */
  private static long @Nullable [] sizes(List<Part> sorted) {
    long at = 0;
    long[] sizes = new long[sorted.size()];
    for (int i = 0; i < sizes.length; i++) {
      Read.Slice slice = sorted.get(i).slice();
      if (slice.from() != at || slice.to() <= at) {
        return null;
      }
      sizes[i] = slice.to() - at;
      at = slice.to();
    }
    return sizes.length > 1 && at == sorted.getFirst().slice().size() ? sizes : null;
  }
}
