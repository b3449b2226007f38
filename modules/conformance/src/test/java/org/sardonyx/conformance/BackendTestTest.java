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
import org.sardonyx.conformance.BackendTest.Result;
import org.sardonyx.conformance.BackendTest.Status;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** What becomes of a folder, whole or with something wrong in it. */
class BackendTestTest {

  private static final Type FLOATS = Type.tensor(DataType.FLOAT);
  private static final Tensor ONE = Tensor.of(new float[] {1}, 1);

  @TempDir Path folder;

  @Test
  void inputsAreNumberedWithoutInitializers() throws EngineFailed, IOException {
    Graph graph =
        new Graph(
            "g",
            List.of(
                new Node("n", "Sub", List.of("a", "w"), List.of("d"), List.of()),
                new Node("m", "Sub", List.of("d", "b"), List.of("y"), List.of())),
            List.of(
                new ValueInfo("w", FLOATS), new ValueInfo("a", FLOATS), new ValueInfo("b", FLOATS)),
            List.of(new ValueInfo("y", FLOATS)),
            List.of(TensorData.of("w", Tensor.of(new float[] {10}, 1))));
    write(graph);
    data(0, Map.of("input_0", 5f, "input_1", 2f), Map.of("output_0", -7f));
    assertEquals(Status.PASS, run().status());
  }

  /** Limits hold wherever a model is read, in the comparison and in each of our engines. */
  @Test
  void limitsOfReadingHold() throws EngineFailed, IOException {
    write(copy());
    data(0, Map.of("input_0", 1f), Map.of("output_0", 1f));
    Limits narrow = Limits.standard().with(Limit.PARTS, 0);
    Engine.Options options =
        Engine.Options.DEFAULT.withReading(ReadOptions.DEFAULT.withLimits(narrow));
    for (Engine engine : List.of(new NativeEngine(), new ArbiterEngine())) {
      Result result =
          new BackendTest(engine, options, Tolerance.BACKEND).run(new CaseFolder(folder));
      assertEquals(Status.ERROR, result.status());
      assertTrue(result.reason().contains("parts"), result::reason);
    }
    Path model = folder.resolve("model.onnx");
    assertThrows(EngineFailed.class, () -> new ArbiterEngine().load(model, options));
    assertThrows(EngineFailed.class, () -> new GoldenEngine().load(model, options));
  }

  @Test
  void theFirstWrongDataSetIsNamed() throws EngineFailed, IOException {
    write(copy());
    data(0, Map.of("input_0", 1f), Map.of("output_0", 1f));
    data(10, Map.of("input_0", 1f), Map.of("output_0", 4f));
    data(2, Map.of("input_0", 1f), Map.of("output_0", 3f));
    Result result = run();
    assertEquals(Status.FAIL, result.status());
    assertTrue(result.reason().startsWith("test_data_set_2 y: "), result::reason);
  }

  @Test
  void aModelWithNothingToCompareWithDoesNotPass() throws EngineFailed, IOException {
    write(copy());
    assertEquals(Status.ERROR, run().status());
    data(0, Map.of("input_0", 1f), Map.of());
    assertEquals(Status.ERROR, run().status());
    assertTrue(run().reason().contains("output_I.pb"), run().reason());
  }

  @Test
  void filesThatBelongToNothingAreAnError() throws EngineFailed, IOException {
    write(copy());
    data(0, Map.of("input_0", 1f, "input_7", 1f), Map.of("output_0", 1f));
    assertEquals(Status.ERROR, run().status());
    assertTrue(run().reason().contains("input_7.pb"), run().reason());
  }

  @Test
  void aMissingInputIsAnError() throws EngineFailed, IOException {
    write(copy());
    data(0, Map.of(), Map.of("output_0", 1f));
    assertEquals(Status.ERROR, run().status());
    assertTrue(run().reason().contains("\"x\""), run().reason());
  }

