package org.sardonyx.conformance.detail;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Where the time steps of an output are.
 *
 * @param axis the axis of time
 * @param directionAxis the axis of directions; -1 for none
 * @param directions {@code forward} or {@code reverse}, one for each index of that axis; one alone
 *     where there is none
 */
public record TimeAxis(int axis, int directionAxis, List<String> directions) {

  public TimeAxis {
    directions = List.copyOf(directions);
  }

  private static final List<String> FORWARD = List.of("forward");

  /**
   * Returns the axes of the outputs of a model that have one: those of recurrent operators; else
   * the one axis that is as long as what a recurrent operator, Scan or Loop runs over, by
   * inference; else the one whose dimension is named after time and belongs to an input, too.
   */
  public static Map<String, TimeAxis> of(Model model) {
    Inferred inferred = Infer.of(Operators.standard()).infer(model);
    Graph graph = model.graph();
    Set<Dim> steps = new HashSet<>();
    Map<String, TimeAxis> axes = new HashMap<>();
    for (Node node : graph.nodes()) {
      boolean recurrent = node.isOnnx("LSTM") || node.isOnnx("GRU") || node.isOnnx("RNN");
      if (recurrent && !node.inputs().isEmpty()) {
        boolean batchFirst = integer(node, "layout") == 1;
        steps.add(dim(inferred, graph, node.inputs().getFirst(), batchFirst ? 1 : 0));
        String direction =
            node.value("direction") instanceof Attribute.OfString text ? text.text() : "forward";
        if (!node.outputs().isEmpty()) {
          axes.put(
              node.outputs().getFirst(),
              new TimeAxis(
                  batchFirst ? 1 : 0,
                  batchFirst ? 2 : 1,
                  direction.equals("bidirectional")
                      ? List.of("forward", "reverse")
                      : List.of(direction)));
        }
      } else if (node.isOnnx("Loop")) {
        // What each trip gives is stacked along axis 0.
        for (int i = node.inputs().size() - 2; i < node.outputs().size(); i++) {
          String name = node.outputs().get(i);
          steps.add(dim(inferred, graph, name, 0));
          axes.put(name, new TimeAxis(0, -1, FORWARD));
        }
      } else if (node.isOnnx("Scan")) {
        for (int i = 0; i < integer(node, "num_scan_inputs"); i++) {
          int at = node.inputs().size() - 1 - i;
          if (at >= 0 && node.attribute("scan_input_axes") == null) {
            steps.add(dim(inferred, graph, node.inputs().get(at), 0));
          }
        }
      }
    }
    steps.remove(Dim.UNKNOWN);
    steps.removeIf(dim -> dim instanceof Dim.Known(long size) && size < 2);
    if (steps.isEmpty()) {
      for (ValueInfo input : graph.inputs()) {
        if (input.type() instanceof Type.OfTensor(var _, Shape shape) && shape.hasRank()) {
          for (int axis = 0; axis < shape.rank(); axis++) {
            if (shape.dim(axis) instanceof Dim.Named(String name) && isTime(name)) {
              steps.add(shape.dim(axis));
            }
          }
        }
      }
    }
    Map<String, TimeAxis> found = new HashMap<>();
    for (ValueInfo output : graph.outputs()) {
      TimeAxis axis = axes.get(output.name());
      if (axis == null) {
        axis = only(inferred.type(graph, output.name()), steps);
      }
      if (axis != null) {
        found.put(output.name(), axis);
      }
    }
    return found;
  }

  private static @Nullable TimeAxis only(@Nullable Type type, Set<Dim> steps) {
    if (!(type instanceof Type.OfTensor(var _, Shape shape)) || !shape.hasRank()) {
      return null;
    }
    int found = -1;
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (steps.contains(shape.dim(axis))) {
        if (found >= 0) {
          return null;
        }
        found = axis;
      }
    }
    return found < 0 ? null : new TimeAxis(found, -1, FORWARD);
  }

  private static Dim dim(Inferred inferred, Graph graph, String name, int axis) {
    return inferred.type(graph, name) instanceof Type.OfTensor(var _, Shape shape)
            && shape.hasRank()
            && axis < shape.rank()
        ? shape.dim(axis)
        : Dim.UNKNOWN;
  }

  private static boolean isTime(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.contains("time")
        || lower.contains("seq")
        || lower.contains("frame")
        || lower.contains("step")
        || lower.equals("t");
  }

  private static long integer(Node node, String attribute) {
    return node.value(attribute) instanceof Attribute.OfInt(long value) ? value : 0;
  }

  /** Whether a shape has this axis, and more than one step. */
  public boolean fits(int[] shape) {
    return axis < shape.length
        && shape[axis] > 1
        && (directionAxis < 0
            || (directionAxis < shape.length && shape[directionAxis] == directions.size()));
  }

  /** Returns the step of an element, counted from where its direction begins. */
  public int step(int element, int[] shape) {
    int at = index(element, axis, shape);
    return directions.get(direction(element, shape)).equals("reverse") ? shape[axis] - 1 - at : at;
  }

  /** Returns the number of the direction of an element. */
  public int direction(int element, int[] shape) {
    return directionAxis < 0 ? 0 : index(element, directionAxis, shape);
  }

  private static int index(int element, int axis, int[] shape) {
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= shape[i];
    }
    return element / inner % shape[axis];
  }
}
