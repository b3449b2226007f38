package org.sardonyx.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Text;
import org.sardonyx.export.Export;
import org.sardonyx.export.Specification;
import org.sardonyx.export.StoredWeights;
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
import org.sardonyx.torch.DraftSpec;
import org.sardonyx.torch.TorchFile;
import org.sardonyx.torch.TorchOptions;
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
      "Makes a model of a file that PyTorch, DL4J or DJL saved, or takes one that Tribuo exported.",
      "What torch.jit.save or torch.export.save wrote is followed into a graph whose sizes stay open;"
          + " of a state_dict, --draft-spec begins a description that --spec then takes.",
      "A file of DJL holds parameters alone; --spec says what blocks they belong to.",
      "All but programs of PyTorch are run natively and in ONNX Runtime, and written where both agree."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sardonyx import scripted.pt model.onnx --dim x.0=batch --dim x.1=time",
      "  sardonyx import scripted.pt model.onnx --input lengths=int64[batch]",
      "  sardonyx import state_dict.pt --draft-spec > model.yaml",
      "  sardonyx import state_dict.pt model.onnx --spec model.yaml",
      "  sardonyx import network.zip network.onnx",
      "  sardonyx import network.zip network.onnx --steps lengths",
      "  sardonyx import gru-0000.params gru.onnx --spec gru.yaml"
    })
final class ImportCommand implements Callable<Integer> {

  @Spec CommandSpec command;
  @Mixin Output output;

  @Parameters(index = "0", paramLabel = "FILE", description = "The file of the framework.")
  Path file;

  @Parameters(index = "1", arity = "0..1", paramLabel = "OUT", description = "The file to write.")
  @Nullable Path to;

  @Option(
      names = "--from",
      paramLabel = "NAME",
      description = "What wrote the file: ${COMPLETION-CANDIDATES} (default: what it looks like).")
  @Nullable Format from;

  @Option(
      names = "--spec",
      paramLabel = "SPEC",
      description =
          "For DJL: the blocks that were saved; for a state_dict of PyTorch: the layers, as for export.")
  @Nullable Path blocks;

  @Option(
      names = "--draft-spec",
      description =
          "For a state_dict of PyTorch, safetensors or npz: print the beginning of a description, write nothing.")
  boolean draft;

  @Option(
      names = "--input",
      paramLabel = "NAME=TYPE",
      description = "For a program of PyTorch: what an input is, as x=float[batch,time,8].")
  Map<String, String> inputs = new LinkedHashMap<>();

  @Option(
      names = "--dim",
      paramLabel = "INPUT.AXIS=NAME",
      description = "For a program of PyTorch: the name of a size, or its number, as x.0=batch.")
  Map<String, String> dims = new LinkedHashMap<>();

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
    if (from == null && (isTensors() || TorchFile.recognise(file))) {
      return torch();
    }
    if (draft || !inputs.isEmpty() || !dims.isEmpty()) {
      throw wrong("--draft-spec, --input and --dim are for files of PyTorch.");
    }
    Target wanted = Target.of(target);
    boolean older = wanted.opset() < Network.OLDEST_OPSET;
    ImportOptions options =
        ImportOptions.DEFAULT
            .withTarget(older ? Target.STANDARD : wanted)
            .withMaxBytes(
                Math.min(
                    ImportOptions.DEFAULT.maxBytes(),
                    output.limits.limits().most(Limit.EXTERNAL_BYTES)))
            .withSteps(steps)
            .withFeatures(features);
    Export export = Export.of(model(options)).withSeed(output.seed).evenIfWrong(evenIfWrong);
    return ExportCommand.Exports.write(output, older ? export.to(wanted) : export, target());
  }

  private Path target() {
    if (to == null) {
      throw wrong("Name the file to write.");
    }
    return to;
  }

  private ParameterException wrong(String what) {
    return new ParameterException(command.commandLine(), what);
  }

  private boolean isTensors() {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".safetensors") || name.endsWith(".npz");
  }

  private Integer torch() throws EngineFailed {
    if (draft) {
      String label = String.valueOf(file.getFileName());
      output.line(DraftSpec.of(Text.escape(label), StoredWeights.stored(file)).stripTrailing());
      return Main.AGREED;
    }
    if (blocks != null) {
      Target wanted = Target.of(target);
      Model model = Specification.build(blocks, StoredWeights.read(file), wanted);
      Export export = Export.of(model).withSeed(output.seed).evenIfWrong(evenIfWrong);
      return ExportCommand.Exports.write(output, export, target());
    }
    if (isTensors()) {
      throw wrong("A file of tensors alone: --draft-spec begins a description, --spec names it.");
    }
    TorchOptions options = TorchOptions.NONE.withDims(dims);
    for (Map.Entry<String, String> input : inputs.entrySet()) {
      options = options.withInput(input.getKey(), TorchImport.type(input.getValue()));
    }
    return TorchImport.convert(output, file, target(), options);
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
      case ONNX -> Onnx.read(file, output.limits.reading());
    };
  }
}
