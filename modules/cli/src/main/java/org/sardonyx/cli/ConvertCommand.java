package org.sardonyx.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.WriteOptions;
import org.sardonyx.passes.IrVersion;
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
        "Writes a model in another form: weights inside or beside it, another version of the format.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  sardonyx convert big.onnx out.onnx --weights one_file --threshold 1024",
      "  sardonyx convert big.onnx out.onnx --weights shards --shard-bytes 1000000000",
      "  sardonyx convert old.onnx new.onnx --ir-version 10"
    })
final class ConvertCommand implements Callable<Integer> {

  @Spec CommandSpec spec;
  @Mixin Output output;
  @Mixin ModelFile file;

  @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
  Path to;

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

  ConvertCommand() {}

  @Override
  public Integer call() {
    IrVersion version;
    WriteOptions options = WriteOptions.DEFAULT.withWeights(weights);
    try {
      version = irVersion == null ? null : IrVersion.to(irVersion);
      options = threshold == null ? options : options.withThreshold(threshold);
      options = shardBytes == null ? options : options.withShardBytes(shardBytes);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    Model model = file.read();
    if (version != null) {
      model = version.apply(model);
    }
    Onnx.write(model, to, options);
    output.progress("wrote " + to);
    return Main.AGREED;
  }
}
