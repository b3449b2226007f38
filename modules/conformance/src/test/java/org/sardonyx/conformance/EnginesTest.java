package org.sardonyx.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.Engine.Calling;
import org.sardonyx.oracle.Engine.Options;
import org.sardonyx.oracle.Engine.Timing;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

class EnginesTest {

  @TempDir Path folder;

  /** {@code y = op(x)}. */
  private Path model(String operator, DataType type) {
    Graph graph =
        new Graph(
            "g",
            List.of(new Node("n", operator, List.of("x"), List.of("y"), List.of())),
            List.of(new ValueInfo("x", Type.tensor(type))),
            List.of(new ValueInfo("y", Type.tensor(type))),
            List.of());
    Path file = folder.resolve("model.onnx");
    Onnx.write(new Model(8, List.of(new OpsetImport("", 17)), graph), file);
    return file;
  }

  private static final Map<String, Value> INPUTS =
      Map.of("x", Tensor.of(new float[] {-1, 0.5f, 3}, 3));

  @Test
  void nativeEngineRuns() throws EngineFailed {
    try (Engine engine = new NativeEngine();
        Engine.Loaded model = engine.load(model("Relu", DataType.FLOAT), Options.DEFAULT)) {
      assertEquals(List.of("x"), model.inputs());
      assertEquals(List.of("y"), model.outputs());
      assertEquals(Map.of("y", Tensor.of(new float[] {0, 0.5f, 3}, 3)), model.run(INPUTS));
      assertTrue(model.time(INPUTS, new Timing(Calling.USER, 1_000_000)).length > 0);
      assertTrue(model.time(INPUTS, new Timing(Calling.PINNED, 0)).length > 0);
    }
  }

  @Test
  void streamsAreTimedInBothEngines() throws EngineFailed {
    // y is as long as x and state together, so that each call shows what the one before gave.
    GraphBuilder g = new GraphBuilder("growing");
    Ref x = g.input("x", DataType.FLOAT, "n");
    Ref state = g.input("state", DataType.FLOAT, "m");
    Ref next = g.call("Concat", x, state).with("axis", 0).output("next_state");
    g.output("next_state", next, Type.tensor(DataType.FLOAT));
    g.output(
        "y",
        g.node("Reshape", next, g.constant("four", Tensor.vector(2, 2))),
        Type.tensor(DataType.FLOAT));
    Path file = folder.resolve("model.onnx");
    Onnx.write(g.model(new OpsetImport("", 17)), file);
    Tensor two = Tensor.of(new float[] {1, 2}, 2);
    Map<String, Value> inputs = Map.of("x", two, "state", two);
    Map<String, String> states = Map.of("next_state", "state");
    try (Engine ours = new NativeEngine();
        Engine reference = ProcessEngine.onnxRuntime(Duration.ofSeconds(60));
        Engine.Loaded a = ours.load(file, Options.DEFAULT);
        Engine.Loaded b = reference.load(file, Options.DEFAULT)) {
      for (Engine.Loaded model : List.of(a, b)) {
        // One step fits the shape; the second does not, since the state has grown.
        assertTrue(model.time(inputs, new Timing(Calling.USER, 100_000_000, states, 1)).length > 1);
        assertThrows(
            EngineFailed.class,
            () -> model.time(inputs, new Timing(Calling.USER, 1_000_000_000, states, 2)));
      }
      EngineFailed grows =
          assertThrows(
              EngineFailed.class, () -> b.time(inputs, new Timing(Calling.PINNED, 0, states, 1)));
      assertEquals(EngineFailed.Kind.REFUSED, grows.kind());
    }
  }

  @Test
  void whatIsNotImplementedIsRefused() {
    Path file = model("NoSuchOperator", DataType.FLOAT);
    EngineFailed failure =
        assertThrows(EngineFailed.class, () -> new NativeEngine().load(file, Options.DEFAULT));
    assertEquals(EngineFailed.Kind.REFUSED, failure.kind());
    assertTrue(failure.getMessage().contains("NoSuchOperator"), failure::getMessage);
  }