  @Test
  void brokenDataAreAnErrorAndSayWhere() throws EngineFailed, IOException {
    write(copy());
    data(3, Map.of("input_0", 1f), Map.of());
    Files.write(folder.resolve("test_data_set_3/output_0.pb"), new byte[] {8, 1, 16});
    Result result = run();
    assertEquals(Status.ERROR, result.status());
    assertTrue(result.reason().startsWith("test_data_set_3 output_0.pb"), result::reason);
  }

  @Test
  void aFolderWithoutModelIsNoModel() throws EngineFailed, IOException {
    data(0, Map.of("input_0", 1f), Map.of("output_0", 1f));
    assertEquals(Status.NO_MODEL, run().status());
    assertTrue(BackendTest.passes(List.of(run())));
  }

  @Test
  void anOperatorThatIsNotThereIsUnsupported() throws EngineFailed, IOException {
    write(graph("NoSuchOperator", FLOATS, List.of()));
    data(0, Map.of("input_0", 1f), Map.of("output_0", 1f));
    assertEquals(Status.UNSUPPORTED, run().status());
  }

  @Test
  void aMalformedModelIsAnError() throws EngineFailed, IOException {
    Files.writeString(folder.resolve("model.onnx"), "nonsense");
    data(0, Map.of("input_0", 1f), Map.of("output_0", 1f));
    assertEquals(Status.ERROR, run().status());
  }

  @Test
  void sequencesOptionalsAndMapsAreReadByTheDeclaredType() throws EngineFailed, IOException {
    Value sequence = new SequenceValue(FLOATS, List.of(ONE, Tensor.of(new float[] {2, 3}, 2)));
    Value optional = new OptionalValue(new Type.OfSequence(FLOATS), sequence);
    Value none = new OptionalValue(new Type.OfSequence(FLOATS), null);
    for (Value value : List.of(sequence, optional, none)) {
      Type type =
          value instanceof SequenceValue
              ? new Type.OfSequence(FLOATS)
              : new Type.OfOptional(new Type.OfSequence(FLOATS));
      write(graph("Identity", type, List.of()));
      data(0, Map.of(), Map.of());
      TensorFiles.write("x", value, folder.resolve("test_data_set_0/input_0.pb"));
      TensorFiles.write("y", value, folder.resolve("test_data_set_0/output_0.pb"));
      assertEquals(Status.PASS, run().status(), () -> type + ": " + reason());
    }
    write(graph("Identity", new Type.OfSequence(FLOATS), List.of()));
    TensorFiles.write("x", sequence, folder.resolve("test_data_set_0/input_0.pb"));
    TensorFiles.write(
        "y",
        new SequenceValue(FLOATS, List.of(ONE, ONE)),
        folder.resolve("test_data_set_0/output_0.pb"));
    assertEquals(Status.FAIL, run().status());
    assertTrue(reason().contains("element 1"), this::reason);
  }

  @Test
  void mapsAreCompared() throws IOException {
    Files.createDirectories(folder);
    Type.OfMap type = new Type.OfMap(DataType.INT64, Type.tensor(DataType.FLOAT));
    MapValue map =
        new MapValue(Tensor.of(new long[] {4, 9}, 2), new SequenceValue(FLOATS, List.of(ONE, ONE)));
    Path file = folder.resolve("map.pb");
    TensorFiles.write("m", map, file);
    assertEquals(map, TensorFiles.read(file, type));
  }

  /** Dropout outside training copies; its case must not pass for having a random operator in it. */
  @Test
  void onlyWhatIsDrawnIsExcused() throws EngineFailed, IOException {
    write(graph("Dropout", FLOATS, List.of()));
    data(0, Map.of("input_0", 1f), Map.of("output_0", 2f));
    assertEquals(Status.FAIL, run().status());

    Graph beside =
        new Graph(
            "g",
            List.of(
                new Node("n", "Relu", List.of("x"), List.of("y"), List.of()),
                new Node(
                    "r",
                    "RandomUniform",
                    List.of(),
                    List.of("u"),
                    List.of(Attribute.of("shape", new long[] {1}))),
                new Node("m", "Add", List.of("u", "x"), List.of("z"), List.of())),
            List.of(new ValueInfo("x", FLOATS)),
            List.of(new ValueInfo("y", FLOATS), new ValueInfo("z", FLOATS)),
            List.of());
    write(beside);
    data(0, Map.of("input_0", 1f), Map.of("output_0", 1f, "output_1", 77f));
    assertEquals(Status.PASS, run().status(), this::reason);
    assertTrue(reason().contains("compared in distribution"), this::reason);
    data(0, Map.of("input_0", 1f), Map.of("output_0", 3f, "output_1", 77f));
    assertEquals(Status.FAIL, run().status());
  }

