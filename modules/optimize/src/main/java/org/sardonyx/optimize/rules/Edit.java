package org.sardonyx.optimize.rules;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** Collects what takes the place of nodes, and new constants, then changes a graph once. */
final class Edit {

  private final Graph graph;
  private final Site site;
  private final IdentityHashMap<Node, List<Node>> replaced = new IdentityHashMap<>();
  private final List<TensorData> constants = new ArrayList<>();

  Edit(Graph graph, Site site) {
    this.graph = graph;
    this.site = site;
  }

  /** Whether constants can be added: where initializers need not be inputs. */
  static boolean isPossible(Site site) {
    return site.hasFreeInitializers();
  }

  /** Adds a constant and returns its name. */
  String constant(String wanted, Tensor value) {
    String name = site.names().fresh(wanted);
    constants.add(TensorData.of(name, value));
    return name;
  }

  String constant(String wanted, long... values) {
    return constant(wanted, Tensor.vector(values));
  }

  void replace(Node node, Node... by) {
    replace(node, List.of(by));
  }

  void replace(Node node, List<Node> by) {
    replaced.put(node, by);
    site.changed();
  }

  boolean has(Node node) {
    return replaced.containsKey(node);
  }

  /** Returns a Squeeze or Unsqueeze of one axis, as this version of the operators has it. */
  Node axes(String name, String operator, String input, String output, long axis) {
    if (site.opsets().version("") < 13) {
      return new Node(
          name,
          operator,
          List.of(input),
          List.of(output),
          List.of(Attribute.of("axes", new long[] {axis})));
    }
    return new Node(
        name,
        operator,
        List.of(input, constant(output + "/axis", axis)),
        List.of(output),
        List.of());
  }

  Graph apply() {
    if (replaced.isEmpty()) {
      return graph;
    }
    List<Node> nodes = new ArrayList<>();
    graph.nodes().forEach(node -> nodes.addAll(replaced.getOrDefault(node, List.of(node))));
    if (constants.isEmpty()) {
      return graph.withNodes(nodes);
    }
    List<TensorData> initializers = new ArrayList<>(graph.initializers());
    initializers.addAll(constants);
    return graph.withNodes(nodes).withInitializers(initializers);
  }
}
