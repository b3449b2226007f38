package org.sardonyx.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.proto.ModelProto;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/**
 * Every model and test value of the repository ({@code models/}) and of the folder of shared
 * material beside it, where that is there, or of {@code -Dsardonyx.shared=FOLDER}.
 */
class SharedModelsTest {

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> modelsComeBack() throws IOException {
    return folders().stream()
        .map(root -> DynamicTest.dynamicTest(root.getFileName().toString(), () -> models(root)));
  }

  @Test
  void arraysComeBack() throws IOException {
    for (Path root : folders()) {
      for (Path path : files(root, ".npy")) {
        Tensor tensor = Npy.read(path);
        assertEquals(tensor, Npy.read(Npy.toBytes(tensor)), path::toString);
      }
    }
  }

  private void models(Path root) throws IOException {
    WriteOptions outside =
        WriteOptions.DEFAULT.withWeights(WriteOptions.Weights.ONE_FILE).withThreshold(0);
    Map<Path, Type> types = new HashMap<>();
    List<Path> paths = files(root, ".onnx");
    for (Path path : paths) {
      Model model = Onnx.read(path);
      ModelProto before = ModelProto.parseFrom(Files.readAllBytes(path));
      byte[] written = Onnx.toBytes(model);
      // Bytes tell more apart than the messages' equals: text that is no UTF-8.
      assertArrayEquals(before.toByteArray(), written, path::toString);
      assertArrayEquals(written, Onnx.toBytes(model), path::toString);
      assertEquals(before, ModelProto.parseFrom(written), path::toString);
      Model again = Onnx.read(written);
      assertEquals(model, again, path::toString);
      assertArrayEquals(written, Onnx.toBytes(again), path::toString);
      Constants.visit(model, (tensor, place) -> assertEquals(tensor.type(), tensor.load().type()));
      if (!model.graph().initializers().isEmpty()) {
        Path target = folder.resolve("m.onnx");
        Onnx.write(model, target, outside);
        Model moved = Onnx.read(target);
        for (int i = 0; i < model.graph().initializers().size(); i++) {
          assertEquals(
              model.graph().initializers().get(i).load(),
              moved.graph().initializers().get(i).load(),
              path::toString);
        }
      }
      values(path, "input_", model.graph().inputs(), types);
      values(path, "output_", model.graph().outputs(), types);
    }
    // What no model here says the type of holds a tensor.
    List<Path> values = files(root, ".pb");
    for (Path path : values) {
      Type type = types.get(path);
      Value value = TensorFiles.read(path, type);
      byte[] bytes = TensorFiles.toBytes("name", value);
      assertEquals(value, TensorFiles.read(bytes, type), path::toString);
      assertArrayEquals(bytes, TensorFiles.toBytes("name", value), path::toString);
    }
    System.out.println(root + ": " + paths.size() + " models, " + values.size() + " values");
  }

  /** Notes the declared types of the test values of a model. */
  private static void values(
      Path model, String prefix, List<ValueInfo> infos, Map<Path, Type> types) {
    for (int set = 0; ; set++) {
      Path data = model.resolveSibling("test_data_set_" + set);
      if (!Files.isDirectory(data)) {
        return;
      }
      for (int i = 0; i < infos.size(); i++) {
        Type type = infos.get(i).type();
        if (type != null) {
          types.put(data.resolve(prefix + i + ".pb"), type);
        }
      }
    }
  }

  private static List<Path> files(Path root, String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(path -> path.toString().endsWith(suffix)).sorted().toList();
    }
  }

  /**
   * Returns the folders there are: {@code models} and {@code shared}, up from where the test runs.
   */
  private static List<Path> folders() {
    List<Path> found = new ArrayList<>();
    String named = System.getProperty("sardonyx.shared");
    if (named != null) {
      found.add(Path.of(named));
    }
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      boolean repository =
          Files.isDirectory(up.resolve("modules")) && Files.isDirectory(up.resolve("proto"));
      if (repository && Files.isDirectory(up.resolve("models"))) {
        found.add(up.resolve("models"));
      }
      if (named == null && Files.isDirectory(up.resolve("shared"))) {
        found.add(up.resolve("shared"));
        break;
      }
    }
    assertTrue(found.stream().allMatch(Files::isDirectory), found::toString);
    return found;
  }
}
