package org.sardonyx.conformance.reduce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.RandomInputs;
import org.sardonyx.conformance.bisect.Suspect;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.text.OnnxText;
import org.sardonyx.type.Type;

class ReduceTest {

  private static final String HEAD = "<ir_version: 8, opset_import: [\"\": 17]>\n";

  @TempDir Path folder;

  private static Reduce.Result reduce(Engine engine, Model model, Map<String, Value> inputs)
      throws EngineFailed {
    return new Reduce(new Suspect(engine, Engine.Options.DEFAULT, new ArbiterEngine()))
        .of(model, inputs);
  }

  /** The least int32 divided by -1 ends the process of ONNX Runtime, see D23 of the register. */
  @Test
  void aCrashBecomesOneNodeAndABundle() throws EngineFailed, IOException {
    Model model =
        OnnxText.parse(
            HEAD
                + """
                g (int32[4, 3] x, float[4, 3] z) => (float[4, 3] y, float[4, 3] other)
                <int32[3] d = {-1, 3, 7}, int32[3] zero = {0, 0, 0}> {
                  other = Exp (z)
                  a = Add (x, zero)
                  b = Div (a, d)
                  c = Cast <to = 1> (b)
                  y = Add (c, z)
                }
                """);
    int[] x = new int[12];
    x[0] = Integer.MIN_VALUE;
    Map<String, Value> inputs =
        Map.of("x", Tensor.of(x, 4, 3), "z", Tensor.of(new float[12], 4, 3));
    try (Engine reference = ProcessEngine.onnxRuntime(Duration.ofSeconds(60))) {
      Reduce.Result result = reduce(reference, model, inputs);
      assertEquals(EngineFailed.Kind.CRASHED, result.symptom().failure());
      assertEquals(1, result.specimen().nodes());
      assertEquals("Div", result.specimen().model().graph().nodes().getFirst().opType());
      assertTrue(result.specimen().elements() <= 4, () -> result.specimen().toString());
      List<String> files =
          Repro.write(folder.resolve("repro"), result, reference.name(), List.of("one", "two"));
      assertTrue(files.contains("model.onnxtxt"), files::toString);
      Model again = OnnxText.read(folder.resolve("repro/model.onnxtxt"));
      assertEquals(
          Onnx.read(folder.resolve("repro/model.onnx")).graph().nodes(), again.graph().nodes());
      assertTrue(
          Files.readString(folder.resolve("repro/README.md")).contains("--engine onnxruntime"));
      Tensor input = TensorFiles.readTensor(folder.resolve("repro/test_data_set_0/input_0.pb"));
      Tensor output = TensorFiles.readTensor(folder.resolve("repro/test_data_set_0/output_0.pb"));
      assertEquals(Integer.MIN_VALUE, input.ints()[0]);
      assertEquals(Integer.MIN_VALUE, output.ints()[0]);
    }
  }

