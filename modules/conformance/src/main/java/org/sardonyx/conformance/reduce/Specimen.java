package org.sardonyx.conformance.reduce;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * A model with the inputs on which it fails.
 *
 * @param model the model
 * @param inputs a value for every input
 */
public record Specimen(Model model, Map<String, Value> inputs) {

  public Specimen {
    inputs = Map.copyOf(inputs);
  }

  /** Returns how large it is: nodes, those within bodies and functions included. */
  public int nodes() {
    int count = count(model.graph().nodes());
    for (var function : model.functions()) {
      count += count(function.nodes());
    }
    return count;
  }

  private static int count(List<Node> nodes) {
    int count = nodes.size();
    for (Node node : nodes) {
      for (Graph body : Graphs.bodies(node)) {
        count += count(body.nodes());
      }
    }
    return count;
  }

  /** Returns how many numbers its weights and inputs have. */
  public long elements() {
    long count = 0;
    for (var data : model.graph().initializers()) {
      count += Math.max(0, data.shape().elements().sizeOrMinusOne());
    }
    for (Value value : inputs.values()) {
      count += value instanceof Tensor tensor ? tensor.size() : 1;
    }
    return count;
  }

  Specimen with(Graph graph) {
    return new Specimen(model.withGraph(graph), inputs);
  }

  /**
   * Returns this without what its outputs do not need, its inputs declared as they are given and
   * its outputs without sizes.
   */
  Specimen tidy() {
    Graph graph = model.graph();
    Set<String> needed = new LinkedHashSet<>();
    graph.outputs().forEach(output -> needed.add(output.name()));
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes().reversed()) {
      if (node.outputs().stream().anyMatch(needed::contains)) {
        nodes.addFirst(node);
        needed.addAll(Graphs.reads(node));
      }
    }
    Map<String, Value> given = new LinkedHashMap<>();
    List<ValueInfo> infos = new ArrayList<>();
    for (ValueInfo input : graph.inputs()) {
      Value value = inputs.get(input.name());
      if (value != null && needed.contains(input.name())) {
        given.put(input.name(), value);
        infos.add(new ValueInfo(input.name(), value.type()));
      }
    }
    List<ValueInfo> outputs =
        graph.outputs().stream()
            .map(output ->
                output.type() instanceof Type.OfTensor(var element, var _)
                    ? new ValueInfo(output.name(), Type.tensor(element))
                    : output)
            .toList();
    return new Specimen(
        model.withGraph(
            new Graph(
                graph.name(),
                nodes,
                infos,
                outputs,
                graph.initializers().stream().filter(t -> needed.contains(t.name())).toList())),
        given);
  }

  /** Returns this with the sizes of its outputs declared, where they are known. */
  Specimen declared(Map<String, Value> outputs) {
    Graph graph = model.graph();
    return with(
        graph.withOutputs(
            graph.outputs().stream()
                .map(output ->
                    outputs.get(output.name()) instanceof Tensor tensor
                            && output.type() instanceof Type.OfTensor(var element, var _)
                        ? new ValueInfo(
                            output.name(), Type.tensor(element, Shape.of(tensor.shape())))
                        : output)
                .toList()));
  }
}
