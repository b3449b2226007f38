package org.sardonyx.passes.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.walk.Where;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;

/**
 * Masks that add a moderate negative number, -10000 say, before a Softmax: a row that is masked
 * altogether then attends as if nothing were masked.
 */
final class MaskRules {

  private static final Set<String> THROUGH =
      Set.of("Where", "Mul", "Add", "Sub", "Cast", "Reshape", "Unsqueeze", "Expand", "Identity");

  private static final int HOPS = 6;

  private final Report report;

  MaskRules(Report report) {
    this.report = report;
  }

  void check(Graph graph, Where where) {
    List<String> suspects = new ArrayList<>();
    for (TensorData data : graph.initializers()) {
      if (isMask(data)) {
        suspects.add(data.name());
      }
    }
    for (Node node : graph.nodes()) {
      if (node.isOnnx("Constant") && node.outputs().size() == 1) {
        Attribute value = node.attribute("value");
        if (value != null
            && value.value() instanceof Attribute.OfTensor(TensorData data)
            && isMask(data)) {
          suspects.add(node.outputs().getFirst());
        }
      }
    }
    if (suspects.isEmpty()) {
      return;
    }
    Map<String, List<Node>> readers = new HashMap<>();
    for (Node node : graph.nodes()) {
      for (String input : node.inputs()) {
        readers.computeIfAbsent(input, _ -> new ArrayList<>()).add(node);
      }
    }
    for (String suspect : suspects) {
      follow(suspect, readers, where);
    }
  }

  private void follow(String start, Map<String, List<Node>> readers, Where where) {
    Deque<Map.Entry<String, Integer>> open = new ArrayDeque<>();
    open.add(Map.entry(start, 0));
    int seen = 0;
    while (!open.isEmpty() && seen++ < 64) {
      Map.Entry<String, Integer> at = open.remove();
      for (Node node : readers.getOrDefault(at.getKey(), List.of())) {
        if (node.isOnnx("Softmax")) {
          report.warning(
              "trap-mask",
              where.node(node),
              "the constant "
                  + Report.quote(start)
                  + " masks with a number that is not minus infinity: a row that is masked altogether"
                  + " attends as if it were not masked");
          return;
        }
        if (node.isOnnx() && THROUGH.contains(node.opType()) && at.getValue() < HOPS) {
          for (String output : node.outputs()) {
            open.add(Map.entry(output, at.getValue() + 1));
          }
        }
      }
    }
  }

  private static boolean isMask(TensorData data) {
    if (data.dataType() != DataType.FLOAT || !data.shape().elements().equals(Dim.of(1))) {
      return false;
    }
    try {
      Tensor tensor = data.load();
      float value = tensor.floats()[0];
      return value <= -1e3f && value >= -1e5f;
    } catch (ModelException _) {
      return false;
    }
  }
}
