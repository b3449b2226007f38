package org.sardonyx.conformance.html;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.profile.Profile;
import org.sardonyx.profile.Profiler;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * What each node of the main graph is off by, errors before it included, and how long it takes. The
 * values between nodes are looked at some at a time, so that they need not all be held.
 */
final class NodeErrors {

  /**
   * What is known of a node.
   *
   * @param relative the largest error in parts of the largest element; NaN where nothing is finite
   * @param maxAbs the largest error
   * @param maxUlp the largest error in units in the last place
   * @param agrees whether all elements are within the budget
   */
  record Measured(double relative, double maxAbs, double maxUlp, boolean agrees) {}

  private static final int AT_ONCE = 48;
  private static final long TIMING_NANOS = 100_000_000L;
  private static final int MOST_RUNS = 50;

  private final Model model;
  private final Map<String, Value> inputs;
  private final SessionOptions options;
  private final Budget budget;
  private final long end;

  /**
   * @param most how long this may take; what is not measured by then is left out
   */
  NodeErrors(
      Model model,
      Map<String, Value> inputs,
      SessionOptions options,
      Budget budget,
      Duration most) {
    this.model = model;
    this.inputs = inputs;
    this.options = options;
    this.budget = budget;
    this.end = System.nanoTime() + most.toNanos();
  }

  /** Returns errors by name of a value; values that cannot be compared are left out. */
  Map<String, Measured> errors() {
    Map<String, Measured> found = new HashMap<>();
    Graph graph = model.graph();
    Inferred inferred;
    try {
      inferred = Infer.of(Operators.standard()).infer(model);
    } catch (ModelException e) {
      return found;
    }
    List<String> values = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (!node.isOnnx("Constant")) {
        node.outputs().stream().filter(name -> !name.isEmpty()).forEach(values::add);
      }
    }
    for (int i = 0; i < values.size() && System.nanoTime() < end; i += AT_ONCE) {
      List<String> some = values.subList(i, Math.min(values.size(), i + AT_ONCE));
      found.putAll(errors(some, inferred));
    }
    return found;
  }

  private Map<String, Measured> errors(List<String> names, Inferred inferred) {
    Graph graph = model.graph();
    List<ValueInfo> outputs = new ArrayList<>();
    for (String name : names) {
      outputs.add(new ValueInfo(name, inferred.type(inferred.model().graph(), name)));
    }
    Set<String> declared = Set.copyOf(names);
    Model tapped =
        model.withGraph(
            graph
                .withOutputs(outputs)
                .withValueInfo(
                    graph.valueInfo().stream()
                        .filter(value -> !declared.contains(value.name()))
                        .toList()));
    Map<String, Measured> found = new HashMap<>();
    try (NativeEngine ours = new NativeEngine("sardonyx", options);
        var mine = ours.load(tapped);
        var exact = new ArbiterEngine().withLimits(options.limits()).load(tapped)) {
      Map<String, Value> a = mine.run(inputs);
      exact
          .run(inputs)
          .forEach((name, truth) -> {
            Measured measured = measured(truth, a.get(name));
            if (measured != null) {
              found.put(name, measured);
            }
          });
    } catch (EngineFailed e) {
      // A picture without colours: the verdict says what failed.
      return found;
    }
    return found;
  }

  private @Nullable Measured measured(Value truth, @Nullable Value found) {
    if (!(truth instanceof Tensor t) || !(found instanceof Tensor f)) {
      return null;
    }
    Comparison comparison = Comparison.withTruth(truth, found, budget.of(f.dataType()));
    double scale = 0;
    if (t.dataType() == DataType.DOUBLE) {
      for (double element : t.doubles()) {
        if (Double.isFinite(element)) {
          scale = Math.max(scale, Math.abs(element));
        }
      }
    }
    double off =
        comparison.agrees() || comparison.notFinite() == 0
            ? comparison.maxAbs()
            : Double.POSITIVE_INFINITY;
    return new Measured(
        off == 0 ? 0 : off / Math.max(scale, Double.MIN_NORMAL),
        comparison.maxAbs(),
        comparison.maxUlp(),
        comparison.agrees());
  }

  /**
   * Returns the time of a run by index of a node, in nanoseconds, as the model runs in earnest: a
   * chain of nodes that became one step is known by one of them.
   */
  Map<Integer, Double> times() {
    List<Node> numbered = new ArrayList<>();
    for (Node node : model.graph().nodes()) {
      numbered.add(node.withName("n" + numbered.size()));
    }
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < numbered.size(); i++) {
      numbers.put("node \"n" + i + "\"", i);
    }
    Profiler profiler = new Profiler();
    try {
      Session session =
          Session.compile(
              model.withGraph(model.graph().withNodes(numbered)), options.withObserver(profiler));
      session.run(inputs);
      profiler.reset();
      long start = System.nanoTime();
      for (int i = 0; i < MOST_RUNS && System.nanoTime() - start < TIMING_NANOS; i++) {
        session.run(inputs);
      }
      Profile profile = profiler.profile();
      double runs = Math.max(1, profile.runs());
      return profile.entries().stream()
          .filter(entry -> numbers.containsKey(first(entry.node())))
          .collect(
              Collectors.toMap(
                  entry -> numbers.getOrDefault(first(entry.node()), -1),
                  entry -> entry.nanos() / runs,
                  Double::sum));
    } catch (ModelException e) {
      return Map.of();
    }
  }

  /** The name of the outermost node of a place, without its operator. */
  private static String first(String place) {
    int bracket = place.indexOf(" (");
    return bracket < 0 ? place : place.substring(0, bracket);
  }
}
