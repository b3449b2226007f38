package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;

/**
 * Types of what the bodies of loops give, which decide what a loop of no trips looks like. What is
 * inferred goes before what is declared: exporters declare wrong shapes in bodies.
 */
final class BodyTypes {

  private static final Set<String> LOOPS = Set.of("Loop", "Scan", "SequenceMap");

  private BodyTypes() {}

  /** Returns the model with the outputs of its bodies typed; itself where it has no loops. */
  static Model typed(Model model, Operators operators) {
    if (!hasLoops(model.graph())) {
      return model;
    }
    try {
      Graph inferred = Infer.of(operators).infer(model).model().graph();
      return model.withGraph(merged(model.graph(), inferred));
    } catch (LimitExceeded e) {
      // Without inference a loop that makes no trip has less to go by; all others do not care.
      return model;
    }
  }

  private static boolean hasLoops(Graph graph) {
    for (Node node : graph.nodes()) {
      if (node.isOnnx() && LOOPS.contains(node.opType())) {
        return true;
      }
      for (Attribute attribute : node.attributes()) {
        if (attribute.value() instanceof Attribute.OfGraph(Graph inner) && hasLoops(inner)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Graph merged(Graph declared, Graph inferred) {
    List<Node> nodes = new ArrayList<>(declared.nodes().size());
    for (int i = 0; i < declared.nodes().size(); i++) {
      nodes.add(merged(declared.nodes().get(i), inferred.nodes().get(i)));
    }
    return declared.withNodes(nodes);
  }

  private static Node merged(Node declared, Node inferred) {
    List<Attribute> attributes = new ArrayList<>(declared.attributes().size());
    boolean changed = false;
    for (int i = 0; i < declared.attributes().size(); i++) {
      Attribute attribute = declared.attributes().get(i);
      if (attribute.value() instanceof Attribute.OfGraph(Graph a)
          && inferred.attributes().get(i).value() instanceof Attribute.OfGraph(Graph b)) {
        Graph inner = merged(a, b).withOutputs(b.outputs());
        attribute = attribute.withValue(new Attribute.OfGraph(inner));
        changed = true;
      }
      attributes.add(attribute);
    }
    return changed ? declared.withAttributes(attributes) : declared;
  }
}
