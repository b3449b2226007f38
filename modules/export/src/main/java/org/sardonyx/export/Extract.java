package org.sardonyx.export;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Check;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Type;

/**
 * Takes a part out of a model, by the names of values in the main graph or in one that is nested in
 * it. What a nested graph reads from around it becomes an input, or comes along where it is
 * constant.
 */
public final class Extract {

  private final Inferred inferred;
  private final Model model;
  private final Map<String, TensorData> constants = new HashMap<>();
  private final Map<String, SparseTensorData> sparse = new HashMap<>();

  private Extract(Model model) {
    this.inferred = Infer.of(Operators.standard()).infer(model);
    this.model = inferred.model();
  }

  /**
   * Returns the part between values.
   *
   * @param inputs where it begins; empty for the inputs of the graph that it is in
   * @param outputs where it ends; all in one graph
   * @throws InvalidInput where a value is not there, outputs lie in different graphs, or something
   *     is needed that is not among the inputs
   */
  public static Model of(Model model, List<String> inputs, List<String> outputs) {
    if (outputs.isEmpty()) {
      throw new InvalidInput("name the outputs of the part");
    }
    return new Extract(model).part(inputs, outputs);
  }

  private Model part(List<String> inputs, List<String> outputs) {
    List<Graph> path = new ArrayList<>();
    if (!find(model.graph(), outputs.getFirst(), path)) {
      throw new InvalidInput("no graph has a value \"" + Text.escape(outputs.getFirst()) + "\"");
    }
    Graph graph = path.getLast();
    for (Graph outer : path) {
      outer.initializers().forEach(data -> constants.put(data.name(), data));
      outer.sparseInitializers().forEach(data -> sparse.put(data.values().name(), data));
    }
    Map<String, Node> makers = new HashMap<>();
    graph.nodes().forEach(node -> node.outputs().forEach(output -> makers.put(output, node)));
    Set<String> own = Graphs.defined(graph);
    for (String name : outputs) {
      if (!own.contains(name)) {
        throw new InvalidInput(
            "\""
                + Text.escape(name)
                + "\" is not in the graph that has \""
                + Text.escape(outputs.getFirst())
                + "\"");
      }
    }
    Set<Node> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<String> begins = new LinkedHashSet<>();
    Set<String> kept = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(outputs);
    Set<String> seen = new HashSet<>();
    while (!open.isEmpty()) {
      String name = open.removeFirst();
      if (!seen.add(name)) {
        continue;
      }
      Node maker = makers.get(name);
      if (inputs.contains(name)) {
        begins.add(name);
      } else if (maker != null) {
        needed.add(maker);
        open.addAll(Graphs.reads(maker));
      } else if (constants.containsKey(name) || sparse.containsKey(name)) {
        kept.add(name);
      } else if (inputs.isEmpty() || !own.contains(name)) {
        begins.add(name);
      } else {
        throw new InvalidInput(
            "the part needs \"" + Text.escape(name) + "\", which is not among its inputs");
      }
    }
    for (String name : inputs) {
      if (!begins.contains(name)) {
        throw new InvalidInput(
            "the outputs of the part do not depend on \"" + Text.escape(name) + "\"");
      }
    }
    Graph part =
        new Graph(
                graph.name().isEmpty() ? "part" : graph.name(),
                graph.nodes().stream().filter(needed::contains).toList(),
                ordered(inputs, begins).stream().map(name -> info(path, name)).toList(),
                outputs.stream().map(name -> info(path, name)).toList(),
                kept.stream().filter(constants::containsKey).map(constants::get).toList())
            .withValueInfo(List.of());
    Graph whole =
        new Graph(
            part.name(),
            part.nodes(),
            part.inputs(),
            part.outputs(),
            List.of(),
            part.initializers(),
            kept.stream().filter(sparse::containsKey).map(sparse::get).toList(),
            "",
            List.of(),
            part.extra());
    Model result = model.withGraph(whole);
    Check.of(Operators.standard()).requireValid(result);
    return result;
  }

  private static List<String> ordered(List<String> inputs, Set<String> begins) {
    Set<String> all = new LinkedHashSet<>(inputs);
    all.addAll(begins);
    return List.copyOf(all);
  }

  private boolean find(Graph graph, String name, List<Graph> path) {
    path.add(graph);
    if (Graphs.defined(graph).contains(name)) {
      return true;
    }
    for (Node node : graph.nodes()) {
      for (Graph body : Graphs.bodies(node)) {
        if (find(body, name, path)) {
          return true;
        }
      }
    }
    path.removeLast();
    return false;
  }

  private ValueInfo info(List<Graph> path, String name) {
    for (int i = path.size() - 1; i >= 0; i--) {
      Type type = inferred.type(path.get(i), name);
      if (type != null) {
        return new ValueInfo(name, type);
      }
    }
    throw new InvalidInput("the type of \"" + Text.escape(name) + "\" is not known");
  }
}
