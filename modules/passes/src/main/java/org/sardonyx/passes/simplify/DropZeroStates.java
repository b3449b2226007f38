package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/**
 * Leaves out initial states of LSTM, GRU and RNN that are surely zero, as they are where none are
 * given: exporters compute them from the shape of the input.
 */
public final class DropZeroStates implements Rule {

  private static final int INITIAL_H = 5;
  private static final int INITIAL_C = 6;
  private static final int DEPTH = 16;

  /** Operators that give nothing but elements of their first input. */
  private static final Set<String> MOVING =
      Set.of(
          "Identity",
          "Expand",
          "Unsqueeze",
          "Squeeze",
          "Slice",
          "Gather",
          "Transpose",
          "Reshape",
          "Split",
          "Tile",
          "Flatten");

  @Override
  public String name() {
    return "zero-states";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    List<Node> nodes = new ArrayList<>(graph.nodes().size());
    boolean changed = false;
    for (Node node : graph.nodes()) {
      Node result = node;
      if ((node.isOnnx("LSTM") || node.isOnnx("GRU") || node.isOnnx("RNN"))
          && node.inputs().size() > INITIAL_H) {
        Wiring wiring = site.wiring(graph);
        List<String> inputs = new ArrayList<>(node.inputs());
        for (int i = INITIAL_H; i <= INITIAL_C && i < inputs.size(); i++) {
          if (!inputs.get(i).isEmpty() && isZero(inputs.get(i), wiring, site, DEPTH)) {
            inputs.set(i, "");
            result = node.withInputs(inputs);
            site.changed();
            changed = true;
          }
        }
      }
      nodes.add(result);
    }
    return changed ? graph.withNodes(nodes) : graph;
  }

  private static boolean isZero(String value, Wiring wiring, Site site, int depth) {
    Tensor constant = site.constant(value);
    TensorData initializer = constant == null ? site.initializer(value) : null;
    if (constant == null && initializer != null) {
      constant = Contents.load(initializer);
    }
    if (constant != null) {
      return isZero(constant);
    }
    Node node = wiring.maker(value);
    if (node == null || !node.isOnnx() || depth == 0) {
      return false;
    }
    if (node.isOnnx("ConstantOfShape")) {
      Attribute fill = node.attribute("value");
      return fill == null
          || (fill.value() instanceof Attribute.OfTensor(TensorData data) && isZero(data.load()));
    }
    return MOVING.contains(node.opType())
        && isZero(node.inputs().getFirst(), wiring, site, depth - 1);
  }

  /** Whether every element is zero, not minus zero: the two differ in what they are divided by. */
  private static boolean isZero(Tensor tensor) {
    if (!tensor.dataType().isFloat()) {
      return false;
    }
    for (double element : tensor.toDoubles()) {
      if (Double.doubleToRawLongBits(element) != 0) {
        return false;
      }
    }
    return true;
  }
}
