package org.sardonyx.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.conformance.Deviation;
import org.sardonyx.conformance.Deviations;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.conformance.html.HtmlReport;
import org.sardonyx.conformance.html.Pictures;
import org.sardonyx.conformance.suite.Checks;
import org.sardonyx.conformance.suite.JsonReport;
import org.sardonyx.conformance.suite.SuiteResult;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Model;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.tensor.Value;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a model natively, in ONNX Runtime and in the arbiter, and says who is right. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a model natively, in ONNX Runtime and in the float64 arbiter on the same inputs, and gives a"
          + " verdict for every output.",
      "The arbiter's result counts as the truth. Exits with 0 where all agree, up to listed deviations of"
          + " ONNX Runtime and models that magnify rounding; with 6 where ONNX Runtime is missing or"
          + " crashed."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sardonyx compare models/lstm/model.onnx --data models/lstm",
      "  sardonyx compare models/gru/model.onnx --dim time=500 --seed 3"
    })
final class CompareCommand implements Callable<Integer> {

  @Spec CommandSpec spec;
  @Mixin Output output;
  @Mixin ModelFile file;
  @Mixin InputOptions inputs;
  @Mixin WeightsOption weights;
  @Mixin BudgetOption budget;

  @Option(names = "--no-reference", description = "Leave ONNX Runtime out.")
  boolean noReference;

  @Option(names = "--no-arbiter", description = "Leave the arbiter out.")
  boolean noArbiter;

  @Option(
      names = "--measured",
      description =
          "Allow a few units in the last place, and what the model itself makes of moving inputs and"
              + " weights by one.")
  boolean measured;

  @Option(
      names = "--ort-level",
      defaultValue = "all",
      description =
          "How far ONNX Runtime may rewrite the graph: ${COMPLETION-CANDIDATES} (default:"
              + " ${DEFAULT-VALUE}).")
  Engine.Optimization level;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a page with curves and graphs, which opens offline.")
  @Nullable Path html;

  CompareCommand() {}

  @Override
  public Integer call() throws IOException {
    if (noReference && noArbiter) {
      throw new ParameterException(
          spec.commandLine(), "--no-reference and --no-arbiter leave nothing to compare with");
    }
    Model model = file.readWhole();
    Map<String, Map<String, Value>> sets = new LinkedHashMap<>();
    for (Path set : inputs.dataSets()) {
      sets.put(String.valueOf(set.getFileName()), CaseFolder.inputs(set, model.graph()));
    }
    if (sets.isEmpty()) {
      sets.put(inputs.label(output.seed), inputs.read(model, output.seed));
    }
    List<Map<String, Object>> json = new ArrayList<>();
    int code = Main.AGREED;
    Budget allowed = measured ? Budget.measured(budget.factor()) : budget.budget();
    List<Check> checks = new ArrayList<>();
    long begin = System.nanoTime();
    Path binary = file.binary();
    Engine.Options options = new Engine.Options(1, level, output.limits.reading());
    try (NativeEngine ours =
            WithImages.engine(output.limits.reading()).withWeights(weights.type());
        ProcessEngine reference = ProcessEngine.onnxRuntime(Duration.ofMinutes(10));
        ArbiterEngine arbiter = WithImages.arbiter(output.limits.reading())) {
      for (Map.Entry<String, Map<String, Value>> set : sets.entrySet()) {
        long start = System.nanoTime();
        ThreeWay result =
            ThreeWay.of(
                binary,
                set.getValue(),
                ours,
                noReference ? null : reference,
                noArbiter ? null : arbiter,
                options,
                allowed,
                noReference ? Deviations.none() : Deviations.onnxRuntime());
        code = Math.max(code, code(result));
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        checks.addAll(Checks.of(label(), set.getKey(), result, took));
        if (output.isJson()) {
          json.add(json(set.getKey(), result));
        } else {
          print(set.getKey(), result);
        }
      }
    }
    if (html != null) {
      Pictures pictures =
          new Pictures(WithImages.options(), output.limits.reading(), ConformCommand.MEASURING);
      Map.Entry<String, Map<String, Value>> first = sets.entrySet().iterator().next();
      pictures.add(label(), model, first.getKey(), first.getValue(), allowed);
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      SuiteResult all = new SuiteResult(label(), checks, took);
      Files.writeString(html, HtmlReport.of(all, pictures));
    }
    if (output.isJson()) {
      output.json(json);
    }
    return code;
  }

