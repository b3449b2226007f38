package org.sardonyx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

class SardonyxTest {

  @TempDir Path folder;

  private static Model model(String operator) {
    GraphBuilder g = new GraphBuilder("g");
    GraphBuilder.Ref x = g.input("x", DataType.FLOAT, "n");
    g.output("y", g.node(operator, x), Type.tensor(DataType.FLOAT));
    return g.model(21);
  }

  @Test
  void fromAFileToResults() throws IOException {
    Path file = folder.resolve("model.onnx");
    Onnx.write(model("Neg"), file);
    Map<String, Value> in = Map.of("x", Tensor.of(new float[] {1, -2}, 2));
    Map<String, Value> expected = Map.of("y", Tensor.of(new float[] {-1, 2}, 2));
    for (Session session :
        new Session[] {
          Sardonyx.load(file),
          Sardonyx.load(file, SessionOptions.standard().withSimplify(false)),
          Sardonyx.load(Files.readAllBytes(file)),
          Sardonyx.load(new ByteArrayInputStream(Files.readAllBytes(file)))
        }) {
      assertEquals(expected, session.run(in));
    }
  }

  @Test
  void errorsNameTheFile() throws IOException {
    Path file = folder.resolve("odd.onnx");
    Onnx.write(model("Nonsense"), file);
    UnsupportedModel e = assertThrows(UnsupportedModel.class, () -> Sardonyx.load(file));
    assertTrue(e.getMessage().startsWith("odd.onnx > node (Nonsense): "), e.getMessage());
    Files.write(file, new byte[] {1, 2, 3});
    assertThrows(MalformedModel.class, () -> Sardonyx.load(file));
  }
}
