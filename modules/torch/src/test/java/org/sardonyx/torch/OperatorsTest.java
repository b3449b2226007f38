package org.sardonyx.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
import org.sardonyx.onnx.Onnx;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.passes.Check;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/**
 * Operators one by one, on x = [[1, -2, 3], [4, 5, -6]] with open sizes and a weight self.one =
 * [[1]]. Each line: a name, the lines of forward but the last, what it returns, and the elements
 * computed by hand, which are found here and in ONNX Runtime.
 */
class OperatorsTest {

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

  private static final float[] X = {1, -2, 3, 4, 5, -6};

  @TestFactory
  Stream<DynamicTest> eachOperatorGivesWhatItSays() throws IOException {
    String table;
    try (var in = OperatorsTest.class.getResourceAsStream("operators.txt")) {
      table =
          new String(
              java.util.Objects.requireNonNull(in).readAllBytes(),
              java.nio.charset.StandardCharsets.UTF_8);
    }
    List<DynamicTest> tests = new ArrayList<>();
    for (String line : table.lines().toList()) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] cells = line.split(" => ", -1);
      tests.add(
          DynamicTest.dynamicTest(
              cells[0].strip(), () -> check(cells[0].strip(), cells[1].strip())));
    }
    return tests.stream();
  }

  private static void check(String code, String expected) throws IOException, EngineFailed {
    StringBuilder body =
        new StringBuilder(
            "class M(Module):\n  __parameters__ = []\n  def forward(self: __torch__.M,\n    x: Tensor) -> Tensor:\n");
    String[] statements = code.split("; ", -1);
    for (int i = 0; i < statements.length; i++) {
      body.append("    ")
          .append(i == statements.length - 1 ? "return " : "")
          .append(statements[i].replace("\\n", "\n"))
          .append('\n');
    }
    Path file =
        Archives.script(
            Files.createTempFile(folder, "m", ".pt"),
            body.toString(),
            Map.of(
                "training",
                false,
                "one",
                new PickleWriter.Stored("FloatStorage", "0", 1, new long[] {1, 1})),
            Map.of("0", Archives.floats(1)));
    TorchOptions options =
        TorchOptions.NONE.withInput(
            "x", Type.tensor(DataType.FLOAT, org.sardonyx.graph.GraphBuilder.shape("n", "m")));
    Model model = TorchScript.convert(TorchFile.read(file), options).model();
    Check.of(Operators.standard()).requireValid(model);
    Map<String, Value> inputs = new LinkedHashMap<>(Map.of("x", Tensor.of(X, 2, 3)));
    compare(Session.compile(model).run(inputs), code, expected);
    Path written = folder.resolve("model.onnx");
    Onnx.write(model, written);
    try (Engine.Loaded reference = onnxRuntime.load(written, Engine.Options.DEFAULT)) {
      compare(reference.run(inputs), code + " in ONNX Runtime", expected);
    }
  }

  private static void compare(Map<String, Value> out, String code, String expected) {
    List<String> parts = List.of(expected.split(" & ", -1));
    assertEquals(parts.size(), out.size(), "outputs");
    int at = 0;
    for (Value value : out.values()) {
      Tensor tensor = (Tensor) value;
      String[] words = parts.get(at++).split("[\\[\\] ,]+", -1);
      String shape = java.util.Arrays.toString(tensor.shape()).replace(" ", "");
      String wanted = parts.get(at - 1).substring(0, parts.get(at - 1).indexOf(']') + 1);
      assertEquals(wanted, shape, () -> "shape of " + code);
      double[] numbers = new double[tensor.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = Double.parseDouble(words[words.length - numbers.length + i]);
      }
      double[] found = new double[tensor.size()];
      for (int i = 0; i < found.length; i++) {
        found[i] = tensor.getDouble(i);
      }
      assertArrayEquals(numbers, found, 1e-4, code);
    }
  }
}