  @Test
  void withoutTheEngineThereIsNoResult() throws IOException {
    write(copy());
    data(0, Map.of("input_0", 1f), Map.of("output_0", 1f));
    try (ProcessEngine engine =
        ProcessEngine.of(
            "absent", NativeProcess.class, List.of(), List.of("-NoSuchFlag"), TIMEOUT)) {
      BackendTest test = new BackendTest(engine, Engine.Options.DEFAULT, Tolerance.BACKEND);
      EngineFailed failure =
          assertThrows(EngineFailed.class, () -> test.run(new CaseFolder(folder)));
      assertEquals(EngineFailed.Kind.MISSING, failure.kind());
    }
  }

  @Test
  void theTolerances() throws EngineFailed, IOException {
    write(copy());
    data(0, Map.of("input_0", 1.01f), Map.of("output_0", 1f));
    assertEquals(Status.FAIL, run(Tolerance.BACKEND).status());
    assertEquals(Status.PASS, run(new Tolerance(0.02, 0, 0, 0)).status());
    assertEquals(Status.PASS, run(new Tolerance(0, 0.02, 0, 0)).status());
    assertEquals(Status.PASS, run(new Tolerance(0, 0, 0.02, 0)).status());
    assertEquals(Status.FAIL, run(new Tolerance(0, 0.001, 0, 0.5)).status());
    TensorFiles.write(
        "x", Tensor.of(new float[] {1, 0.4f}, 2), folder.resolve("test_data_set_0/input_0.pb"));
    TensorFiles.write(
        "y", Tensor.of(new float[] {1, 0}, 2), folder.resolve("test_data_set_0/output_0.pb"));
    assertEquals(Status.PASS, run(new Tolerance(0, 0, 0.5, 0.9)).status());
    assertEquals(Status.FAIL, run(new Tolerance(0, 0, 0.5, 0.95)).status());
  }

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static Graph copy() {
    return graph("Identity", FLOATS, List.of());
  }

  private static Graph graph(String operator, Type type, List<Attribute> attributes) {
    return new Graph(
        "g",
        List.of(new Node("n", operator, List.of("x"), List.of("y"), attributes)),
        List.of(new ValueInfo("x", type)),
        List.of(new ValueInfo("y", type)),
        List.of());
  }

  private void write(Graph graph) {
    Onnx.write(new Model(8, List.of(new OpsetImport("", 17)), graph), folder.resolve("model.onnx"));
  }

  private void data(int set, Map<String, Float> inputs, Map<String, Float> outputs)
      throws IOException {
    Path to = Files.createDirectories(folder.resolve("test_data_set_" + set));
    inputs.forEach((name, x) ->
        TensorFiles.write("", Tensor.of(new float[] {x}, 1), to.resolve(name + ".pb")));
    outputs.forEach((name, x) ->
        TensorFiles.write("", Tensor.of(new float[] {x}, 1), to.resolve(name + ".pb")));
  }

  private Result run() throws EngineFailed {
    return run(Tolerance.BACKEND);
  }

  private Result run(Tolerance tolerance) throws EngineFailed {
    try (Engine engine = new NativeEngine()) {
      return new BackendTest(engine, Engine.Options.DEFAULT, tolerance).run(new CaseFolder(folder));
    }
  }

  private String reason() {
    try {
      return run().reason();
    } catch (EngineFailed e) {
      return e.toString();
    }
  }
}
