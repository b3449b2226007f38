package org.sardonyx.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Model;
import org.sardonyx.layers.Target;
import org.sardonyx.onnx.WriteOptions;
import org.sardonyx.optimize.Optimize;
import org.sardonyx.optimize.Optimized;
import org.sardonyx.optimize.Trial;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Value;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a model smaller and faster. */
@Command(
    name = "optimize",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a model smaller and faster in ONNX itself: what exporters write around layers goes, zero"
          + " initial states with it, so that a frozen batch is free; loops become recurrent operators.",
      "Each rule is proven in double on inputs of several sizes before what it did is kept. The result has"
          + " the same inputs, outputs and versions, and is written where ONNX Runtime takes it as well.",
      "Exits with 1, and writes nothing, where an engine gives something else for the result."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sardonyx optimize exported.onnx smaller.onnx",
      "  sardonyx optimize exported.onnx --skip tied-weights,slices",
      "  sardonyx optimize exported.onnx fused.onnx --target onnxruntime:1.20 --time 2",
      "  sardonyx optimize --rules"
    })
final class OptimizeCommand implements Callable<Integer> {

  @Spec CommandSpec spec;
  @Mixin Output output;
  @Mixin ModelFile file;
  @Mixin InputOptions inputs;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "OUT",
      description = "The file to write; without it the tables are printed, and that is all.")
  @Nullable Path to;

  @SuppressWarnings("deprecation") // the one kind of option that needs no MODEL beside it
  @Option(names = "--rules", help = true, description = "List the rules, and do nothing else.")
  boolean list;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "RULE",
      description = "Apply these rules and no others.")
  Set<String> only = new LinkedHashSet<>();

  @Option(names = "--skip", split = ",", paramLabel = "RULE", description = "Leave rules out.")
  Set<String> skip = new LinkedHashSet<>();

  @Option(
      names = "--tolerance",
      paramLabel = "ATOL[:RTOL]",
      description =
          "How far an output may move in double, by all rules together (default: 1e-6:1e-5).")
  @Nullable String tolerance;

  @Option(
      names = "--target",
      paramLabel = "NAME",
      description =
          "Convert the model first, so that newer operators can be written: onnxruntime:1.N, opset:N or"
              + " standard (default: the versions that it has).")
  @Nullable String target;

  @Option(
      names = "--microsoft",
      description = "Write operators of com.microsoft, too, which few but ONNX Runtime know.")
  boolean microsoft;

  @Option(
      names = "--repair",
      description =
          "Repair known faults of exporters first, which changes what is computed: a GRU of PyTorch without"
              + " linear_before_reset, floating-point types that are mixed.")
  boolean repair;

  @Option(names = "--native-only", description = "Do not run the result in ONNX Runtime.")
  boolean nativeOnly;

  @Option(
      names = "--time",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "Time both models in each engine, in turns, for about so long.")
  double seconds;

  @Option(
      names = "--even-if-wrong",
      description = "Write the file even where an engine disagrees; the exit code stays 1.")
  boolean evenIfWrong;

  @Option(
      names = "--placed",
      defaultValue = "as_read",
      description = "Where weights go: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  WriteOptions.Weights placed;

  OptimizeCommand() {}

  @Override
  public Integer call() {
    if (list) {
      return listed();
    }
    Model model = file.readWhole();
    Optimized optimized = settings(model).apply(model);
    List<Trial> trials = trials(model, optimized);
    boolean worse = trials.stream().anyMatch(Trial::isWorse);
    boolean written = to != null && (!worse || evenIfWrong);
    if (written && to != null) {
      ModelFile.write(optimized.model(), to, WriteOptions.DEFAULT.withWeights(placed));
    }
    if (output.isJson()) {
      output.json(json(optimized, trials, written));
    } else {
      show(optimized, trials);
      output.line(
          written
              ? "wrote " + to
              : to == null ? "nothing written: name a file" : "not written: an engine disagrees");
    }
    return worse ? Main.DISAGREED : Main.AGREED;
  }

  private int listed() {
    Map<String, String> rules = Optimize.ruleTable();
    if (output.isJson()) {
      output.json(rules);
    } else {
      StringBuilder text =
          new StringBuilder(
              """
              # What optimize does

              Generated by `tools/sardonyx optimize --rules`. The rules are applied in this order, again and again until none
              does anything any more; the last one once. What each did is proven in double before it is kept, on inputs of
              several sizes, of which all are at least 1.

              | rule | what it does |
              |---|---|
              """);
      rules.forEach((name, says) ->
          text.append("| `").append(name).append("` | ").append(says).append(" |\n"));
      output.out().print(text);
      output.out().flush();
    }
    return Main.AGREED;
  }

  private Optimize settings(Model model) {
    try {
      Optimize settings = Optimize.standard();
      settings = only.isEmpty() ? settings : settings.only(only);
      settings =
          settings
              .without(skip)
              .withMicrosoft(microsoft)
              .withRepairs(repair)
              .withSeed(output.seed)
              .withLimits(output.limits.reading().limits());
      if (tolerance != null) {
        settings = settings.withTolerance(tolerance(tolerance));
      }
      if (target != null) {
        Target versions = Target.of(target);
        settings = settings.to(versions.opset(), versions.irVersion());
      }
      List<Map<String, Value>> given = given(model);
      return given.isEmpty() ? settings : settings.provenOn(given);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static Tolerance tolerance(String text) {
    String[] parts = text.split(":", -1);
    double atol = Double.parseDouble(parts[0]);
    double rtol = parts.length > 1 ? Double.parseDouble(parts[1]) : Optimize.TOLERANCE.rtol();
    if (parts.length > 2) {
      throw new IllegalArgumentException("a tolerance is written ATOL or ATOL:RTOL");
    }
    return new Tolerance(rtol, atol, 0, 0);
  }

  /** Returns what the caller gives; empty where everything is left to chance. */
  private List<Map<String, Value>> given(Model model) {
    List<Map<String, Value>> sets = new ArrayList<>();
    for (Path set : inputs.dataSets()) {
      Map<String, Value> values = new LinkedHashMap<>(CaseFolder.inputs(set, model.graph()));
      if (values.isEmpty()) {
        throw new InvalidInput("there is no input_0.pb in " + set);
      }
      sets.add(values);
    }
    boolean some =
        inputs.bundle != null
            || !inputs.files.isEmpty()
            || !inputs.dims.isEmpty()
            || !inputs.ranges.isEmpty();
    if (sets.isEmpty() && some) {
      sets.add(inputs.read(model, output.seed));
      sets.add(inputs.read(model, output.seed + 1));
    }
    return sets;
  }

  private List<Trial> trials(Model model, Optimized optimized) {
    Duration time = Duration.ofMillis((long) (1000 * seconds));
    List<Trial> trials = new ArrayList<>();
    Model before = optimized.repairs().isEmpty() ? model : optimized.repaired();
    try (Engine ours =
        new NativeEngine(
            "sardonyx", SessionOptions.standard().withLimits(output.limits.reading().limits()))) {
      trials.add(Trial.of(ours, before, optimized.model(), optimized.proofs(), time));
    }
    if (!nativeOnly) {
      try (Engine reference = ProcessEngine.onnxRuntime(Duration.ofMinutes(10))) {
        trials.add(Trial.of(reference, before, optimized.model(), optimized.proofs(), time));
      }
    }
    return trials;
  }

  private void show(Optimized optimized, List<Trial> trials) {
    optimized.warnings().forEach(warning -> output.line(warning.toString()));
    optimized.repairs().forEach(line -> output.line("repaired: " + line));
    List<List<String>> operators = new ArrayList<>();
    operators.add(List.of("operator", "before", "after"));
    Set<String> names = new TreeSet<>(optimized.before().operators().keySet());
    names.addAll(optimized.after().operators().keySet());
    for (String name : names) {
      operators.add(
          List.of(
              name,
              String.valueOf(optimized.before().operators().getOrDefault(name, 0)),
              String.valueOf(optimized.after().operators().getOrDefault(name, 0))));
    }
    operators.add(
        List.of(
            "all nodes",
            String.valueOf(optimized.before().nodes()),
            String.valueOf(optimized.after().nodes())));
    operators.add(
        List.of(
            "bytes of weights",
            String.valueOf(optimized.before().weightBytes()),
            String.valueOf(optimized.after().weightBytes())));
    output.table(operators);
    output.line("");
    List<List<String>> rules = new ArrayList<>();
    rules.add(List.of("rule", "changes", "nodes", "largest difference in double"));
    for (Optimized.Step step : optimized.steps()) {
      rules.add(
          List.of(
              step.rule(),
              String.valueOf(step.changes()),
              String.valueOf(-step.nodes()),
              number(step.error())));
    }
    output.table(rules);
    for (Optimized.Refused refused : optimized.refused()) {
      output.line("taken back: " + refused.rule() + ", because " + refused.why());
    }
    output.line("");
    output.table(engines(trials));
    for (Trial trial : trials) {
      explain(trial.engine() + " before", trial.before());
      explain(trial.engine() + " after", trial.after());
    }
    if (optimized.newlyTaken() > 0) {
      output.line("runs on sizes that it did not run on before: " + optimized.newlyTaken());
    }
  }

  private static List<List<String>> engines(List<Trial> trials) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("engine", "error before", "after", "time before", "after", "ratio"));
    for (Trial trial : trials) {
      long before = trial.before().nanos();
      long after = trial.after().nanos();
      boolean timed = before > 0 && after > 0;
      rows.add(
          List.of(
              trial.engine(),
              said(trial.before()),
              said(trial.after()),
              timed ? micros(before) : "-",
              timed ? micros(after) : "-",
              timed ? String.format(Locale.ROOT, "%.2f", (double) after / before) : "-"));
    }
    return rows;
  }

  private void explain(String who, Trial.Side side) {
    if (side.failure() != null) {
      output.line(who + " fails: " + side.failure());
    } else if (!side.problem().isEmpty()) {
      output.line(who + " is off: " + side.problem());
    }
  }

  private static String said(Trial.Side side) {
    return side.failure() != null
        ? "fails"
        : side.problem().isEmpty() ? number(side.error()) : number(side.error()) + " (off)";
  }

  private static String micros(long nanos) {
    return String.format(Locale.ROOT, "%.1f us", nanos / 1e3);
  }

  private static String number(double value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, "%.2g", value);
  }

  private static Map<String, Object> json(
      Optimized optimized, List<Trial> trials, boolean written) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("written", written);
    json.put("nodes", List.of(optimized.before().nodes(), optimized.after().nodes()));
    json.put(
        "weight_bytes", List.of(optimized.before().weightBytes(), optimized.after().weightBytes()));
    json.put(
        "operators",
        Map.of("before", optimized.before().operators(), "after", optimized.after().operators()));
    json.put("rules", optimized.steps());
    json.put("taken_back", optimized.refused());
    json.put("repairs", optimized.repairs());
    json.put("warnings", optimized.warnings().stream().map(Object::toString).toList());
    json.put("newly_taken", optimized.newlyTaken());
    json.put("engines", trials);
    return json;
  }
}
