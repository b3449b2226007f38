package org.sardonyx.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.conformance.golden.Golden;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Model;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.Value;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Keeps what a model gives, and finds later what has changed. */
@Command(
    name = "golden",
    mixinStandardHelpOptions = true,
    description = {
      "Keeps inputs and what an engine gives for them, with versions and hashes, and compares later: the"
          + " same bits, drifted within the budget, or off.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sardonyx golden save model.onnx golden --sets 3 --engine onnxruntime",
      "  sardonyx golden check model.onnx golden --engine onnxruntime --exact"
    })
final class GoldenCommand implements Runnable {

  @Spec CommandSpec spec;

  GoldenCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name what to do: save or check.");
  }

  @Command(
      name = "save",
      mixinStandardHelpOptions = true,
      description = "Runs a model and keeps inputs and outputs.")
  int save(
      @Mixin Output output,
      @Mixin ModelFile file,
      @Mixin InputOptions inputs,
      @Mixin EngineChoice engine,
      @Parameters(index = "1", paramLabel = "FOLDER", description = "Where they are kept.")
          Path folder,
      @Option(
              names = "--sets",
              defaultValue = "1",
              description = "How many sets of random inputs (default: ${DEFAULT-VALUE}).")
          int sets,
      @Option(
              names = "--layout",
              defaultValue = "pb",
              description =
                  "How values are stored: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
          Golden.Format layout)
      throws EngineFailed {
    if (sets < 1) {
      throw new ParameterException(spec.commandLine(), "--sets is at least 1");
    }
    Model model = file.readWhole();
    List<Map<String, Value>> given = new ArrayList<>();
    for (Path set : inputs.dataSets()) {
      given.add(CaseFolder.inputs(set, model.graph()));
    }
    for (int i = 0; given.isEmpty() || (i < sets && inputs.dataSets().isEmpty()); i++) {
      given.add(inputs.read(model, output.seed + i));
    }
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("sardonyx", String.join(", ", new Version().getVersion()));
    versions.put("machine", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    try (Engine used = engine.open(Duration.ofMinutes(10))) {
      List<String> names =
          Golden.save(folder, file.binary(), given, used, engine.options(), layout, versions);
      if (output.isJson()) {
        output.json(Map.of("engine", used.name(), "sets", names));
      } else {
        output.line(used.name() + ": " + String.join(", ", names) + " in " + folder);
      }
    }
    return Main.AGREED;
  }

  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = "Runs a model on the inputs that are kept and compares.")
  int check(
      @Mixin Output output,
      @Mixin ModelFile file,
      @Mixin EngineChoice engine,
      @Parameters(index = "1", paramLabel = "FOLDER", description = "Where they are kept.")
          Path folder,
      @Mixin BudgetOption budget,
      @Option(names = "--exact", description = "Let drift within the budget count, too.")
          boolean exact)
      throws EngineFailed {
    file.readWhole();
    try (Engine used = engine.open(Duration.ofMinutes(10))) {
      Golden.Report report =
          Golden.check(folder, file.binary(), used, engine.options(), budget.budget());
      if (output.isJson()) {
        output.json(json(report));
      } else {
        print(output, report);
      }
      boolean good = report.passes() && !(exact && report.count(Golden.Status.DRIFTED) > 0);
      return good ? Main.AGREED : Main.DISAGREED;
    }
  }

  private static void print(Output output, Golden.Report report) {
    output.line(
        "saved by "
            + Text.escape(report.savedBy())
            + ", checked by "
            + report.checkedBy()
            + (report.modelChanged() ? "; the model is another one" : ""));
    List<List<String>> rows = new ArrayList<>();
    for (Golden.Finding finding : report.findings()) {
      rows.add(
          List.of(
              finding.set(),
              Text.escape(finding.output()),
              finding.status().word(),
              Text.escape(finding.message())));
    }
    output.table(rows);
  }

  private static Map<String, Object> json(Golden.Report report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("saved_by", report.savedBy());
    json.put("checked_by", report.checkedBy());
    json.put("versions", report.versions());
    json.put("model_changed", report.modelChanged());
    json.put("passed", report.passes());
    List<Map<String, Object>> findings = new ArrayList<>();
    for (Golden.Finding finding : report.findings()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("set", finding.set());
      row.put("output", finding.output());
      row.put("status", finding.status().word());
      row.put("message", finding.message());
      row.put("comparison", finding.comparison());
      findings.add(row);
    }
    json.put("findings", findings);
    return json;
  }
}
