package org.sardonyx.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Param;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.tensor.Tensor;

/**
 * A whole model: a folder with {@code model.onnx} and the inputs {@code
 * test_data_set_0/input_N.pb}, by its name under {@code -Dsardonyx.models}.
 */
public class ModelBenchmark extends EngineBenchmark {

  /** The folder of the folders of models, as a property of the JVM. */
  static final String FOLDER = "sardonyx.models";

  @Param({""})
  String row = "";

  @Override
  Subject subject() {
    Path folder = Path.of(System.getProperty(FOLDER, "."), row);
    Model model = Onnx.read(folder.resolve("model.onnx"));
    return new Subject(model, inputs(model, folder.resolve("test_data_set_0")));
  }

  /** Returns the inputs that a folder of test data holds, in the order of the graph. */
  static Map<String, Tensor> inputs(Model model, Path folder) {
    List<String> constants =
        model.graph().initializers().stream().map(constant -> constant.name()).toList();
    List<String> names =
        model.graph().inputs().stream()
            .map(ValueInfo::name)
            .filter(name -> !constants.contains(name))
            .toList();
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      Path file = folder.resolve("input_" + i + ".pb");
      if (Files.exists(file)) {
        inputs.put(names.get(i), TensorFiles.readTensor(file));
      }
    }
    return inputs;
  }

  /** Returns the names of the models in a folder. */
  static List<String> names(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(model -> Files.exists(model.resolve("model.onnx")))
          .map(model -> String.valueOf(model.getFileName()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
