package org.sardonyx.conformance.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardonyx.conformance.models.OurModels.OurModel;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.tensor.Value;

/**
 * The files under {@code models} are what {@link OurModels} builds, with outputs by ONNX Runtime.
 * Run with {@code -Dmodels.write=true} to write them anew.
 */
class OurModelsTest {

  private static final Path MODELS = Path.of("../../models").toAbsolutePath().normalize();

  static Stream<OurModel> models() {
    return OurModels.all().stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void filesAreWhatTheCodeBuilds(OurModel our) throws IOException, EngineFailed {
    Path folder = MODELS.resolve(our.name());
    if (Boolean.getBoolean("models.write")) {
      write(our, folder);
    }
    assertArrayEquals(Onnx.toBytes(our.model()), Files.readAllBytes(folder.resolve("model.onnx")));
    for (int i = 0; i < our.inputs().size(); i++) {
      Path set = folder.resolve("test_data_set_" + i);
      List<ValueInfo> inputs = our.model().graph().inputs();
      for (int k = 0; k < inputs.size(); k++) {
        assertEquals(
            our.inputs().get(i).get(inputs.get(k).name()),
            TensorFiles.readTensor(set.resolve("input_" + k + ".pb")));
      }
      assertTrue(Files.exists(set.resolve("output_0.pb")));
    }
  }

  @Test
  void everyFolderIsOneOfThem() throws IOException {
    List<String> names = models().map(OurModel::name).sorted().toList();
    try (Stream<Path> folders = Files.list(MODELS)) {
      assertEquals(
          names,
          folders
              .filter(Files::isDirectory)
              .map(f -> f.getFileName().toString())
              .sorted()
              .toList());
    }
  }

  private static void write(OurModel our, Path folder) throws IOException, EngineFailed {
    Files.createDirectories(folder);
    Path file = folder.resolve("model.onnx");
    Onnx.write(our.model(), file);
    try (ProcessEngine reference = ProcessEngine.onnxRuntime(Duration.ofSeconds(60));
        Engine.Loaded loaded =
            reference.load(file, new Engine.Options(1, Engine.Optimization.NONE))) {
      for (int i = 0; i < our.inputs().size(); i++) {
        Path set = Files.createDirectories(folder.resolve("test_data_set_" + i));
        Map<String, Value> outputs = loaded.run(our.inputs().get(i));
        write(set, "input_", our.model().graph().inputs(), our.inputs().get(i));
        write(set, "output_", our.model().graph().outputs(), outputs);
      }
    }
  }

  private static void write(
      Path set, String prefix, List<ValueInfo> declared, Map<String, Value> values) {
    for (int i = 0; i < declared.size(); i++) {
      String name = declared.get(i).name();
      TensorFiles.write(name, values.get(name), set.resolve(prefix + i + ".pb"));
    }
  }
}
