package org.sardonyx.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sardonyx.export.Export;
import org.sardonyx.frameworks.Frameworks;
import org.sardonyx.frameworks.Frameworks.Format;
import org.sardonyx.frameworks.ImportOptions;
import org.sardonyx.frameworks.djl.Djl;
import org.sardonyx.frameworks.dl4j.Dl4j;
import org.sardonyx.graph.Model;
import org.sardonyx.layers.Network;
import org.sardonyx.layers.Target;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.EngineFailed;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a model of a file of a framework. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a model of a file that DL4J or DJL saved, or takes one that Tribuo exported; runs it natively"
          + " and in ONNX Runtime, and writes it where both agree.",
      "A file of DJL holds parameters alone; --spec says what blocks they belong to."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sardonyx import network.zip network.onnx",
      "  sardonyx import network.zip network.onnx --steps lengths",
      "  sardonyx import gru-0000.params gru.onnx --spec gru.yaml"
    })
final class ImportCommand implements Callable<Integer> {

  @Spec CommandSpec command;
  @Mixin Output output;

  @Parameters(index = "0", paramLabel = "FILE", description = "The file of the framework.")
  Path file;

  @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
  Path to;

  @Option(
      names = "--from",
      paramLabel = "NAME",
      description = "What wrote the file: ${COMPLETION-CANDIDATES} (default: what it looks like).")
  @Nullable Format from;

  @Option(
      names = "--spec",
      paramLabel = "SPEC",
      description = "For DJL: the blocks that were saved, in YAML or JSON.")
  @Nullable Path blocks;

  @Option(
      names = "--steps",
      defaultValue = "all",
      description =
          "For DL4J, which steps count: ${COMPLETION-CANDIDATES}; lengths and mask add an input"
              + " (default: ${DEFAULT-VALUE}).")
  ImportOptions.Steps steps;

  @Option(
      names = "--features",
      paramLabel = "INPUT=N",
      description = "For DL4J: how many features an input has, where the file does not say.")
  Map<String, Integer> features = new LinkedHashMap<>();

  @Option(
      names = "--target",
      defaultValue = "standard",
      paramLabel = "NAME",
      description =
          "What the model is for: onnxruntime:1.N, opset:N or standard (default: ${DEFAULT-VALUE}).")
  String target;

  @Option(
      names = "--even-if-wrong",
      description = "Write the file even where the engines disagree; the exit code stays 1.")
  boolean evenIfWrong;

  ImportCommand() {}

  @Override
  public Integer call() throws EngineFailed {
    Target wanted = Target.of(target);
    boolean older = wanted.opset() < Network.OLDEST_OPSET;
    ImportOptions options =
        ImportOptions.DEFAULT
            .withTarget(older ? Target.STANDARD : wanted)
            .withSteps(steps)
            .withFeatures(features);
    Export export = Export.of(model(options)).withSeed(output.seed).evenIfWrong(evenIfWrong);
    return ExportCommand.Exports.write(output, older ? export.to(wanted) : export, to);
  }

  private Model model(ImportOptions options) {
    Format format = from == null ? Frameworks.recognise(file) : from;
    if ((blocks != null) != (format == Format.DJL)) {
      throw new ParameterException(
          command.commandLine(),
          blocks == null
              ? "A file of DJL holds no architecture; --spec names the file that has it."
              : "--spec is for files of DJL; this one is of " + format + ".");
    }
    return switch (format) {
      case DL4J -> Dl4j.read(file, options);
      case DJL -> Djl.read(file, java.util.Objects.requireNonNull(blocks), options);
      case ONNX -> Onnx.read(file);
    };
  }
}
