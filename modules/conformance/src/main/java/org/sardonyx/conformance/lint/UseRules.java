package org.sardonyx.conformance.lint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.Diagnostic.Severity;
import org.sardonyx.error.Location;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.Inferred;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Where;
import org.sardonyx.tensor.TensorData;

/** What nothing reads: inputs, weights, nodes. */
final class UseRules {

  private static final int MOST_DEPTH = 64;

  private final Graph main;
  private final List<Diagnostic> findings = new ArrayList<>();

  UseRules(Inferred inferred) {
    this.main = inferred.model().graph();
  }

  List<Diagnostic> findings() {
    Set<String> read = new HashSet<>();
    reads(main, read, 0);
    Set<String> initialized = new HashSet<>();
    main.initializers().forEach(data -> initialized.add(data.name()));
    for (ValueInfo input : main.inputs()) {
      if (!read.contains(input.name()) && !initialized.contains(input.name())) {
        add("unread-input", Location.NOWHERE, "no node reads input " + quote(input.name()));
      }
    }
    for (TensorData data : main.initializers()) {
      if (!read.contains(data.name())) {
        add("unread-weight", Location.NOWHERE, "nothing reads initializer " + quote(data.name()));
      }
    }
    dead(main, Where.MODEL, 0);
    return findings;
  }

  /** Collects what a graph and the graphs in its nodes read, its own outputs included. */
  private static void reads(Graph graph, Set<String> read, int depth) {
    graph.outputs().forEach(output -> read.add(output.name()));
    for (Node node : graph.nodes()) {
      read.addAll(node.inputs());
      if (depth < MOST_DEPTH) {
        Graphs.bodies(node).forEach(body -> reads(body, read, depth + 1));
      }
    }
  }

  /** From the last node back: what is needed by an output, or by a node that is. */
  private void dead(Graph graph, Where where, int depth) {
    Set<String> needed = new HashSet<>();
    graph.outputs().forEach(output -> needed.add(output.name()));
    for (Node node : graph.nodes().reversed()) {
      Where at = where.node(node);
      boolean live = node.outputs().stream().anyMatch(needed::contains);
      if (!live) {
        add(
            "dead-node",
            at.location(),
            "no output needs "
                + String.join(", ", node.outputs().stream().map(UseRules::quote).toList()));
        continue;
      }
      needed.addAll(node.inputs());
      for (Graph body : Graphs.bodies(node)) {
        reads(body, needed, depth);
        if (depth < MOST_DEPTH) {
          dead(body, at.body(body.name()), depth + 1);
        }
      }
    }
  }

  private void add(String rule, Location location, String message) {
    String fix = LintRule.named(rule).map(LintRule::fix).orElse("");
    findings.add(new Diagnostic(Severity.WARNING, rule, location, message + "; " + fix));
  }

  static String quote(String name) {
    return "\"" + Text.escape(name) + "\"";
  }
}
