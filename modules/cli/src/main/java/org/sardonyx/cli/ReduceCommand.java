package org.sardonyx.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sardonyx.conformance.reduce.Reduce;
import org.sardonyx.conformance.reduce.Repro;
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

/** Makes a failing model small and writes a bundle that shows the failure. */
@Command(
    name = "reduce",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a model on which an engine is off, fails or crashes small: fewer nodes, smaller sizes, round"
          + " numbers and zeros, as long as the same is wrong.",
      "Writes a folder with the model in binary and text form, inputs, exact outputs, versions, and what"
          + " to type for each engine."
    },
    footerHeading = "%nExample:%n",
    footer = "  sardonyx reduce model.onnx repro --engine onnxruntime --data case/test_data_set_0")
final class ReduceCommand implements Callable<Integer> {

  @Spec CommandSpec spec;
  @Mixin Output output;
  @Mixin ModelFile file;
  @Mixin InputOptions inputs;
  @Mixin EngineChoice engine;
  @Mixin BudgetOption budget;

  @Parameters(index = "1", paramLabel = "FOLDER", description = "Where the bundle goes.")
  Path folder;

  @Option(
      names = "--time",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "Take the smallest found after this (default: ${DEFAULT-VALUE}).")
  long seconds;

  ReduceCommand() {}

  @Override
  public Integer call() throws EngineFailed {
    if (seconds < 1) {
      throw new ParameterException(spec.commandLine(), "--time is at least 1");
    }
    Model model = file.readWhole();
    Map<String, Value> given = inputs.read(model, output.seed);
    try (Engine failing = engine.open(Duration.ofSeconds(60))) {
      Reduce.Result result =
          new Reduce(engine.suspect(failing, budget.budget(), output))
              .withTime(Duration.ofSeconds(seconds))
              .of(model, given);
      List<String> versions = new ArrayList<>(List.of(new Version().getVersion()));
      versions.add(failing.name());
      versions.add(System.getProperty("os.name") + " " + System.getProperty("os.arch"));
      List<String> files = Repro.write(folder, result, failing.name(), versions);
      if (output.isJson()) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("engine", failing.name());
        json.put("symptom", result.symptom().toString());
        json.put("nodes", result.specimen().nodes());
        json.put("elements", result.specimen().elements());
        json.put("tries", result.tries());
        json.put("files", files);
        output.json(json);
      } else {
        output.line(
            failing.name()
                + ": "
                + Text.escape(result.symptom().toString())
                + "; "
                + result.specimen().nodes()
                + " nodes and "
                + result.specimen().elements()
                + " numbers after "
                + result.tries()
                + " tries");
        files.forEach(one -> output.line(folder.resolve(one).toString()));
      }
      return Main.AGREED;
    }
  }
}
