package org.sardonyx.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ThreeWay.Output;
import org.sardonyx.conformance.detail.Ranking;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/**
 * Judges places and truths that come of comparing floats (ArgMax, ArgMin, TopK, Less and the like):
 * another choice is right where what it chooses is within the budget of the best. What is chosen
 * among inputs and weights as they are has no such freedom.
 */
final class Chosen {

  private static final Set<Verdict> OFF =
      Set.of(Verdict.OURS_WORSE, Verdict.REFERENCE_WORSE, Verdict.BOTH_OFF);

  /** What keeps the elements of a tensor in their order. */
  private static final Set<String> KEEPS =
      Set.of("Identity", "Cast", "Squeeze", "Unsqueeze", "Reshape", "Flatten");

  private static final Set<String> RANKS = Set.of("ArgMax", "ArgMin", "TopK");

  private static final Set<String> COMPARES =
      Set.of("Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal");

  private final ThreeWay judged;
  private final Budget budget;

  Chosen(ThreeWay judged, Budget budget) {
    this.judged = judged;
    this.budget = budget;
  }

  ThreeWay by(Model model, Map<String, Value> inputs) {
    ThreeWay.Side truth = judged.truth();
    if (truth == null || truth.failure() != null) {
      return judged;
    }
    Map<String, Node> origins = new LinkedHashMap<>();
    for (Output output : judged.outputs()) {
      Node origin = OFF.contains(output.verdict()) ? origin(model, output.name()) : null;
      if (origin != null) {
        origins.put(output.name(), origin);
      }
    }
    Map<String, Value> seen = origins.isEmpty() ? Map.of() : seen(model, inputs, origins);
    if (seen.isEmpty()) {
      return judged;
    }
    Inferred inferred = Infer.of(Operators.standard()).infer(model);
    List<Output> outputs = new ArrayList<>();
    for (Output output : judged.outputs()) {
      Node origin = origins.get(output.name());
      Type type = origin == null ? null : inferred.type(model.graph(), origin.inputs().getFirst());
      outputs.add(
          origin != null && type instanceof Type.OfTensor(DataType element, var _)
              ? judge(output, origin, seen, budget.of(element), truth)
              : output);
    }
    return new ThreeWay(judged.ours(), judged.reference(), truth, outputs, judged.deviations());
  }

