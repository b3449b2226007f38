package org.sardonyx.passes.check;

import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.walk.Where;

/** How many inputs and outputs the graphs of If, Loop, Scan and SequenceMap have. */
final class BodyRules {

  private final Report report;

  BodyRules(Report report) {
    this.report = report;
  }

  void check(Node node, Where at) {
    switch (node.opType()) {
      case "If" -> {
        branch(node, "then_branch", at);
        branch(node, "else_branch", at);
      }
      case "Loop" -> loop(node, at);
      case "Scan" -> scan(node, at);
      case "SequenceMap" -> {
        Graph body = graph(node, "body");
        if (body != null) {
          inputs(body, node.inputs().size(), "one for each input", at.body("body"));
          outputs(body, node.outputs().size(), at.body("body"));
        }
      }
      default -> {}
    }
  }

  private static @Nullable Graph graph(Node node, String name) {
    Attribute attribute = node.attribute(name);
    return attribute != null && attribute.value() instanceof Attribute.OfGraph(Graph graph)
        ? graph
        : null;
  }

  private void branch(Node node, String name, Where at) {
    Graph branch = graph(node, name);
    if (branch == null) {
      return;
    }
    inputs(branch, 0, "none", at.body(name));
    outputs(branch, node.outputs().size(), at.body(name));
  }

  /** Inputs: iteration, condition, carried. Outputs: condition, carried, scanned. */
  private void loop(Node node, Where at) {
    Graph body = graph(node, "body");
    if (body == null) {
      return;
    }
    Where where = at.body("body");
    int carried = Math.max(0, node.inputs().size() - 2);
    inputs(body, carried + 2, "iteration, condition and " + carried + " carried", where);
    int most = body.outputs().size() - 1;
    if (most < carried || node.outputs().size() > most) {
      report.error(
          "body-outputs",
          where,
          "the body has "
              + body.outputs().size()
              + " outputs, must have a condition, "
              + carried
              + " carried and "
              + Math.max(0, node.outputs().size() - carried)
              + " scanned");
    }
  }

  private void scan(Node node, Where at) {
    Graph body = graph(node, "body");
    Attribute count = node.attribute("num_scan_inputs");
    if (body == null
        || count == null
        || !(count.value() instanceof Attribute.OfInt(long scanned))) {
      return;
    }
    // Version 8 is told apart by its attribute "directions" and the sequence lengths before the
    // rest.
    int inputs = node.inputs().size();
    if (body.inputs().size() == inputs - 1 && !node.inputs().isEmpty()) {
      inputs--;
    }
    Where where = at.body("body");
    inputs(body, inputs, "states and scanned", where);
    long states = inputs - scanned;
    if (scanned < 0 || states < 0) {
      report.error("attribute", at, "num_scan_inputs is " + scanned + " of " + inputs + " inputs");
    } else if (body.outputs().size() < states || body.outputs().size() < node.outputs().size()) {
      outputs(body, node.outputs().size(), where);
    }
  }

  private void inputs(Graph body, int expected, String what, Where where) {
    if (body.inputs().size() - defaults(body) > expected || body.inputs().size() < expected) {
      report.error(
          "body-inputs",
          where,
          "the graph has "
              + body.inputs().size()
              + " inputs, must have "
              + expected
              + " ("
              + what
              + ")");
    }
  }

  /** Before IR 4 initializers are listed after the real inputs. */
  private static int defaults(Graph body) {
    java.util.Set<String> names = new java.util.HashSet<>();
    body.initializers().forEach(initializer -> names.add(initializer.name()));
    return (int) body.inputs().stream().filter(input -> names.contains(input.name())).count();
  }

  private void outputs(Graph body, int expected, Where where) {
    if (body.outputs().size() != expected) {
      report.error(
          "body-outputs",
          where,
          "the graph has " + body.outputs().size() + " outputs, the node " + expected);
    }
  }
}
