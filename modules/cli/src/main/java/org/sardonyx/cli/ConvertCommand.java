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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
    Model model = file.read();
    if (irVersion != null) {
      model = IrVersion.to(irVersion).apply(model);
    }
    WriteOptions options = WriteOptions.DEFAULT.withWeights(weights);
    if (threshold != null) {
      options = options.withThreshold(threshold);
    }
    if (shardBytes != null) {
      options = options.withShardBytes(shardBytes);
    }
    Onnx.write(model, to, options);
    output.progress("wrote " + to);
    return Main.AGREED;
  }
}
