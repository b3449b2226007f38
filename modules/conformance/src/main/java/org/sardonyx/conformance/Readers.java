package org.sardonyx.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.walk.Graphs;

/** Who reads the values of a graph, found once for each graph. */
final class Readers {

  /**
   * One who reads a value.
   *
   * @param input which input of the node it is
   */
  record Reader(Node node, int input) {}

  private record Index(Map<String, List<Reader>> readers, Map<String, List<Graph>> bodies) {}

  private final IdentityHashMap<Graph, Index> indices = new IdentityHashMap<>();

  /** Returns the inputs of nodes of the graph that are the value, in the order of the nodes. */
  List<Reader> of(Graph graph, String name) {
    return index(graph).readers().getOrDefault(name, List.of());
  }

  /** Returns the graphs in nodes of the graph that read the value from around them. */
  List<Graph> bodies(Graph graph, String name) {
    return index(graph).bodies().getOrDefault(name, List.of());
  }

  private Index index(Graph graph) {
    return indices.computeIfAbsent(graph, Readers::made);
  }

  private static Index made(Graph graph) {
    Index index = new Index(new HashMap<>(), new HashMap<>());
    for (Node node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        index
            .readers()
            .computeIfAbsent(node.inputs().get(i), _ -> new ArrayList<>())
            .add(new Reader(node, i));
      }
      for (Graph body : Graphs.bodies(node)) {
        for (String read : Graphs.captured(body)) {
          index.bodies().computeIfAbsent(read, _ -> new ArrayList<>()).add(body);
        }
      }
    }
    return index;
  }
}
