package org.sardonyx.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sardonyx.conformance.BackendTest;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.error.Text;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.Tolerance;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Runs cases and compares what comes out with what is expected. */
@Command(
    name = "backend-test",
    mixinStandardHelpOptions = true,
    description = {
      "Runs cases and compares every output with the expected one.",
      "A case is a folder with model.onnx and test_data_set_N/{input,output}_I.pb. Prints a line a case:"
          + " pass, fail, unsupported, error or no-model, its name, and the reason, with tabs between;"
          + " last the counts. Exits with 0 only where every case that has a model passes."
    },
    footerHeading = "%nExample:%n",
    footer = "  sardonyx backend-test models --rtol 1e-4 --atol 1e-5")
final class BackendTestCommand implements Callable<Integer> {

  @Mixin Output output;
  @Mixin Tolerances tolerances;
  @Mixin EngineChoice choice;

  @Parameters(arity = "1..*", paramLabel = "DIR", description = "A case, or a folder of cases.")
  List<Path> roots;

  BackendTestCommand() {}

  @Override
  public Integer call() throws EngineFailed {
    Engine.Options options = choice.options();
    Tolerance tolerance = tolerances.tolerance();
    List<CaseFolder> folders = new ArrayList<>();
    for (Path root : roots) {
      folders.addAll(CaseFolder.find(root));
    }
    List<BackendTest.Result> results = new ArrayList<>();
    try (Engine engine = choice.open(Duration.ofMinutes(2))) {
      BackendTest test = new BackendTest(engine, options, tolerance);
      for (CaseFolder folder : folders) {
        BackendTest.Result result = test.run(folder);
        results.add(result);
        if (!output.isJson()) {
          output.line(
              result.status().word() + "\t" + Text.escape(result.name()) + "\t" + result.reason());
        }
      }
      if (output.isJson()) {
        output.json(json(engine, results));
      } else {
        output.line(BackendTest.counts(results));
      }
    }
    return BackendTest.passes(results) ? Main.AGREED : Main.DISAGREED;
  }

  private Map<String, Object> json(Engine engine, List<BackendTest.Result> results) {
    Map<String, Object> counts = new LinkedHashMap<>();
    for (BackendTest.Status status : BackendTest.Status.values()) {
      counts.put(status.word(), results.stream().filter(r -> r.status() == status).count());
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("engine", engine.name());
    json.put("tolerance", tolerances.tolerance().toString());
    json.put(
        "cases",
        results.stream()
            .map(r -> {
              Map<String, Object> row = new LinkedHashMap<>();
              row.put("name", r.name());
              row.put("status", r.status().word());
              row.put("reason", r.reason());
              return row;
            })
            .toList());
    json.put("counts", counts);
    return json;
  }
}
