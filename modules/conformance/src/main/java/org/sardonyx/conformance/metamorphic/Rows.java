package org.sardonyx.conformance.metamorphic;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Relations between the rows of a batch. */
final class Rows {

  private final Model model;
  private final Map<String, Value> inputs;

  Rows(Model model, Map<String, Value> inputs) {
    this.model = model;
    this.inputs = inputs;
  }

  /** Inputs in another order, and what that makes of outputs. */
  record Change(Map<String, Value> inputs, Map<String, Integer> axes) {
    Map<String, Value> of(Map<String, Value> outputs) {
      Map<String, Value> changed = new LinkedHashMap<>();
      axes.forEach((name, axis) -> {
        if (outputs.get(name) instanceof Tensor tensor) {
          changed.put(name, backwards(tensor, axis));
        }
      });
      return changed;
    }
  }

  Change reversed() throws NotApplicable {
    Map<String, Integer> in = inputAxes();
    Map<String, Value> changed = new LinkedHashMap<>(inputs);
    in.forEach((name, axis) -> changed.put(name, backwards(tensor(name), axis)));
    return new Change(changed, outputAxes());
  }

  private Tensor tensor(String name) {
    return Axes.tensor(inputs, name);
  }

  private static Tensor backwards(Tensor tensor, int axis) {
    int[] places = new int[tensor.dim(axis)];
    for (int i = 0; i < places.length; i++) {
      places[i] = places.length - 1 - i;
    }
    return Axes.take(tensor, axis, places);
  }

  /** Every row is the first. */
  Map<String, Value> copies() throws NotApplicable {
    Map<String, Value> changed = new LinkedHashMap<>(inputs);
    inputAxes()
        .forEach((name, axis) -> {
          Tensor tensor = tensor(name);
          changed.put(name, Axes.take(tensor, axis, new int[tensor.dim(axis)]));
        });
    return changed;
  }

  Map<String, Value> firstRepeated(Map<String, Value> outputs) throws NotApplicable {
    Map<String, Value> changed = new LinkedHashMap<>();
    outputAxes()
        .forEach((name, axis) -> {
          if (outputs.get(name) instanceof Tensor tensor) {
            changed.put(name, Axes.take(tensor, axis, new int[tensor.dim(axis)]));
          }
        });
    return changed;
  }

  private Map<String, Integer> inputAxes() throws NotApplicable {
    requireRowsApart(model.graph());
    Map<String, Integer> axes = new LinkedHashMap<>();
    for (ValueInfo input : model.graph().inputs()) {
      if (!(inputs.get(input.name()) instanceof Tensor tensor)) {
        continue;
      }
      int axis = Axes.only(input.type(), Axes::isBatch);
      if (axis < 0 || packed(tensor)) {
        throw new NotApplicable("input \"" + input.name() + "\" names no batch");
      }
      if (tensor.dim(axis) < 2) {
        throw new NotApplicable("the batch has one row");
      }
      axes.put(input.name(), axis);
    }
    if (axes.isEmpty()) {
      throw new NotApplicable("there are no inputs");
    }
    return axes;
  }

  private static boolean packed(Tensor tensor) {
    return java.lang.reflect.Array.getLength(tensor.array()) != tensor.size();
  }

  private Map<String, Integer> outputAxes() {
    Inferred inferred = Infer.of(Operators.standard()).infer(model);
    Map<String, Integer> axes = new LinkedHashMap<>();
    for (ValueInfo output : model.graph().outputs()) {
      int axis = Axes.only(inferred.type(inferred.model().graph(), output.name()), Axes::isBatch);
      if (axis >= 0) {
        axes.put(output.name(), axis);
      }
    }
    return axes;
  }

  /** Some operators let rows see each other, and mean to. */
  private static void requireRowsApart(Graph graph) throws NotApplicable {
    List<String> together =
        Arrays.asList("DynamicQuantizeLinear", "DynamicQuantizeLSTM", "DynamicQuantizeMatMul");
    for (Node node : graph.nodes()) {
      if (together.contains(node.opType())) {
        throw new NotApplicable(node.label() + " takes one scale for all rows");
      }
      for (Graph body : Graphs.bodies(node)) {
        requireRowsApart(body);
      }
    }
  }
}