  /** Gelu of minus infinity is NaN there, D26. */
  @Test
  void numbersAndSizesShrink() throws EngineFailed {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 10, opset_import: ["": 20]>
            g (float[B, 6] x) => (float[B, 6] y) <float[6] w = {0.1234, 1, 2, 3, 4, 5.678}> {
              a = Add (x, w)
              b = Gelu (a)
              y = Mul (b, w)
            }
            """);
    float[] x = new float[48];
    for (int i = 0; i < x.length; i++) {
      x[i] = 0.37f * i - 5;
    }
    x[0] = Float.NEGATIVE_INFINITY;
    try (Engine reference = ProcessEngine.onnxRuntime(Duration.ofSeconds(60))) {
      Reduce.Result result = reduce(reference, model, Map.of("x", Tensor.of(x, 8, 6)));
      assertEquals(null, result.symptom().failure());
      assertEquals(1, result.specimen().nodes());
      assertEquals(1, result.specimen().elements());
      Tensor value = (Tensor) result.specimen().inputs().values().iterator().next();
      assertEquals(Float.NEGATIVE_INFINITY, value.floats()[0]);
    }
  }

  /** What a bundle holds for ONNX Runtime in Python is Python. */
  @Test
  void theScriptCompiles() throws IOException, InterruptedException {
    Model model = OnnxText.parse(HEAD + "g (float[2] x) => (float[2] y) { y = Exp (x) }");
    Map<String, Value> inputs = Map.of("x", Tensor.of(new float[2], 2));
    Reduce.Result result = new Reduce.Result(new Specimen(model, inputs), new Symptom(null, ""), 0);
    Repro.write(folder.resolve("script"), result, "nobody", List.of());
    Process python;
    try {
      python =
          new ProcessBuilder("python3", "-m", "py_compile", "run_onnxruntime.py")
              .directory(folder.resolve("script").toFile())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      abort("there is no python3");
      throw e;
    }
    String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, python.waitFor(), said);
  }

  /** NaN in X does not come out of ONNX Runtime's GRU, D06: one unit of eight is enough to show. */
  @Test
  void hiddenUnitsShrink() throws EngineFailed {
    GraphBuilder graph = new GraphBuilder("gru");
    Random random = new Random(3);
    GraphBuilder.Ref x = graph.input("X", DataType.FLOAT, 3, 2, 4);
    GraphBuilder.Ref w = graph.constant(normal(random, 1, 24, 4));
    GraphBuilder.Ref r = graph.constant(normal(random, 1, 24, 8));
    GraphBuilder.Ref b = graph.constant(normal(random, 1, 48));
    GraphBuilder.Ref y = graph.call("GRU", x, w, r, b).with("hidden_size", 8).outputs(2).getFirst();
    graph.output("Y", y, Type.tensor(DataType.FLOAT));
    Tensor given = normal(random, 3, 2, 4);
    given.setDouble(0, Double.NaN);
    try (Engine reference = ProcessEngine.onnxRuntime(Duration.ofSeconds(60))) {
      Reduce.Result result = reduce(reference, graph.model(17), Map.of("X", given));
      Graph small = result.specimen().model().graph();
      assertEquals(1, small.nodes().size());
      // W 3, R 3, B 6 and X 1, where there was one step, row and input.
      assertTrue(result.specimen().elements() <= 16, () -> result.specimen().toString());
    }
  }

  /** A body of four nodes, of which Loop needs none to be wrong: it ends early, see D31. */
  @Test
  void nodesWithinBodiesGo() throws EngineFailed {
    Model model =
        OnnxText.parse(
            HEAD
                + """
                g (float[2] x) => (float[2] y) <int64 m = {3}, bool no = {0}> {
                  y = Loop (m, "", x) <body = b (int64 i, bool go, float[2] v)
                    => (bool on, float[2] next) {
                      on = Identity (no)
                      a = Exp (v)
                      c = Neg (a)
                      d = Tanh (c)
                      next = Add (d, v)
                    }>
                }
                """);
    Tensor x = Tensor.of(new float[] {0.25f, 0.5f}, 2);
    try (Engine reference = ProcessEngine.onnxRuntime(Duration.ofSeconds(60))) {
      Reduce.Result result = reduce(reference, model, Map.of("x", x));
      assertTrue(result.specimen().nodes() <= 4, () -> OnnxText.print(result.specimen().model()));
    }
  }

  private static Tensor normal(Random random, int... shape) {
    float[] data = new float[Tensor.checkedSize(shape)];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) random.nextGaussian();
    }
    return Tensor.of(data, shape);
  }

  @Test
  void whatIsRightIsRefused() {
    Model model = OnnxText.parse(HEAD + "g (float[2] x) => (float[2] y) { y = Exp (x) }");
    InvalidInput right =
        assertThrows(
            InvalidInput.class,
            () -> reduce(new NativeEngine(), model, RandomInputs.of(model, Map.of(), Map.of(), 1)));
    assertEquals(
        "nothing is wrong with sardonyx on this model and these inputs", right.getMessage());
  }
}
