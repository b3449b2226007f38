package org.sardonyx.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sardonyx.convert.ConvertOpset;
import org.sardonyx.convert.IrVersion;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.onnx.WriteOptions;
import org.sardonyx.operators.Operators;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model in another form. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description =
        "Writes a model in another form: weights inside or beside it, another version of the format or"
            + " of the operators, binary or text (a name that ends in .onnxtxt).",
    footerHeading = "%nExamples:%n",
    footer = {
      "  sardonyx convert big.onnx out.onnx --weights one_file --threshold 1024",
      "  sardonyx convert big.onnx out.onnx --weights shards --shard-bytes 1000000000",
      "  sardonyx convert old.onnx new.onnx --ir-version 10",
      "  sardonyx convert old.onnx --opset 21 -o new.onnx",
      "  sardonyx convert model.onnx model.onnxtxt"
    })
final class ConvertCommand implements Callable<Integer> {

  @Spec CommandSpec spec;
  @Mixin Output output;
  @Mixin ModelFile file;

  @Parameters(index = "1", arity = "0..1", paramLabel = "OUT", description = "The file to write.")
  @Nullable Path second;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description = "The file to write, where it is not the second parameter.")
  @Nullable Path named;

  @Option(
      names = "--weights",
      defaultValue = "as_read",
      description = "Where weights go: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  WriteOptions.Weights weights;

  @Option(
      names = "--threshold",
      paramLabel = "BYTES",
      description = "Weights below this size stay inside (default: 1024).")
  @Nullable Long threshold;

  @Option(
      names = "--shard-bytes",
      paramLabel = "BYTES",
      description = "Most bytes of a file of weights, with --weights shards.")
  @Nullable Long shardBytes;

  @Option(names = "--ir-version", description = "The version of the format to write.")
  @Nullable Long irVersion;

  @Option(
      names = "--opset",
      paramLabel = "N",
      description =
          "The version of ai.onnx to write the model in, newer or older. A node that cannot be written"
              + " in it is refused with its place and the reason, and nothing is written.")
  @Nullable Integer opset;

  ConvertCommand() {}

  @Override
  public Integer call() {
    Path to = second != null ? second : named;
    if (to == null || (second != null && named != null)) {
      throw new ParameterException(spec.commandLine(), "Name one file to write, OUT or -o OUT.");
    }
    if (opset != null && (opset < ConvertOpset.OLDEST || opset > ConvertOpset.NEWEST)) {
      throw new ParameterException(
          spec.commandLine(),
          "--opset must be " + ConvertOpset.OLDEST + " to " + ConvertOpset.NEWEST + ".");
    }
    IrVersion version;
    WriteOptions options = WriteOptions.DEFAULT.withWeights(weights);
    try {
      version = irVersion == null ? null : IrVersion.to(irVersion);
      options = threshold == null ? options : options.withThreshold(threshold);
      options = shardBytes == null ? options : options.withShardBytes(shardBytes);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    Model before = file.read();
    Model model = before;
    if (opset != null) {
      model = ConvertOpset.of(Operators.standard()).to(opset).apply(model);
    }
    if (version != null) {
      model = version.apply(model);
    }
    ModelFile.write(model, to, options);
    if (output.isJson()) {
      output.json(json(before, model, to));
    } else {
      output.progress("wrote " + to + ", " + shown(model));
    }
    return Main.AGREED;
  }

  private static Map<String, Object> json(Model before, Model after, Path to) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", to.toString());
    json.put("from", versions(before));
    json.put("to", versions(after));
    json.put("nodes", after.graph().nodes().size());
    return json;
  }

  private static Map<String, Object> versions(Model model) {
    Map<String, Object> opsets = new LinkedHashMap<>();
    for (OpsetImport imported : model.opsetImports()) {
      opsets.put(imported.domain(), imported.version());
    }
    Map<String, Object> versions = new LinkedHashMap<>();
    versions.put("ir_version", model.irVersion());
    versions.put("opsets", opsets);
    return versions;
  }

  private static String shown(Model model) {
    StringBuilder text = new StringBuilder("IR ").append(model.irVersion());
    for (OpsetImport imported : model.opsetImports()) {
      String domain = imported.domain().isEmpty() ? "ai.onnx" : Text.escape(imported.domain());
      text.append(", ").append(domain).append(' ').append(imported.version());
    }
    return text.toString();
  }
}
