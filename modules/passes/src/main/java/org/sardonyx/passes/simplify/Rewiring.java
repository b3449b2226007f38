package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.walk.Renaming;

/**
 * Collects nodes to drop and values to take in their place, then changes a graph once.
 *
 * <p>The names of a graph's outputs stay: where one of them is replaced, the value that takes its
 * place takes its name too, if a node of the same graph makes it.
 */
public final class Rewiring {

  private final Graph graph;
  private final Set<String> outputs = new HashSet<>();
  private final Set<String> produced = new HashSet<>();
  private final Map<String, String> replaced = new HashMap<>();
  private final Map<String, String> renamed = new HashMap<>();
  private final Set<Node> dropped = Collections.newSetFromMap(new IdentityHashMap<>());

  public Rewiring(Graph graph) {
    this.graph = graph;
    for (ValueInfo output : graph.outputs()) {
      outputs.add(output.name());
    }
    for (Node node : graph.nodes()) {
      produced.addAll(node.outputs());
    }
  }

  /**
   * Drops {@code node}, and has readers of its only wanted output {@code from} read {@code to}.
   *
   * @return whether that is possible now
   */
  public boolean replace(Node node, String from, String to) {
    String target = resolve(to);
    if (!outputs.contains(from)) {
      if (renamed.containsKey(target)) {
        target = renamed.get(target);
      }
      if (target.equals(from)) {
        return false; // given twice, in a model that is not valid
      }
      replaced.put(from, target);
      dropped.add(node);
      return true;
    }
    boolean free =
        produced.contains(target)
            && !outputs.contains(target)
            && !renamed.containsKey(target)
            && !renamed.containsValue(target)
            && !replaced.containsValue(target);
    if (!free) {
      return false;
    }
    renamed.put(target, from);
    dropped.add(node);
    return true;
  }

  /** Has readers of {@code from} read {@code to}; only where {@code from} is no output. */
  public boolean replaceValue(String from, String to) {
    String resolved = resolve(to);
    String target = renamed.getOrDefault(resolved, resolved);
    if (outputs.contains(from) || target.equals(from)) {
      return false;
    }
    replaced.put(from, target);
    return true;
  }

  public boolean isOutput(String name) {
    return outputs.contains(name);
  }

  boolean isAnyOutput(List<String> names) {
    return !Collections.disjoint(outputs, names);
  }

  public void drop(Node node) {
    dropped.add(node);
  }

  private String resolve(String name) {
    String at = name;
    while (replaced.containsKey(at)) {
      at = replaced.get(at);
    }
    return at;
  }

  boolean isEmpty() {
    return dropped.isEmpty() && replaced.isEmpty();
  }

  private List<String> outputs(Node node) {
    List<String> names = new ArrayList<>(node.outputs().size());
    for (String output : node.outputs()) {
      names.add(renamed.getOrDefault(output, output));
    }
    return names;
  }

  public Graph apply() {
    if (isEmpty()) {
      return graph;
    }
    Map<String, String> reads = new HashMap<>(renamed);
    for (String from : replaced.keySet()) {
      String target = resolve(from);
      reads.put(from, renamed.getOrDefault(target, target));
    }
    Renaming renaming = Renaming.uses(reads);
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (!dropped.contains(node)) {
        Node changed = renaming.applyToReads(node);
        nodes.add(renamed.isEmpty() ? changed : changed.withOutputs(outputs(changed)));
      }
    }
    return graph.withNodes(nodes);
  }
}
