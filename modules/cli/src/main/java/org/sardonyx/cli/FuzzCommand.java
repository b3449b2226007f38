package org.sardonyx.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.fuzz.Fuzz;
import org.sardonyx.conformance.fuzz.RandomModel;
import org.sardonyx.error.Text;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs random models here, in ONNX Runtime and in double. */
@Command(
    name = "fuzz",
    mixinStandardHelpOptions = true,
    description = {
      "Draws valid random models (recurrent layers, attention, If, Loop, Scan, convolutions, products,"
          + " normalisations, shapes) with inputs, and runs each here, in ONNX Runtime and in the float64"
          + " arbiter.",
      "What nobody can explain is made small and, with --out, written as a bundle. Exits with 1 where there"
          + " is such a finding. Model i of seed S is that of seed S + i: --seed N --count 1 draws one again."
    },
    footerHeading = "%nExample:%n",
    footer = "  sardonyx fuzz --seed 1 --count 200 --out findings")
final class FuzzCommand implements Callable<Integer> {

  @Spec CommandSpec spec;
  @Mixin Output output;

  @Option(
      names = "--count",
      paramLabel = "MODELS",
      defaultValue = "200",
      description = "How many models (default: ${DEFAULT-VALUE}).")
  int count;

  @Option(
      names = "--time",
      paramLabel = "SECONDS",
      defaultValue = "3600",
      description = "Draw no further model after this (default: ${DEFAULT-VALUE}).")
  long seconds;

  @Option(names = "--out", paramLabel = "FOLDER", description = "Where bundles of findings go.")
  @Nullable Path folder;

  @Option(
      names = "--chaotic",
      description = "Draw models whose dynamics are chaotic, which must be judged as such.")
  boolean chaotic;

  @Option(
      names = "--no-reference",
      description = "Run without ONNX Runtime: here against the arbiter alone.")
  boolean alone;

  FuzzCommand() {}

  @Override
  public Integer call() throws EngineFailed {
    if (count < 1 || seconds < 1) {
      throw new ParameterException(spec.commandLine(), "--count and --time are at least 1");
    }
    try (NativeEngine ours = new NativeEngine("sardonyx", WithImages.options());
        Engine reference = ProcessEngine.onnxRuntime(Duration.ofSeconds(60))) {
      Fuzz fuzz =
          new Fuzz(ours, alone ? null : reference, Engine.Options.DEFAULT)
              .drawing(chaotic ? RandomModel::chaotic : RandomModel::of)
              .withTime(Duration.ofSeconds(seconds))
              .telling(output::progress);
      Fuzz.Summary summary = (folder == null ? fuzz : fuzz.into(folder)).run(output.seed, count);
      if (output.isJson()) {
        output.json(json(summary));
      } else {
        print(summary);
      }
      return summary.findings().isEmpty() ? Main.AGREED : Main.DISAGREED;
    }
  }

  private static Map<String, Integer> verdicts(Fuzz.Summary summary) {
    Map<String, Integer> verdicts = new LinkedHashMap<>();
    new TreeMap<>(summary.verdicts()).forEach((verdict, n) -> verdicts.put(verdict.word(), n));
    return verdicts;
  }

  private void print(Fuzz.Summary summary) {
    List<String> counts = new ArrayList<>();
    verdicts(summary).forEach((verdict, n) -> counts.add(n + " " + verdict));
    int nodes = summary.operators().values().stream().mapToInt(Integer::intValue).sum();
    output.line(
        summary.models()
            + " models from seed "
            + summary.seed()
            + ", "
            + summary.compared()
            + " with the reference: "
            + String.join(", ", counts));
    output.line(nodes + " nodes of " + summary.operators().size() + " operators");
    for (Fuzz.Finding finding : summary.findings()) {
      output.line(
          "seed "
              + finding.seed()
              + ": "
              + Text.escape(finding.engine() + ": " + finding.problem())
              + "; "
              + finding.small().specimen().nodes()
              + " nodes"
              + (finding.bundle() == null ? "" : " in " + finding.bundle()));
    }
    output.line(summary.findings().size() + " disagreements unexplained");
  }

  private static Map<String, Object> json(Fuzz.Summary summary) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seed", summary.seed());
    json.put("models", summary.models());
    json.put("compared", summary.compared());
    json.put("verdicts", verdicts(summary));
    json.put("operators", new TreeMap<>(summary.operators()));
    json.put("findings", summary.findings().stream().map(FuzzCommand::json).toList());
    return json;
  }

  private static Map<String, Object> json(Fuzz.Finding finding) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seed", finding.seed());
    json.put("engine", finding.engine());
    json.put("verdict", finding.verdict().word());
    json.put("problem", finding.problem());
    json.put("nodes", finding.small().specimen().nodes());
    json.put("bundle", finding.bundle() == null ? null : finding.bundle().toString());
    return json;
  }
}
