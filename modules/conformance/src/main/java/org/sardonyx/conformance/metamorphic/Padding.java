package org.sardonyx.conformance.metamorphic;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** More steps than the lengths count: outputs within the steps there were do not change. */
final class Padding {

  private static final int MORE = 3;

  private final Model model;
  private final Map<String, Value> inputs;

  Padding(Model model, Map<String, Value> inputs) throws NotApplicable {
    this.model = model;
    this.inputs = inputs;
    Graph graph = model.graph();
    boolean lengths = false;
    for (Node node : graph.nodes()) {
      boolean recurrent = node.isOnnx("LSTM") || node.isOnnx("GRU") || node.isOnnx("RNN");
      if (recurrent) {
        String given = node.inputs().size() > 4 ? node.inputs().get(4) : "";
        if (graph.inputs().stream().noneMatch(input -> input.name().equals(given))) {
          throw new NotApplicable(node.label() + " reads no lengths that are an input");
        }
        lengths = true;
      } else if (!node.isOnnx()
          || !EACH_STEP.contains(node.opType())
          || (node.isOnnx("MatMul") && isMade(graph, node.inputs().get(1)))) {
        throw new NotApplicable(node.label() + " may see steps beyond the lengths");
      }
    }
    if (!lengths) {
      throw new NotApplicable("no recurrent layer reads lengths");
    }
  }

  private static boolean isMade(Graph graph, String name) {
    return graph.initializers().stream().noneMatch(data -> data.name().equals(name));
  }

  private static final Set<String> EACH_STEP =
      Set.of(
          "Gather",
          "Transpose",
          "MatMul",
          "Add",
          "Mul",
          "Sub",
          "Relu",
          "Tanh",
          "Sigmoid",
          "Cast",
          "Identity",
          "Squeeze",
          "Unsqueeze",
          "Reshape",
          "Constant",
          "Shape");

  /** The last step again at the end, so that what is there is something a model can take. */
  Map<String, Value> longer() throws NotApplicable {
    Map<String, Value> changed = new LinkedHashMap<>();
    for (ValueInfo input : model.graph().inputs()) {
      int axis = Axes.only(input.type(), Axes::isTime);
      if (axis >= 0 && inputs.get(input.name()) instanceof Tensor tensor && tensor.dim(axis) > 0) {
        int steps = tensor.dim(axis);
        int[] places = new int[steps + MORE];
        for (int i = 0; i < places.length; i++) {
          places[i] = Math.min(i, steps - 1);
        }
        changed.put(input.name(), Axes.take(tensor, axis, places));
      }
    }
    if (changed.isEmpty()) {
      throw new NotApplicable("no input names its time steps");
    }
    return Metamorphic.with(inputs, changed);
  }

  /** Returns outputs without the steps that are new. */
  Map<String, Value> cropped(Map<String, Value> outputs, Map<String, Value> like) {
    Inferred inferred = Infer.of(Operators.standard()).infer(model);
    Map<String, Value> cropped = new LinkedHashMap<>(outputs);
    outputs.forEach((name, value) -> {
      int axis = Axes.only(inferred.type(inferred.model().graph(), name), Axes::isTime);
      if (axis >= 0 && value instanceof Tensor t && like.get(name) instanceof Tensor shorter) {
        cropped.put(name, Axes.range(t, axis, 0, shorter.dim(axis)));
      }
    });
    return cropped;
  }
}
