package org.sardonyx.conformance.fuzz;

import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;

/** Our engine with a defect planted: it takes the nodes of an operator for others. */
record Misreading(String operator, UnaryOperator<Node> change, NativeEngine right)
    implements Engine {

  /** Takes an operator for another. */
  static Misreading as(String operator, String other) {
    return new Misreading(operator, node -> renamed(node, other), new NativeEngine());
  }

  /** Overlooks an attribute. */
  static Misreading without(String operator, String attribute) {
    return new Misreading(
        operator,
        node ->
            node.withAttributes(
                node.attributes().stream().filter(a -> !a.name().equals(attribute)).toList()),
        new NativeEngine());
  }

  private static Node renamed(Node node, String other) {
    return new Node(node.name(), "", other, node.inputs(), node.outputs(), node.attributes());
  }

  @Override
  public String name() {
    return "planted";
  }

  @Override
  public Loaded load(Path path, Options options) throws EngineFailed {
    Model model = Onnx.read(path);
    Graph graph = model.graph();
    return right.load(
        model.withGraph(
            graph.withNodes(
                graph.nodes().stream()
                    .map(node -> node.isOnnx(operator) ? change.apply(node) : node)
                    .toList())));
  }

  @Override
  public void close() {
    right.close();
  }
}
