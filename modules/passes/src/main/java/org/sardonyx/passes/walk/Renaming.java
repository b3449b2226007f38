package org.sardonyx.passes.walk;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.ValueInfo;

/** Gives values other names, in nested graphs too. */
public final class Renaming {

  private final Map<String, String> names;
  private final UnaryOperator<String> definitions;

  private Renaming(Map<String, String> names, UnaryOperator<String> definitions) {
    this.names = names;
    this.definitions = definitions;
  }

  /** Renames uses only; nested graphs define nothing of these names. */
  public static Renaming uses(Map<String, String> names) {
    return new Renaming(Map.copyOf(names), name -> name);
  }

  /**
   * Renames uses, and everything that nested graphs define.
   *
   * @param definitions returns a new name for one that a nested graph defines
   */
  public static Renaming deep(Map<String, String> names, UnaryOperator<String> definitions) {
    return new Renaming(Map.copyOf(names), definitions);
  }

  /** Returns the new name; the empty one and names that are not known stay. */
  public String apply(String name) {
    return names.getOrDefault(name, name);
  }

  /** Returns the node with inputs, outputs and graphs renamed; itself where nothing is. */
  public Node apply(Node node) {
    Node renamed = applyToReads(node);
    return isKnown(node.outputs()) ? renamed.withOutputs(apply(node.outputs())) : renamed;
  }

  /**
   * Returns the node with what it reads renamed, in its graphs too, and its outputs as they are;
   * itself where nothing is renamed: what was found of it holds on.
   */
  public Node applyToReads(Node node) {
    Node renamed = isKnown(node.inputs()) ? node.withInputs(apply(node.inputs())) : node;
    return Graphs.hasBodies(node) ? Graphs.mapBodies(renamed, this::apply) : renamed;
  }

  /** Whether any of these gets another name. */
  private boolean isKnown(Collection<String> list) {
    for (String name : list) {
      if (names.containsKey(name)) {
        return true;
      }
    }
    return false;
  }

  private List<String> apply(List<String> before) {
    List<String> after = new ArrayList<>(before.size());
    for (String name : before) {
      after.add(apply(name));
    }
    return after;
  }

  private Graph apply(Graph graph) {
    Map<String, String> inner = new HashMap<>(names);
    boolean redefines = false;
    for (String name : Graphs.defined(graph)) {
      String renamed = definitions.apply(name);
      if (renamed.equals(name)) {
        inner.remove(name);
      } else {
        inner.put(name, renamed);
        redefines = true;
      }
    }
    Renaming within = new Renaming(inner, definitions);
    if (!redefines && !within.isKnown(Graphs.captured(graph))) {
      return graph;
    }
    return new Graph(
        graph.name(),
        graph.nodes().stream().map(within::apply).toList(),
        within.values(graph.inputs()),
        within.values(graph.outputs()),
        within.values(graph.valueInfo()),
        graph.initializers().stream().map(t -> t.named(within.apply(t.name()))).toList(),
        graph.sparseInitializers().stream()
            .map(t ->
                new SparseTensorData(
                    t.values().named(within.apply(t.name())), t.indices(), t.shape(), t.extra()))
            .toList(),
        graph.docString(),
        graph.metadata(),
        graph.extra());
  }

  private List<ValueInfo> values(List<ValueInfo> before) {
    return before.stream().map(value -> value.withName(apply(value.name()))).toList();
  }
}
