package org.sardonyx.conformance.bisect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.passes.Inline;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;

/**
 * Finds where NaN and infinities come from in an engine: the inputs, constants and nodes that give
 * some while all they are given is finite. Within If, Loop and Scan the search goes on in the first
 * trip that gives some. Values are tapped a few at a time, as the byte cap allows.
 */
public final class NonFinite {

  /**
   * Where they come from.
   *
   * @param place the bodies around the node, with trip and step
   * @param node its name and operator; {@code input} or {@code constant} where it is no node
   * @param output the value
   * @param nan how many elements are NaN
   * @param infinite how many are infinite
   * @param first the position of the first of them
   * @param given what goes into the node, each with its least and greatest number
   */
  public record Origin(
      List<String> place,
      String node,
      String output,
      long nan,
      long infinite,
      List<Integer> first,
      List<String> given) {

    public Origin {
      place = List.copyOf(place);
      first = List.copyOf(first);
      given = List.copyOf(given);
    }
  }

  private static final int MOST_TRIPS = 10_000;

  private final Runner runner;
  private final long byteCap;
  private final List<Origin> found = new ArrayList<>();

  private NonFinite(Runner runner, long byteCap) {
    this.runner = runner;
    this.byteCap = byteCap;
  }

  /**
   * Returns where they come from, in the order of the graph; empty where all is finite.
   *
   * @param byteCap what the values of one run may take
   * @throws EngineFailed where the engine does not run the model
   */
  public static List<Origin> of(
      Model model, Map<String, Value> inputs, Engine engine, Engine.Options options, long byteCap)
      throws EngineFailed {
    try (Runner runner = new Runner(engine, options)) {
      NonFinite search = new NonFinite(runner, byteCap);
      search.walk(List.of(), Inline.of(Operators.standard()).apply(model), inputs);
      return List.copyOf(search.found);
    }
  }

  private void walk(List<String> place, Model model, Map<String, Value> inputs)
      throws EngineFailed {
    Graph graph = model.graph();
    Map<String, TensorData> constants = new HashMap<>(Piece.constants(graph));
    constants.keySet().removeAll(inputs.keySet());
    Set<String> bad = new HashSet<>();
    inputs.forEach((name, value) -> note(place, "input", name, value, List.of(), bad));
    Walk.Taps taps = new Walk.Taps(model);
    List<Node> waiting = new ArrayList<>();
    long size = 0;
    Map<String, Value> all = runner.run(model, inputs);
    long each = Math.max(1, all.values().stream().mapToLong(Piece::bytes).max().orElse(1));
    for (Node node : graph.nodes()) {
      if (Piece.isConstant(node)) {
        continue;
      }
      waiting.add(node);
      size += each * node.outputs().size();
      if (size > byteCap) {
        look(place, model, inputs, constants, taps, waiting, bad);
        waiting.clear();
        size = 0;
      }
    }
    look(place, model, inputs, constants, taps, waiting, bad);
  }

  private void look(
      List<String> place,
      Model model,
      Map<String, Value> inputs,
      Map<String, TensorData> constants,
      Walk.Taps taps,
      List<Node> nodes,
      Set<String> bad)
      throws EngineFailed {
    if (nodes.isEmpty()) {
      return;
    }
    // What the first nodes read is tapped, too: it belongs to what is said of them.
    Set<String> names = new LinkedHashSet<>();
    Set<String> made = new HashSet<>(taps.names());
    for (Node node : nodes) {
      names.addAll(Piece.made(node));
      Graphs.reads(node).stream().filter(made::contains).forEach(names::add);
    }
    Map<String, Value> values = new LinkedHashMap<>(inputs);
    values.putAll(runner.run(taps.model(List.copyOf(names)), inputs));
    for (Node node : nodes) {
      boolean carried = Graphs.reads(node).stream().anyMatch(bad::contains);
      for (String output : Piece.made(node)) {
        Value value = values.get(output);
        if (value == null || count(value)[0] + count(value)[1] == 0) {
          continue;
        }
        if (carried) {
          bad.add(output);
          continue;
        }
        boolean weights = false;
        for (String name : Graphs.reads(node)) {
          TensorData constant = constants.get(name);
          if (constant != null && constant.dataType().isFloat()) {
            weights |= note(place, "constant", name, constant.load(), List.of(), bad);
          }
        }
        if (weights || within(place, model, node, values, constants)) {
          bad.add(output);
        } else {
          note(place, node.label(), output, value, given(node, values, constants), bad);
        }
      }
    }
  }