  private String label() {
    return String.valueOf(file.path.getFileName());
  }

  private static int code(ThreeWay result) {
    ThreeWay.Side reference = result.reference();
    if (reference != null && reference.failure() != null) {
      switch (reference.failure().kind()) {
        case MISSING, CRASHED, TIMED_OUT -> {
          return result.deviations().isEmpty() ? Main.NO_REFERENCE : Main.AGREED;
        }
        case REFUSED, FAILED -> {}
      }
    }
    return result.verdict().agrees() ? Main.AGREED : Main.DISAGREED;
  }

  private void print(String set, ThreeWay result) {
    output.line(set + ": " + result.verdict().word());
    side("  native", result.ours());
    side("  reference", result.reference());
    side("  arbiter", result.truth());
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("  output", "verdict", "compared", "max abs", "max rel", "max ulp", "outside"));
    for (ThreeWay.Output one : result.outputs()) {
      String name = "  " + Text.escape(one.name());
      String verdict = one.verdict().word();
      row(rows, name, verdict, "native to arbiter", one.ours());
      row(rows, name, verdict, "reference to arbiter", one.reference());
      row(rows, name, verdict, "native to reference", one.between());
    }
    output.table(rows);
    for (ThreeWay.Output one : result.outputs()) {
      if (one.verdict() != Verdict.AGREE) {
        output.line("  " + Text.escape(one.name()) + ": " + one.reason());
      }
    }
    for (Deviation deviation : result.deviations()) {
      output.line("  known: " + deviation);
    }
  }

  private void side(String label, ThreeWay.@Nullable Side side) {
    if (side != null) {
      ThreeWay.Failure failure = side.failure();
      output.line(
          label
              + ": "
              + side.engine()
              + (failure == null
                  ? ""
                  : " gave nothing: " + failure.kind() + ", " + Text.escape(failure.message())));
    }
  }

  private static void row(
      List<List<String>> rows,
      String name,
      String verdict,
      String what,
      @Nullable Comparison comparison) {
    if (comparison != null) {
      rows.add(
          List.of(
              name,
              verdict,
              what,
              figure(comparison.maxAbs()),
              figure(comparison.maxRel()),
              figure(comparison.maxUlp()),
              comparison.outside() + " of " + comparison.elements()));
    }
  }

  private static String figure(double x) {
    return String.format(Locale.ROOT, "%.3g", x);
  }

  private static Map<String, Object> json(String set, ThreeWay result) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("inputs", set);
    json.put("verdict", result.verdict().word());
    json.put("native", json(result.ours()));
    json.put("reference", json(result.reference()));
    json.put("arbiter", json(result.truth()));
    List<Map<String, Object>> outputs = new ArrayList<>();
    for (ThreeWay.Output one : result.outputs()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", one.name());
      row.put("verdict", one.verdict().word());
      row.put("reason", one.reason());
      row.put("budget", one.budget().toString());
      row.put("native_to_arbiter", one.ours());
      row.put("reference_to_arbiter", one.reference());
      row.put("native_to_reference", one.between());
      row.put("details", JsonReport.of(one.details()));
      outputs.add(row);
    }
    json.put("outputs", outputs);
    json.put("deviations", result.deviations().stream().map(Deviation::toString).toList());
    return json;
  }

  private static @Nullable Map<String, Object> json(ThreeWay.@Nullable Side side) {
    if (side == null) {
      return null;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("engine", side.engine());
    ThreeWay.Failure failure = side.failure();
    if (failure != null) {
      json.put("failure", failure.kind().name().toLowerCase(Locale.ROOT));
      json.put("message", failure.message());
    }
    return json;
  }
}
