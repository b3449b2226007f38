package org.sardonyx.convert;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.Names;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Renaming;
import org.sardonyx.tensor.TensorData;

/** Moves the initializers of graphs in nodes to the main graph, under names of their own. */
final class Hoist {

  private final Names names;
  private final List<TensorData> moved = new ArrayList<>();

  Hoist(Names names) {
    this.names = names;
  }

  Graph apply(Graph main) {
    List<Node> nodes = new ArrayList<>();
    for (Node node : main.nodes()) {
      nodes.add(Graphs.mapBodies(node, this::body));
    }
    List<TensorData> initializers = new ArrayList<>(main.initializers());
    initializers.addAll(moved);
    return main.withNodes(nodes).withInitializers(initializers);
  }

  private Graph body(Graph graph) {
    Set<String> inputs = graph.inputs().stream().map(ValueInfo::name).collect(Collectors.toSet());
    Map<String, String> renamed = new HashMap<>();
    List<TensorData> kept = new ArrayList<>();
    for (TensorData initializer : graph.initializers()) {
      if (inputs.contains(initializer.name())) {
        kept.add(initializer); // the default of an input
        continue;
      }
      String name = names.fresh(initializer.name() + "_constant");
      renamed.put(initializer.name(), name);
      moved.add(initializer.named(name));
    }
    Renaming renaming = Renaming.uses(renamed);
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.add(Graphs.mapBodies(renaming.applyToReads(node), this::body));
    }
    // An output must be a value of the graph itself.
    Set<String> given = new LinkedHashSet<>();
    graph.outputs().forEach(output -> given.add(output.name()));
    for (String output : given) {
      String source = renamed.get(output);
      if (source != null) {
        nodes.add(new Node("", "Identity", List.of(source), List.of(output), List.of()));
      }
    }
    return graph.withNodes(nodes).withInitializers(kept);
  }
}