  /** Whether something was found in a trip of the node's graph. */
  private boolean within(
      List<String> place,
      Model model,
      Node node,
      Map<String, Value> values,
      Map<String, TensorData> constants)
      throws EngineFailed {
    Map<String, Value> known = new LinkedHashMap<>(values);
    for (String name : node.inputs()) {
      TensorData constant = constants.get(name);
      if (constant != null) {
        known.put(name, constant.load());
      }
    }
    Trips trips = Trips.of(model, node, known);
    if (trips == null) {
      return false;
    }
    for (int trip = 0; trip < MOST_TRIPS; trip++) {
      Map<String, Value> given = trips.inputs();
      if (given == null) {
        return false;
      }
      Model body = Piece.body(model, trips.body(), given, constants);
      Map<String, Value> own = Piece.inputs(body, given);
      ThreeWay.Side side = runner.side(body, own);
      if (side.failure() != null) {
        return false;
      }
      if (side.outputs().values().stream().anyMatch(v -> count(v)[0] + count(v)[1] > 0)) {
        int before = found.size();
        List<String> inner = new ArrayList<>(place);
        inner.add(node.label() + " " + trips.label());
        walk(inner, body, own);
        return found.size() > before;
      }
      trips.next(side.outputs());
    }
    return false;
  }

  private boolean note(
      List<String> place,
      String node,
      String name,
      Value value,
      List<String> given,
      Set<String> bad) {
    long[] counts = count(value);
    if (counts[0] + counts[1] == 0) {
      return false;
    }
    if (bad.add(name)) {
      found.add(new Origin(place, node, name, counts[0], counts[1], first(value), given));
    }
    return true;
  }

  /** How many are NaN, and how many infinite. */
  private static long[] count(Value value) {
    long nan = 0;
    long infinite = 0;
    if (value instanceof Tensor tensor && tensor.dataType().isFloat()) {
      for (int i = 0; i < tensor.size(); i++) {
        double x = tensor.getDouble(i);
        if (Double.isNaN(x)) {
          nan++;
        } else if (Double.isInfinite(x)) {
          infinite++;
        }
      }
    } else if (value instanceof SequenceValue sequence) {
      for (Value element : sequence.elements()) {
        long[] inner = count(element);
        nan += inner[0];
        infinite += inner[1];
      }
    }
    return new long[] {nan, infinite};
  }

  private static List<Integer> first(Value value) {
    if (!(value instanceof Tensor tensor)) {
      return List.of();
    }
    for (int i = 0; i < tensor.size(); i++) {
      if (!Double.isFinite(tensor.getDouble(i))) {
        Integer[] index = new Integer[tensor.rank()];
        int rest = i;
        for (int axis = tensor.rank() - 1; axis >= 0; axis--) {
          index[axis] = rest % tensor.dim(axis);
          rest /= tensor.dim(axis);
        }
        return List.of(index);
      }
    }
    return List.of();
  }

  private static List<String> given(
      Node node, Map<String, Value> values, Map<String, TensorData> constants) {
    List<String> given = new ArrayList<>();
    for (String name : Graphs.reads(node)) {
      TensorData constant = constants.get(name);
      @Nullable Value value = constant == null ? values.get(name) : constant.load();
      if (value instanceof Tensor tensor
          && tensor.size() > 0
          && (tensor.dataType().isFloat() || tensor.dataType().isInteger())) {
        double least = Double.POSITIVE_INFINITY;
        double greatest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < tensor.size(); i++) {
          least = Math.min(least, tensor.getDouble(i));
          greatest = Math.max(greatest, tensor.getDouble(i));
        }
        given.add(
            String.format(Locale.ROOT, "%s in [%s, %s]", name, (float) least, (float) greatest));
      }
    }
    return given;
  }
}
