package org.sardonyx.passes;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.walk.Graphs;

/**
 * The names of values that a model uses, nested graphs included, and new ones that collide with
 * none: neither within a graph nor by shadowing.
 */
public final class Names {

  private final Set<String> used = new HashSet<>();
  private final Map<String, Integer> counters = new HashMap<>();

  private Names() {}

  /** Returns the names of the main graph and the graphs in it; functions have their own. */
  public static Names of(Model model) {
    return of(model.graph());
  }

  public static Names of(Graph graph) {
    Names names = new Names();
    names.addAll(graph);
    return names;
  }

  public static Names of(Function function) {
    Names names = new Names();
    names.used.addAll(function.inputs());
    names.used.addAll(function.outputs());
    function.nodes().forEach(names::addAll);
    return names;
  }

  /** Returns {@code wanted}, or that with a number behind it; nobody gets the name again. */
  public String fresh(String wanted) {
    if (!wanted.isEmpty() && used.add(wanted)) {
      return wanted;
    }
    while (true) {
      int counter = counters.getOrDefault(wanted, 0) + 1;
      counters.put(wanted, counter);
      String name = wanted + "_" + counter;
      if (used.add(name)) {
        return name;
      }
    }
  }

  private void addAll(Graph graph) {
    used.addAll(Graphs.defined(graph));
    for (ValueInfo output : graph.outputs()) {
      used.add(output.name());
    }
    for (Node node : graph.nodes()) {
      addAll(node);
    }
  }

  private void addAll(Node node) {
    used.add(node.name());
    used.addAll(node.inputs());
    used.addAll(node.outputs());
    for (Graph body : Graphs.bodies(node)) {
      addAll(body);
    }
  }
}