  @Test
  void inputsThatDoNotFitFail() throws EngineFailed {
    try (Engine engine = new NativeEngine();
        Engine.Loaded model = engine.load(model("Relu", DataType.FLOAT), Options.DEFAULT)) {
      EngineFailed failure = assertThrows(EngineFailed.class, () -> model.run(Map.of()));
      assertEquals(EngineFailed.Kind.FAILED, failure.kind());
      assertTrue(failure.getMessage().startsWith("InvalidInput: "), failure::getMessage);
    }
  }

  @Test
  void nativeProcessAnswersLikeNativeEngine() throws EngineFailed {
    try (Engine engine =
            NativeProcess.engine(
                Duration.ofSeconds(60), ReadOptions.DEFAULT, DataType.FLOAT, List.of("-Xmx256m"));
        Engine.Loaded model = engine.load(model("Sigmoid", DataType.FLOAT), Options.DEFAULT);
        Engine.Loaded here =
            new NativeEngine().load(folder.resolve("model.onnx"), Options.DEFAULT)) {
      assertEquals(here.run(INPUTS), model.run(INPUTS));
      assertTrue(model.time(INPUTS, new Timing(Calling.PINNED, 0)).length > 0);
      assertThrows(EngineFailed.class, () -> model.run(Map.of()));
    }
  }

  @Test
  void nativeProcessKeepsToTheLimits() throws EngineFailed {
    ReadOptions reading = ReadOptions.UNTRUSTED.withLimits(Limits.untrusted().with(Limit.NODES, 0));
    Path file = model("Sigmoid", DataType.FLOAT);
    try (Engine engine =
        NativeProcess.engine(Duration.ofSeconds(60), reading, DataType.FLOAT, List.of())) {
      EngineFailed failure =
          assertThrows(EngineFailed.class, () -> engine.load(file, Options.DEFAULT));
      assertTrue(failure.getMessage().contains("LimitExceeded"), failure::getMessage);
    }
  }

  @Test
  void goldenEngineGivesWhatIsStored() throws EngineFailed, IOException {
    Path file = model("Relu", DataType.FLOAT);
    Path set = Files.createDirectory(folder.resolve("test_data_set_0"));
    Tensor stored = Tensor.of(new float[] {7, 8, 9}, 3);
    TensorFiles.write("x", INPUTS.get("x"), set.resolve("input_0.pb"));
    TensorFiles.write("y", stored, set.resolve("output_0.pb"));
    try (Engine engine = new GoldenEngine();
        Engine.Loaded model = engine.load(file, Options.DEFAULT)) {
      assertEquals(Map.of("y", stored), model.run(INPUTS));
      Map<String, Value> others = Map.of("x", Tensor.of(new float[] {1}, 1));
      EngineFailed failure = assertThrows(EngineFailed.class, () -> model.run(others));
      assertEquals(EngineFailed.Kind.FAILED, failure.kind());
    }
  }

  @Test
  void goldenEngineRefusesWhatHasNothingStored() {
    Path file = model("Relu", DataType.FLOAT);
    EngineFailed failure =
        assertThrows(EngineFailed.class, () -> new GoldenEngine().load(file, Options.DEFAULT));
    assertEquals(EngineFailed.Kind.REFUSED, failure.kind());
  }

  @Test
  void arbiterGivesDoublesOrWhatIsDeclared() throws EngineFailed {
    Path file = model("Tanh", DataType.FLOAT);
    try (Engine engine = new ArbiterEngine();
        Engine.Loaded model = engine.load(file, Options.DEFAULT);
        Engine.Loaded rounded = new ArbiterEngine().rounded().load(file, Options.DEFAULT)) {
      Tensor y = (Tensor) model.run(INPUTS).get("y");
      assertEquals(DataType.DOUBLE, y.dataType());
      assertEquals(StrictMath.tanh(3), y.doubles()[2]);
      Tensor declared = (Tensor) rounded.run(INPUTS).get("y");
      assertEquals(DataType.FLOAT, declared.dataType());
      assertEquals((float) StrictMath.tanh(3), declared.floats()[2]);
    }
  }
}
