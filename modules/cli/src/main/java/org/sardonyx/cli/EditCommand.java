package org.sardonyx.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.export.Edit;
import org.sardonyx.export.Extract;
import org.sardonyx.export.Join;
import org.sardonyx.export.StoredWeights;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.type.Dim;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Changes models by the names of their values. */
@Command(
    name = "edit",
    mixinStandardHelpOptions = true,
    description = "Changes a model by the names of its values; what is written is always valid.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  sardonyx edit extract model.onnx part.onnx --from h1 --to logits",
      "  sardonyx edit merge encoder.onnx decoder.onnx whole.onnx --wire memory=memory",
      "  sardonyx edit rename model.onnx out.onnx --name input.1=x",
      "  sardonyx edit dims model.onnx out.onnx --dim x.0=batch --dim time=200",
      "  sardonyx edit tap model.onnx out.onnx --value hidden",
      "  sardonyx edit strip model.onnx out.onnx",
      "  sardonyx edit weights model.onnx out.onnx --weights better.safetensors"
    })
final class EditCommand implements Runnable {

  @Spec CommandSpec spec;

  EditCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "Name what to do: extract, merge, rename, dims, tap, strip or weights.");
  }

  private static int write(Output output, Model model, Path to) {
    Onnx.write(model, to);
    if (output.isJson()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("file", to.toString());
      json.put("inputs", model.graph().inputs().stream().map(v -> v.name()).toList());
      json.put("outputs", model.graph().outputs().stream().map(v -> v.name()).toList());
      json.put("nodes", model.graph().nodes().size());
      output.json(json);
    } else {
      output.progress("wrote " + to + ", " + model.graph().nodes().size() + " nodes");
    }
    return Main.AGREED;
  }

  @Command(
      name = "extract",
      mixinStandardHelpOptions = true,
      description = "Writes the part of a model between values, of nested graphs too.")
  int extract(
      @Mixin Output output,
      @Mixin ModelFile file,
      @Parameters(index = "1", paramLabel = "OUT") Path to,
      @Option(names = "--from", paramLabel = "VALUE", description = "Where the part begins.")
          @Nullable List<String> from,
      @Option(
              names = "--to",
              required = true,
              paramLabel = "VALUE",
              description = "Where the part ends.")
          List<String> ends) {
    return write(output, Extract.of(file.read(), from == null ? List.of() : from, ends), to);
  }

  @Command(
      name = "merge",
      mixinStandardHelpOptions = true,
      description = "Lets outputs of one model go into another.")
  int merge(
      @Mixin Output output,
      @Mixin ModelFile file,
      @Parameters(index = "1", paramLabel = "SECOND") Path second,
      @Parameters(index = "2", paramLabel = "OUT") Path to,
      @Option(
              names = "--wire",
              required = true,
              paramLabel = "OUTPUT=INPUT",
              description = "An output of the first model and the input of the second for it.")
          Map<String, String> wires) {
    return write(
        output, Join.of(file.read(), Onnx.read(second, output.limits.reading()), wires), to);
  }

  @Command(
      name = "rename",
      mixinStandardHelpOptions = true,
      description = "Gives values of the main graph other names.")
  int rename(
      @Mixin Output output,
      @Mixin ModelFile file,
      @Parameters(index = "1", paramLabel = "OUT") Path to,
      @Option(names = "--name", paramLabel = "OLD=NEW", description = "A value's new name.")
          @Nullable Map<String, String> names,
      @Option(
              names = "--prefix",
              paramLabel = "TEXT",
              description = "Put before all names but those of inputs and outputs.")
          @Nullable String prefix) {
    Model model = file.read();
    model = names == null ? model : Edit.rename(model, names);
    return write(output, prefix == null ? model : Edit.prefix(model, prefix), to);
  }

  @Command(
      name = "dims",
      mixinStandardHelpOptions = true,
      description = "Makes dimensions of inputs fixed or dynamic.")
  int dims(
      @Mixin Output output,
      @Mixin ModelFile file,
      @Parameters(index = "1", paramLabel = "OUT") Path to,
      @Option(
              names = "--dim",
              required = true,
              paramLabel = "DIM=SIZE",
              description =
                  "A dimension by name or as input.axis, and its size or name; ? for unknown.")
          Map<String, String> given) {
    Map<String, Dim> dims = new LinkedHashMap<>();
    given.forEach((key, value) -> dims.put(key, dim(value)));
    Model before = file.read();
    Model after = Edit.dims(before, dims);
    for (String node : Edit.frozen(before, dims)) {
      output.progress("warning: " + node + " has the old size in its constant shape");
    }
    return write(output, after, to);
  }

  private static Dim dim(String text) {
    return text.equals("?")
        ? Dim.UNKNOWN
        : text.matches("[0-9]{1,18}") ? Dim.of(Long.parseLong(text)) : Dim.named(text);
  }

  @Command(
      name = "tap",
      mixinStandardHelpOptions = true,
      description = "Makes values between outputs.")
  int tap(
      @Mixin Output output,
      @Mixin ModelFile file,
      @Parameters(index = "1", paramLabel = "OUT") Path to,
      @Option(
              names = "--value",
              paramLabel = "VALUE",
              description = "A value (default: all that nodes of the main graph give).")
          @Nullable List<String> values) {
    return write(output, Edit.tap(file.read(), values == null ? List.of() : values), to);
  }

  @Command(
      name = "strip",
      mixinStandardHelpOptions = true,
      description = "Leaves out descriptions, metadata and types of values between.")
  int strip(
      @Mixin Output output,
      @Mixin ModelFile file,
      @Parameters(index = "1", paramLabel = "OUT") Path to,
      @Option(
              names = "--weights-from",
              defaultValue = "-1",
              paramLabel = "N",
              description = "Make weights of N elements or more inputs.")
          long weightsFrom) {
    return write(output, Edit.strip(file.read(), weightsFrom), to);
  }

  @Command(
      name = "weights",
      mixinStandardHelpOptions = true,
      description = "Gives initializers other elements of the same types and shapes.")
  int weights(
      @Mixin Output output,
      @Mixin ModelFile file,
      @Parameters(index = "1", paramLabel = "OUT") Path to,
      @Option(
              names = "--weights",
              required = true,
              paramLabel = "FILE",
              description = "The weights by name: .npz or .safetensors.")
          Path weights) {
    return write(output, Edit.weights(file.read(), StoredWeights.tensors(weights)), to);
  }
}
