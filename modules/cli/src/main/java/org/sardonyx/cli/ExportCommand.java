package org.sardonyx.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sardonyx.export.Export;
import org.sardonyx.export.Specification;
import org.sardonyx.export.StoredWeights;
import org.sardonyx.graph.Model;
import org.sardonyx.layers.Network;
import org.sardonyx.layers.Target;
import org.sardonyx.onnx.WriteOptions;
import org.sardonyx.oracle.EngineFailed;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Builds a model from a specification and weights. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description =
        "Builds a model from a description of its layers and a file of weights, runs it natively and in"
            + " ONNX Runtime, and writes it where both agree.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  sardonyx export tagger.yaml --weights tagger.safetensors tagger.onnx",
      "  sardonyx export tagger.json --weights tagger.npz tagger.onnx --target onnxruntime:1.17"
    })
final class ExportCommand implements Callable<Integer> {

  @Mixin Output output;

  @Parameters(
      index = "0",
      paramLabel = "SPEC",
      description = "The layers, in YAML or JSON; docs/model-spec.schema.json is the schema.")
  Path spec;

  @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
  Path to;

  @Option(
      names = "--weights",
      required = true,
      paramLabel = "FILE",
      description = "The weights: .npz or .safetensors.")
  Path weights;

  @Option(
      names = "--target",
      paramLabel = "NAME",
      description =
          "What the model is for: onnxruntime:1.N, opset:N or standard (default: what the SPEC says,"
              + " else standard).")
  @Nullable String target;

  @Option(
      names = "--placed",
      defaultValue = "inside",
      description = "Where weights go: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  WriteOptions.Weights placed;

  @Option(names = "--inline", description = "Write functions as the nodes that they stand for.")
  boolean inline;

  @Option(
      names = "--even-if-wrong",
      description = "Write the file even where the engines disagree; the exit code stays 1.")
  boolean evenIfWrong;

  ExportCommand() {}

  @Override
  public Integer call() throws EngineFailed {
    Target wanted = target == null ? null : Target.of(target);
    boolean older = wanted != null && wanted.opset() < Network.OLDEST_OPSET;
    Model model = Specification.build(spec, StoredWeights.read(weights), older ? null : wanted);
    Export export =
        Export.of(model)
            .with(WriteOptions.DEFAULT.withWeights(placed))
            .withSeed(output.seed)
            .evenIfWrong(evenIfWrong);
    if (wanted != null && older) {
      export = export.to(wanted);
    }
    return Exports.write(output, inline ? export.inlined() : export, to);
  }

  /** Writes an export and says what became of it. */
  static final class Exports {

    private Exports() {}

    static int write(Output output, Export export, Path to) throws EngineFailed {
      Export.Report report = export.write(to);
      if (output.isJson()) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", to.toString());
        json.put("written", report.written());
        json.put("agreed", report.agreed());
        json.put("runs", report.runs().size());
        json.put("unchecked", report.unchecked());
        json.put("complaints", report.complaints());
        output.json(json);
      } else {
        report.complaints().forEach(output::line);
        output.line(
            report.written()
                ? "wrote "
                    + to
                    + ": "
                    + (report.unchecked().isEmpty()
                        ? report.runs().size()
                            + " runs, "
                            + (report.agreed() ? "all engines agree" : "NOT in agreement")
                        : report.unchecked())
                : "not written: native, ONNX Runtime and the arbiter do not agree");
      }
      return report.agreed() || !report.unchecked().isEmpty() ? Main.AGREED : Main.DISAGREED;
    }
  }
}
