package org.sardonyx.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.graph.GraphBuilder;
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
 * Programs as torch.jit.save writes them, with inputs and what PyTorch gives for them, computed by
 * hand, found here and in ONNX Runtime. A program of programs.txt begins with {@code ###} and its
 * name; lines with {@code #} say what the inputs and attributes are; then stands the code, whole
 * classes or the body of forward; {@code =>} and what is given for the inputs end it.
 */
class ProgramsTest {

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
  Stream<DynamicTest> programsGiveWhatTheySay() throws IOException {
    String only = System.getProperty("programs.only", "");
    List<DynamicTest> tests = new ArrayList<>();
    for (String text : resource("programs.txt").split("(?m)^### ", -1)) {
      String name = text.lines().findFirst().orElse("").strip();
      if (!name.isEmpty() && !name.startsWith("#") && name.contains(only)) {
        tests.add(DynamicTest.dynamicTest(name, () -> check(new Described(text))));
      }
    }
    return tests.stream();
  }

  private static String resource(String name) throws IOException {
    try (var in = Objects.requireNonNull(ProgramsTest.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A program of the file. */
  private static final class Described {
    private final StringBuilder code = new StringBuilder();
    private final Map<String, Object> inputs = new LinkedHashMap<>();
    private final Map<String, Object> attributes = new LinkedHashMap<>(Map.of("training", false));
    private final Map<String, byte[]> storages = new LinkedHashMap<>();
    private String expected = "";

    Described(String text) {
      for (String line : text.lines().skip(1).toList()) {
        if (line.startsWith("# self.")) {
          int colon = line.indexOf(": ");
          attribute(line.substring(7, colon), line.substring(colon + 2).strip());
        } else if (line.startsWith("# ")) {
          int colon = line.indexOf(": ");
          inputs.put(line.substring(2, colon), value(line.substring(colon + 2).strip()));
        } else if (line.startsWith("=>")) {
          expected = line.substring(2).strip();
        } else if (!line.isBlank()) {
          code.append(line).append('\n');
        }
      }
    }

    @SuppressWarnings("unchecked")
    private void attribute(String path, String text) {
      Map<String, Object> in = attributes;
      String[] parts = path.split("\\.", -1);
      for (int i = 0; i < parts.length - 1; i++) {
        in =
            (Map<String, Object>)
                ((PickleWriter.Instance) Objects.requireNonNull(in.get(parts[i]))).state();
      }
      Object value =
          Character.isUpperCase(text.charAt(0))
              ? new PickleWriter.Instance(
                  new PickleWriter.Name("__torch__", text),
                  new LinkedHashMap<>(Map.of("training", false)))
              : value(text);
      in.put(parts[parts.length - 1], value instanceof Tensor tensor ? stored(tensor) : value);
    }

    private PickleWriter.Stored stored(Tensor tensor) {
      String key = String.valueOf(storages.size());
      byte[] bytes = new byte[tensor.size() * (tensor.dataType() == DataType.INT64 ? 8 : 4)];
      var buffer = java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < tensor.size(); i++) {
        if (tensor.dataType() == DataType.INT64) {
          buffer.putLong(tensor.getLong(i));
        } else {
          buffer.putFloat((float) tensor.getDouble(i));
        }
      }
      storages.put(key, bytes);
      return new PickleWriter.Stored(
          tensor.dataType() == DataType.INT64 ? "LongStorage" : "FloatStorage",
          key,
          tensor.size(),
          Arrays.stream(tensor.shape()).asLongStream().toArray());
    }

    private static Object value(String text) {
      String[] words = text.split("[\\[\\], ]+", -1);
      return switch (words[0]) {
        case "int" -> Long.valueOf(words[1]);
        case "number" -> Double.valueOf(words[1]);
        case "flag" -> Boolean.valueOf(words[1]);
        case "text" -> text.substring(5);
        case "ints" -> Arrays.stream(words).skip(1).map(Long::valueOf).toList();
        default -> {
          int open = text.indexOf('[');
          int close = text.indexOf(']');
          String sizes = text.substring(open + 1, close);
          int[] shape =
              sizes.isBlank()
                  ? new int[0]
                  : Arrays.stream(sizes.split(",", -1)).mapToInt(Integer::parseInt).toArray();
          Tensor tensor = Tensor.zeros(type(text.substring(0, open)), shape);
          String[] numbers = text.substring(close + 1).strip().split(" +", -1);
          for (int i = 0; i < tensor.size(); i++) {
            // Fewer numbers than elements begin again.
            tensor.setDouble(i, Double.parseDouble(numbers[i % numbers.length]));
          }
          yield tensor;
        }
      };
    }

    private static DataType type(String name) {
      return switch (name) {
        case "float" -> DataType.FLOAT;
        case "int64" -> DataType.INT64;
        case "int32" -> DataType.INT32;
        case "bool" -> DataType.BOOL;
        case "double" -> DataType.DOUBLE;
        default -> throw new IllegalArgumentException(name);
      };
    }

    String classes() {
      String text = code.toString();
      if (text.startsWith("class ") || text.startsWith("def ")) {
        return text;
      }
      StringBuilder all = new StringBuilder("class M(Module):\n  def forward(self: __torch__.M");
      inputs.forEach(
          (name, value) -> all.append(",\n    ").append(name).append(": ").append(declared(value)));
      return all.append(") -> Tensor:\n").append(text).toString();
    }

    private static String declared(Object value) {
      return value instanceof Long
          ? "int"
          : value instanceof Double ? "float" : value instanceof Boolean ? "bool" : "Tensor";
    }
  }

  private static void check(Described program) throws IOException, EngineFailed {
    Path file =
        Archives.script(
            Files.createTempFile(folder, "m", ".pt"),
            program.classes(),
            program.attributes,
            program.storages);
    TorchOptions options = TorchOptions.NONE;
    Map<String, Value> inputs = new LinkedHashMap<>();
    for (Map.Entry<String, Object> input : program.inputs.entrySet()) {
      switch (input.getValue()) {
        case Tensor tensor -> {
          String[] dims = new String[tensor.rank()];
          for (int i = 0; i < dims.length; i++) {
            dims[i] = input.getKey() + i;
          }
          options =
              options.withInput(
                  input.getKey(),
                  Type.tensor(tensor.dataType(), GraphBuilder.shape((Object[]) dims)));
          inputs.put(input.getKey(), tensor);
        }
        case Long n -> inputs.put(input.getKey(), Tensor.scalar(n));
        case Double d -> {
          Tensor one = Tensor.zeros(DataType.DOUBLE);
          one.setDouble(0, d);
          inputs.put(input.getKey(), one);
        }
        case Boolean b -> inputs.put(input.getKey(), Tensor.scalar(b));
        default -> throw new IllegalArgumentException(input.getKey());
      }
    }
    Model model = TorchScript.convert(TorchFile.read(file), options).model();
    Check.of(Operators.standard()).requireValid(model);
    compare(Session.compile(model).run(inputs), program.expected, "here");
    Path written = folder.resolve("model.onnx");
    Onnx.write(model, written);
    try (Engine.Loaded reference = onnxRuntime.load(written, Engine.Options.DEFAULT)) {
      compare(reference.run(inputs), program.expected, "in ONNX Runtime");
    }
  }

  private static void compare(Map<String, Value> out, String expected, String where) {
    List<String> parts = List.of(expected.split(" & ", -1));
    assertEquals(parts.size(), out.size(), () -> "outputs " + out.keySet());
    int at = 0;
    for (Value value : out.values()) {
      Tensor tensor = (Tensor) value;
      String part = parts.get(at++);
      int close = part.indexOf(']');
      assertEquals(
          part.substring(0, close + 1),
          Arrays.toString(tensor.shape()).replace(" ", ""),
          () -> "shape " + where);
      String numbers = part.substring(close + 1).strip();
      double[] wanted =
          numbers.isEmpty()
              ? new double[0]
              : Arrays.stream(numbers.split(" +", -1)).mapToDouble(Double::parseDouble).toArray();
      double[] found = new double[tensor.size()];
      for (int i = 0; i < found.length; i++) {
        found[i] = tensor.getDouble(i);
      }
      assertArrayEquals(wanted, found, 1e-4, where + ": " + Arrays.toString(found));
    }
  }
}
