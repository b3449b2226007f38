package org.sardonyx.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Npz;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a model once. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a model and prints its outputs.",
      "Inputs come from files; those not given are random, as the graph wants them."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sardonyx run models/lstm/model.onnx --data models/lstm/test_data_set_0",
      "  sardonyx run models/lstm/model.onnx --dim time=20 --dim batch=1 --seed 7 -o out.npz"
    })
final class RunCommand implements Callable<Integer> {

  @Mixin Output output;
  @Mixin ModelFile file;
  @Mixin InputOptions inputs;
  @Mixin EngineChoice choice;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the outputs: to an .npz file, or as output_0.pb and so on to a folder.")
  @Nullable Path to;

  @Option(
      names = "--save-inputs",
      paramLabel = "DIR",
      description = "Write the inputs as input_0.pb and so on to a folder.")
  @Nullable Path saveInputs;

  RunCommand() {}

  @Override
  public Integer call() throws EngineFailed {
    Engine.Options options = choice.options();
    Model model = file.readWhole();
    Map<String, Value> given = inputs.read(model, output.seed);
    if (saveInputs != null) {
      save(saveInputs, "input_", given);
    }
    Map<String, Value> results;
    try (Engine engine = choice.open(Duration.ofMinutes(10));
        Engine.Loaded loaded = engine.load(file.binary(), options)) {
      results = loaded.run(given);
    }
    if (to != null) {
      if (to.toString().endsWith(".npz")) {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        results.forEach((name, value) -> arrays.put(name, tensor(name, value)));
        Npz.write(arrays, to);
      } else {
        save(to, "output_", results);
      }
    }
    Map<String, Object> json = new LinkedHashMap<>();
    for (Map.Entry<String, Value> result : results.entrySet()) {
      if (output.isJson()) {
        json.put(result.getKey(), Show.json(result.getValue()));
      } else {
        output.oneLine(result.getKey() + ": " + Show.text(result.getValue()));
      }
    }
    if (output.isJson()) {
      output.json(json);
    }
    return Main.AGREED;
  }

  private static Tensor tensor(String name, Value value) {
    if (value instanceof Tensor tensor) {
      return tensor;
    }
    throw new InvalidInput(
        "output \"" + name + "\" is a " + value.type().spec() + ", which .npz cannot hold");
  }

  private static void save(Path folder, String prefix, Map<String, Value> values) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InvalidInput("the folder " + folder + " cannot be made: " + e.getMessage(), e);
    }
    int i = 0;
    for (Map.Entry<String, Value> value : values.entrySet()) {
      TensorFiles.write(value.getKey(), value.getValue(), folder.resolve(prefix + i + ".pb"));
      i++;
    }
  }
}
