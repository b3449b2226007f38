package org.sardonyx.conformance.bisect;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.detail.TimeAxis;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Which time step and which rows of a node's outputs are off. */
final class Blame {

  private final Node node;
  private final Model alone;
  private final Map<String, Value> inputs;

  Blame(Node node, Model alone, Map<String, Value> inputs) {
    this.node = node;
    this.alone = alone;
    this.inputs = inputs;
  }

  /** Returns a recurrent node with its Y, which tells the steps, where only states are wanted. */
  static Node withSteps(Node node) {
    boolean recurrent = node.isOnnx("LSTM") || node.isOnnx("GRU") || node.isOnnx("RNN");
    if (!recurrent || node.outputs().isEmpty() || !node.outputs().getFirst().isEmpty()) {
      return node;
    }
    List<String> outputs = new ArrayList<>(node.outputs());
    outputs.set(0, String.join("+", node.outputs()) + "/Y");
    return node.withOutputs(outputs);
  }

  Bisection.Culprit culprit(List<String> place, String output, String message, ThreeWay judged) {
    int step = -1;
    String direction = "";
    List<Integer> rows = List.of();
    int batch = 0;
    String steps = node.outputs().isEmpty() ? "" : node.outputs().getFirst();
    boolean recurrent = node.isOnnx("LSTM") || node.isOnnx("GRU") || node.isOnnx("RNN");
    String told = recurrent && !steps.isEmpty() ? steps : output;
    ThreeWay.Side truth = judged.truth();
    ThreeWay.Output figures =
        judged.outputs().stream().filter(o -> o.name().equals(told)).findFirst().orElse(null);
    if (truth != null
        && figures != null
        && truth.outputs().get(told) instanceof Tensor t
        && judged.ours().outputs().get(told) instanceof Tensor f
        && t.sameShape(f)
        && t.rank() > 0) {
      TimeAxis axis = TimeAxis.of(alone).get(told);
      @Nullable TimeAxis time = axis != null && axis.fits(t.shape()) ? axis : null;
      int batchAxis =
          time != null && time.directionAxis() >= 0
              ? 3 - sum(time)
              : time == null ? 0 : 1 - Math.min(1, time.axis());
      int first = Integer.MAX_VALUE;
      TreeSet<Integer> found = new TreeSet<>();
      double maximum = maximum(t);
      for (int i = 0; i < t.size(); i++) {
        if (!isOff(t, f, i, figures.budget(), maximum)) {
          continue;
        }
        if (time != null && time.step(i, t.shape()) < first) {
          first = time.step(i, t.shape());
          direction = time.directions().get(time.direction(i, t.shape()));
        }
        if (batchAxis < t.rank() - 1) {
          found.add(index(i, batchAxis, t.shape()));
        }
      }
      step = first == Integer.MAX_VALUE ? -1 : first;
      batch = batchAxis < t.rank() - 1 ? t.dim(batchAxis) : 0;
      rows = new ArrayList<>(found);
    }
    return new Bisection.Culprit(
        place, node.label(), output, message, step, direction, rows, batch, alone, inputs);
  }

  /** Of Y, time, direction and batch share the first three axes. */
  private static int sum(TimeAxis time) {
    return time.axis() + time.directionAxis();
  }

  private static int index(int element, int axis, int[] shape) {
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= shape[i];
    }
    return element / inner % shape[axis];
  }

  private static double maximum(Tensor tensor) {
    double maximum = 0;
    for (int i = 0; i < tensor.size(); i++) {
      double x = number(tensor, i);
      maximum = Double.isFinite(x) ? Math.max(maximum, Math.abs(x)) : maximum;
    }
    return maximum;
  }

  private static boolean isOff(Tensor t, Tensor f, int i, Tolerance budget, double maximum) {
    double e = number(t, i);
    double a = number(f, i);
    if (e == a || (Double.isNaN(e) && Double.isNaN(a))) {
      return false;
    }
    double allowed =
        Math.max(budget.atol() + budget.rtol() * Math.abs(e), budget.relToMax() * maximum);
    return !(Math.abs(a - e) <= allowed);
  }

  private static double number(Tensor tensor, int i) {
    DataType type = tensor.dataType();
    return type.isFloat() || type.isInteger() || type == DataType.BOOL ? tensor.getDouble(i) : 0;
  }
}
