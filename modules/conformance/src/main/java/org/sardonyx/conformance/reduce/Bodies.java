package org.sardonyx.conformance.reduce;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.walk.Graphs;

/** Bodies of If, Loop and Scan with a node less: who read what it gave reads what it read. */
final class Bodies {

  private Bodies() {}

  /** Each node within a body left out, in each way. */
  static List<Specimen> fewer(Specimen from) {
    return within(from.model().graph()).stream().map(graph -> from.with(graph).tidy()).toList();
  }

  /** Returns the graph with one node less in one of its nodes' bodies. */
  private static List<Graph> within(Graph graph) {
    List<Graph> smaller = new ArrayList<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      for (Graph body : Graphs.bodies(node)) {
        List<Graph> bodies = new ArrayList<>(within(body));
        for (int inner = 0; inner < body.nodes().size(); inner++) {
          Node one = body.nodes().get(inner);
          boolean last =
              one.isOnnx("Identity")
                  && body.outputs().stream().anyMatch(o -> one.outputs().contains(o.name()));
          for (String input : new LinkedHashSet<>(one.inputs())) {
            if (!input.isEmpty() && !last) {
              bodies.add(bypassed(body, inner, input));
            }
          }
        }
        for (Graph less : bodies) {
          List<Node> nodes = new ArrayList<>(graph.nodes());
          nodes.set(i, Graphs.mapBodies(node, other -> other.equals(body) ? less : other));
          smaller.add(graph.withNodes(nodes));
        }
      }
    }
    return smaller;
  }

  /**
   * Leaves out a node, an input of which stands for its outputs; then what nobody reads any more.
   */
  private static Graph bypassed(Graph body, int at, String input) {
    List<Node> nodes = new ArrayList<>(body.nodes());
    Node out = nodes.remove(at);
    Set<String> gone = new LinkedHashSet<>(out.outputs());
    gone.remove("");
    nodes.replaceAll(node -> reading(node, gone, input));
    // An output of a body must be given by one of its nodes or inputs; the name of the place stays.
    List<ValueInfo> outputs = new ArrayList<>();
    for (ValueInfo output : body.outputs()) {
      outputs.add(output);
      if (gone.contains(output.name())) {
        nodes.add(new Node("", "Identity", List.of(input), List.of(output.name()), List.of()));
      }
    }
    Set<String> needed = new LinkedHashSet<>();
    outputs.forEach(output -> needed.add(output.name()));
    List<Node> kept = new ArrayList<>();
    for (Node node : nodes.reversed()) {
      if (node.outputs().stream().anyMatch(needed::contains)) {
        kept.addFirst(node);
        needed.addAll(Graphs.reads(node));
      }
    }
    return body.withNodes(kept)
        .withInitializers(
            body.initializers().stream().filter(data -> needed.contains(data.name())).toList());
  }

  private static Node reading(Node node, Set<String> gone, String input) {
    Node outer =
        node.withInputs(node.inputs().stream().map(n -> gone.contains(n) ? input : n).toList());
    return Graphs.mapBodies(
        outer,
        body ->
            body.withNodes(
                body.nodes().stream().map(inner -> reading(inner, gone, input)).toList()));
  }
}