  /** Returns the node that chose, or null where none is found. */
  private static @Nullable Node origin(Model model, String output) {
    String name = output;
    List<Node> nodes = model.graph().nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      int at = name.isEmpty() ? -1 : node.outputs().indexOf(name);
      if (at < 0 || !node.isOnnx()) {
        continue;
      }
      boolean ranks = RANKS.contains(node.opType()) && (!node.isOnnx("TopK") || at == 1);
      if (ranks || COMPARES.contains(node.opType())) {
        return node;
      }
      if (!KEEPS.contains(node.opType())) {
        return null;
      }
      name = node.inputs().getFirst();
    }
    return null;
  }

  /** Returns what the nodes compare, exactly; empty where it cannot be had. */
  private static Map<String, Value> seen(
      Model model, Map<String, Value> inputs, Map<String, Node> origins) {
    Map<String, Value> given = new LinkedHashMap<>(inputs);
    model.graph().initializers().forEach(data -> given.putIfAbsent(data.name(), data.load()));
    List<String> made = new ArrayList<>();
    origins.values().forEach(node -> made.addAll(compared(node)));
    made.removeAll(given.keySet());
    if (made.isEmpty()) {
      return Map.of();
    }
    try (var exact = new ArbiterEngine().load(Taps.with(model, made))) {
      Map<String, Value> seen = new LinkedHashMap<>(given);
      seen.putAll(exact.run(inputs));
      origins.values().removeIf(node -> compared(node).stream().noneMatch(made::contains));
      return seen;
    } catch (EngineFailed e) {
      return Map.of();
    }
  }

  private static List<String> compared(Node node) {
    return COMPARES.contains(node.opType()) ? node.inputs() : node.inputs().subList(0, 1);
  }

  private Output judge(
      Output output,
      Node origin,
      Map<String, Value> seen,
      Tolerance tolerance,
      ThreeWay.Side truth) {
    Value exact = truth.outputs().get(output.name());
    boolean oursFits = fits(output.ours(), exact, judged.ours(), output, origin, seen, tolerance);
    boolean otherFits =
        judged.reference() == null
            || fits(output.reference(), exact, judged.reference(), output, origin, seen, tolerance);
    Verdict verdict =
        oursFits
            ? otherFits ? Verdict.TIED : Verdict.REFERENCE_WORSE
            : otherFits && judged.reference() != null ? Verdict.OURS_WORSE : output.verdict();
    if (verdict == output.verdict()) {
      return output;
    }
    String reason =
        verdict == Verdict.TIED
            ? origin.label() + " chooses among what is closer together than the budget; "
            : "";
    return output.with(verdict, reason + output.reason(), output.details());
  }

  private static boolean fits(
      @Nullable Comparison comparison,
      @Nullable Value exact,
      ThreeWay.Side side,
      Output output,
      Node origin,
      Map<String, Value> seen,
      Tolerance tolerance) {
    if (comparison == null || comparison.agrees()) {
      return true;
    }
    if (!(side.outputs().get(output.name()) instanceof Tensor found)
        || !(exact instanceof Tensor expected)
        || found.size() != expected.size()
        || !(seen.get(origin.inputs().getFirst()) instanceof Tensor x)
        || x.dataType() != DataType.DOUBLE) {
      return false;
    }
    if (!COMPARES.contains(origin.opType())) {
      return ranks(origin, x, numbers(found), tolerance);
    }
    return seen.get(origin.inputs().get(1)) instanceof Tensor y
        && compares(x, y, numbers(found), numbers(expected), tolerance);
  }

  private static long[] numbers(Tensor tensor) {
    return tensor.dataType().isFloat()
        ? Arrays.stream(tensor.toDoubles()).mapToLong(value -> (long) value).toArray()
        : tensor.toLongs();
  }

  private static double greatest(double... values) {
    return Arrays.stream(values).filter(Double::isFinite).map(Math::abs).max().orElse(0);
  }

  private static long integer(Node node, String name, long otherwise) {
    return node.value(name) instanceof Attribute.OfInt(long value) ? value : otherwise;
  }

  private static boolean ranks(Node node, Tensor x, long[] places, Tolerance tolerance) {
    double sign =
        node.isOnnx("ArgMin") || (node.isOnnx("TopK") && integer(node, "largest", 1) == 0) ? -1 : 1;
    double[] values = Arrays.stream(x.doubles()).map(value -> sign * value).toArray();
    int axis = (int) integer(node, "axis", node.isOnnx("TopK") ? -1 : 0);
    axis += axis < 0 ? x.rank() : 0;
    int length = x.dim(axis);
    int inner = 1;
    for (int i = axis + 1; i < x.rank(); i++) {
      inner *= x.dim(i);
    }
    int rows = length == 0 ? 0 : x.size() / length;
    int k = rows == 0 ? 0 : places.length / rows;
    double maximum = greatest(values);
    for (int row = 0; row < rows; row++) {
      int start = row / inner * length * inner + row % inner;
      double[] all = new double[length];
      for (int i = 0; i < length; i++) {
        all[i] = values[start + i * inner];
      }
      double[] best = all.clone();
      Arrays.sort(best);
      double[] taken = new double[k];
      boolean[] used = new boolean[length];
      for (int i = 0; i < k; i++) {
        long place = places[row / inner * k * inner + i * inner + row % inner];
        if (place < 0 || place >= length || used[(int) place]) {
          return false;
        }
        used[(int) place] = true;
        taken[i] = all[(int) place];
      }
      if (integer(node, "sorted", 1) == 0) {
        Arrays.sort(taken);
        for (int i = 0; i < k / 2; i++) {
          double value = taken[i];
          taken[i] = taken[k - 1 - i];
          taken[k - 1 - i] = value;
        }
      }
      for (int i = 0; i < k; i++) {
        if (!Ranking.tied(best[length - 1 - i], taken[i], tolerance, maximum)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean compares(
      Tensor x, Tensor y, long[] found, long[] expected, Tolerance tolerance) {
    int rank = Math.max(x.rank(), y.rank());
    int[] shape = new int[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = Math.max(size(x, i - rank), size(y, i - rank));
    }
    double[] a = x.doubles();
    double[] b = y.toDoubles();
    double maximum = Math.max(greatest(a), greatest(b));
    for (int i = 0; i < found.length; i++) {
      if (found[i] != expected[i]
          && !Ranking.tied(a[index(x, i, shape)], b[index(y, i, shape)], tolerance, maximum)) {
        return false;
      }
    }
    return true;
  }

  private static int size(Tensor tensor, int fromEnd) {
    return tensor.rank() + fromEnd < 0 ? 1 : tensor.dim(tensor.rank() + fromEnd);
  }

  /** Returns where a broadcast tensor has what belongs to an element of the whole. */
  private static int index(Tensor tensor, int element, int[] shape) {
    int index = 0;
    int stride = 1;
    int rest = element;
    for (int i = 1; i <= shape.length; i++) {
      int at = rest % shape[shape.length - i];
      rest /= shape[shape.length - i];
      int size = size(tensor, -i);
      index += size == 1 ? 0 : at * stride;
      stride *= size;
    }
    return index;
  }
}
