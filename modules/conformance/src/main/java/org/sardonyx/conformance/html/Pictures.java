package org.sardonyx.conformance.html;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.suite.ModelFiles;
import org.sardonyx.conformance.suite.Suite;
import org.sardonyx.conformance.suite.SuiteResult;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteRun;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Value;

/**
 * The graphs of models, each node with its error and its time; collected for a report. Measuring
 * stops when the time that was given for all is over, and graphs are drawn without colours then.
 */
public final class Pictures {

  private static final Duration EACH = Duration.ofSeconds(15);

  private final SessionOptions options;
  private final ReadOptions reading;
  private final long end;
  private final Map<String, Object> models = new LinkedHashMap<>();

  /**
   * @param options of the sessions that run the models
   * @param reading what may be done to read them; its limits are those of the sessions, too
   * @param most how long measuring may take, of all models together
   */
  public Pictures(SessionOptions options, ReadOptions reading, Duration most) {
    this.options = options.withLimits(reading.limits());
    this.reading = reading;
    this.end = System.nanoTime() + most.toNanos();
  }

  /** Adds every model of a suite, those that fail first, on the inputs that came out worst. */
  public void add(Suite suite, SuiteResult result) {
    Map<String, Check> worst = new HashMap<>();
    for (Check check : result.checks()) {
      worst.merge(check.model(), check, (a, b) -> b.status().compareTo(a.status()) > 0 ? b : a);
    }
    suite.models().stream()
        .filter(entry -> worst.containsKey(entry.label()))
        .sorted(
            Comparator.comparing(
                (Suite.Entry entry) -> status(worst.get(entry.label())), Comparator.reverseOrder()))
        .forEach(entry -> add(entry, worst.get(entry.label())));
  }

  private static SuiteResult.Status status(@Nullable Check check) {
    return check == null ? SuiteResult.Status.PASSED : check.status();
  }

  private void add(Suite.Entry entry, @Nullable Check worst) {
    try {
      Model model = ModelFiles.read(entry.model(), reading);
      var sets = SuiteRun.inputs(entry, reading);
      String set = worst == null || !sets.containsKey(worst.inputs()) ? "" : worst.inputs();
      String chosen = set.isEmpty() ? sets.keySet().iterator().next() : set;
      add(entry.label(), model, chosen, sets.getOrDefault(chosen, Map::of).get(), entry.budget());
    } catch (ModelException e) {
      models.put(entry.label(), Map.of("inputs", "", "graphs", List.of()));
    }
  }

  /**
   * Adds a model.
   *
   * @param label what the report calls it
   * @param set what the report calls the inputs
   */
  public void add(String label, Model model, String set, Map<String, Value> inputs, Budget budget) {
    long left = end - System.nanoTime();
    Map<String, NodeErrors.Measured> errors = Map.of();
    Map<Integer, Double> times = Map.of();
    if (left > 0) {
      Duration most = Duration.ofNanos(Math.min(left, EACH.toNanos()));
      NodeErrors nodes = new NodeErrors(model, inputs, options, budget, most);
      times = nodes.times();
      errors = nodes.errors();
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("inputs", set);
    json.put("graphs", graphs(model, errors, times));
    models.put(label, json);
  }

  private static List<Map<String, Object>> graphs(
      Model model, Map<String, NodeErrors.Measured> errors, Map<Integer, Double> times) {
    try {
      return Picture.of(model, errors, times);
    } catch (ModelException e) {
      return List.of();
    }
  }

  Map<String, Object> models() {
    return models;
  }
}
