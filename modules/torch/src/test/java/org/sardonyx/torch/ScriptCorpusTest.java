package org.sardonyx.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.passes.Check;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

/**
 * Programs that PyTorch saved, with what it gives for inputs, where they are given: the models give
 * the same here and in ONNX Runtime.
 */
class ScriptCorpusTest {

  @TempDir static Path folder;
  private static ProcessEngine onnxRuntime;

  @BeforeAll
  static void start() {
    onnxRuntime = ProcessEngine.onnxRuntime(Duration.ofSeconds(60));
  }

  @AfterAll
  static void end() {
    onnxRuntime.close();
  }

  @TestFactory
  Stream<DynamicTest> everyProgramAgreesWithPyTorch() throws IOException {
    Path models = PtFilesTest.shared();
    assumeTrue(models != null, "the files are not here");
    try (Stream<Path> files = Files.walk(models)) {
      List<Path> programs =
          files
              .filter(
                  f -> f.toString().matches(".*/(torch/(traced|scripted)\\.pt|jit_\\w+\\.ptl?)"))
              .sorted()
              .toList();
      return programs.stream()
          .map(f -> DynamicTest.dynamicTest(String.valueOf(models.relativize(f)), () -> check(f)));
    }
  }

  private static void check(Path file) throws IOException, EngineFailed {
    Model model = TorchScript.convert(TorchFile.read(file), TorchOptions.NONE).model();
    Check.of(Operators.standard()).requireValid(model);
    Session session = Session.compile(model);
    Path written = folder.resolve("model.onnx");
    Onnx.write(model, written);
    boolean alone = !file.toString().contains("/torch/");
    int runs = 0;
    try (Engine.Loaded reference = onnxRuntime.load(written, Engine.Options.DEFAULT)) {
      for (Path set : sets(file, alone)) {
        Map<String, Value> inputs = new LinkedHashMap<>();
        for (ValueInfo input : model.graph().inputs()) {
          String name = alone ? "0.pb" : "input_" + inputs.size() + ".pb";
          inputs.put(input.name(), TensorFiles.readTensor(set.resolve(name)));
        }
        close(session.run(inputs), set, alone, false);
        close(reference.run(inputs), set, alone, true);
        runs++;
      }
    }
    assertTrue(runs > 0, "no inputs");
    for (ValueInfo input : model.graph().inputs()) {
      if (input.type() instanceof Type.OfTensor tensor
          && tensor.shape().hasRank()
          && tensor.shape().rank() > 1) {
        assertTrue(
            tensor.shape().dims().stream().anyMatch(d -> d instanceof Dim.Named),
            () -> "nothing is open in " + input);
      }
    }
  }

  private static List<Path> sets(Path file, boolean alone) throws IOException {
    if (alone) {
      String stem =
          file.toString().replaceAll("\\.ptl?$", ".tensors").replace("jit_lite", "jit_scripted");
      return List.of(Path.of(stem));
    }
    try (Stream<Path> folders =
        Files.list(java.util.Objects.requireNonNull(file.getParent().getParent()))) {
      return folders
          .filter(f -> String.valueOf(f.getFileName()).startsWith("test_data_set"))
          .sorted()
          .toList();
    }
  }

  /**
   * Within 1e-5; what ONNX Runtime gives beyond 1, within 1e-5 of its size, as it sums in float.
   */
  private static void close(
      Map<String, Value> outputs, Path set, boolean alone, boolean inOnnxRuntime)
      throws IOException {
    int output = 0;
    for (Value value : outputs.values()) {
      String name = alone ? (output + 1) + ".pb" : "output_" + output + ".pb";
      String where = set + " " + name + (inOnnxRuntime ? " in ONNX Runtime" : "");
      Tensor expected = TensorFiles.readTensor(set.resolve(name));
      Tensor found = (Tensor) value;
      output++;
      assertEquals(expected.type(), found.type(), where);
      for (int i = 0; i < expected.size(); i++) {
        double wanted = expected.getDouble(i);
        double scale = inOnnxRuntime ? Math.max(1, Math.abs(wanted)) : 1;
        assertEquals(wanted, found.getDouble(i), 1e-5 * scale, where);
      }
    }
  }
}
