package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.passes.walk.Renaming;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** Puts the branch that is taken in the place of an If whose condition is constant. */
public final class InlineConstantIf implements Rule {

  @Override
  public String name() {
    return "constant-if";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    List<Node> nodes = new ArrayList<>();
    List<TensorData> initializers = new ArrayList<>(graph.initializers());
    List<SparseTensorData> sparse = new ArrayList<>(graph.sparseInitializers());
    boolean changed = false;
    for (Node node : graph.nodes()) {
      Graph branch = branch(node, site);
      if (branch == null) {
        nodes.add(node);
        continue;
      }
      changed = true;
      site.changed();
      place(branch, node, site, nodes, initializers, sparse);
    }
    return changed
        ? new Graph(
            graph.name(),
            nodes,
            graph.inputs(),
            graph.outputs(),
            graph.valueInfo(),
            initializers,
            sparse,
            graph.docString(),
            graph.metadata(),
            graph.extra())
        : graph;
  }

  private static @Nullable Graph branch(Node node, Site site) {
    if (!node.isOnnx("If") || node.inputs().size() != 1) {
      return null;
    }
    Tensor condition = site.constant(node.inputs().getFirst());
    if (condition == null || condition.size() != 1 || condition.dataType() != DataType.BOOL) {
      return null;
    }
    Attribute attribute = node.attribute(condition.getLong(0) != 0 ? "then_branch" : "else_branch");
    if (attribute == null || !(attribute.value() instanceof Attribute.OfGraph(Graph graph))) {
      return null;
    }
    boolean sparse = !graph.sparseInitializers().isEmpty();
    boolean fits = graph.inputs().isEmpty() && graph.outputs().size() >= node.outputs().size();
    return fits && (site.hasFreeInitializers() || !sparse) ? graph : null;
  }

  private static void place(
      Graph branch,
      Node node,
      Site site,
      List<Node> nodes,
      List<TensorData> initializers,
      List<SparseTensorData> sparse) {
    Map<String, String> names = new HashMap<>();
    for (Node inner : branch.nodes()) {
      for (String output : inner.outputs()) {
        if (!output.isEmpty()) {
          names.put(output, site.names().fresh(output));
        }
      }
    }
    // A value that one output of the branch is made of gets the name of that output around it.
    List<Node> copies = new ArrayList<>();
    java.util.Set<String> taken = new java.util.HashSet<>();
    for (int i = 0; i < node.outputs().size(); i++) {
      String inner = branch.outputs().get(i).name();
      String outer = node.outputs().get(i);
      if (outer.isEmpty()) {
        continue;
      }
      if (names.containsKey(inner) && taken.add(inner)) {
        names.put(inner, outer);
      } else {
        copies.add(new Node("", "Identity", List.of(inner), List.of(outer), List.of()));
      }
    }
    for (TensorData initializer : branch.initializers()) {
      String name = site.names().fresh(initializer.name());
      names.put(initializer.name(), name);
      if (site.hasFreeInitializers()) {
        initializers.add(initializer.named(name));
      } else {
        nodes.add(Constants.node(name, initializer));
      }
    }
    for (SparseTensorData initializer : branch.sparseInitializers()) {
      String name = site.names().fresh(initializer.name());
      names.put(initializer.name(), name);
      sparse.add(
          new SparseTensorData(
              initializer.values().named(name),
              initializer.indices(),
              initializer.shape(),
              initializer.extra()));
    }
    Renaming renaming = Renaming.deep(names, name -> site.names().fresh(name));
    branch.nodes().forEach(inner -> nodes.add(renaming.apply(inner)));
    copies.forEach(copy -> nodes.add(renaming.applyToReads(copy)));
  }
}
