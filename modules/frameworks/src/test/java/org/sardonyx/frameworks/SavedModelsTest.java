package org.sardonyx.frameworks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.frameworks.djl.Djl;
import org.sardonyx.frameworks.dl4j.Dl4j;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Npy;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.Tensor;

/** Files that the frameworks saved, against what they computed. */
class SavedModelsTest {

  private static final Path MODELS =
      Path.of(System.getProperty("shared", "../../../shared")).resolve("java-models");

  @TempDir Path folder;

  private static void assertAgrees(Model model, String name) throws IOException {
    Tensor x = Npy.read(Files.readAllBytes(MODELS.resolve(name + ".input.npy")));
    Tensor y = (Tensor) Session.compile(model).run(Map.of("x", x)).get("y");
    Tensor expected = Npy.read(Files.readAllBytes(MODELS.resolve(name + ".output.npy")));
    assertTrue(expected.sameShape(y), y::toString);
    assertArrayEquals(expected.toDoubles(), y.toDoubles(), 1e-5);
  }

  @Test
  void dl4j() throws IOException {
    assumeTrue(Files.isDirectory(MODELS));
    Path file = MODELS.resolve("dl4j/lstm_seq.zip");
    assertEquals(Frameworks.Format.DL4J, Frameworks.recognise(file));
    assertAgrees(Dl4j.read(file, ImportOptions.DEFAULT), "dl4j/lstm_seq");
  }

  @Test
  void djl() throws IOException {
    assumeTrue(Files.isDirectory(MODELS));
    Path spec =
        Files.writeString(
            folder.resolve("spec.yaml"),
            "block: {SequentialBlock: [{GRU: {stateSize: 6, numLayers: 1}}, identity, {Linear: {units:"
                + " 2}}]}");
    Path file = MODELS.resolve("djl/djl_gru-0000.params");
    assertEquals(Frameworks.Format.DJL, Frameworks.recognise(file));
    assertAgrees(Djl.read(file, spec, ImportOptions.DEFAULT), "djl/djl_gru");
  }

  @Test
  void tribuoKeepsItsProvenance() {
    assumeTrue(Files.isDirectory(MODELS));
    Path file = MODELS.resolve("tribuo/tribuo_lr.onnx");
    assertEquals(Frameworks.Format.ONNX, Frameworks.recognise(file));
    Model model = Onnx.read(file);
    Model again = Onnx.read(write(model));
    assertEquals(model.metadata(), again.metadata());
    assertTrue(again.metadata().stream().anyMatch(e -> e.key().equals("TRIBUO_PROVENANCE")));
    Tensor x = Tensor.of(new float[] {1, 2, 3}, 1, 3);
    Tensor y = (Tensor) Session.compile(again).run(Map.of("input", x)).get("output");
    assertEquals(1, y.getDouble(0) + y.getDouble(1), 1e-6);
  }

  private Path write(Model model) {
    Path to = folder.resolve("again.onnx");
    Onnx.write(model, to);
    return to;
  }
}
