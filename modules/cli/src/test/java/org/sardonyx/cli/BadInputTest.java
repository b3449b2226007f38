package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;
import picocli.CommandLine;

/**
 * What is wrong with a file or an input gives one clear error, its exit code, and no output file.
 */
class BadInputTest {

  private static final Path LSTM = Path.of("../../models/lstm/model.onnx");

  @TempDir Path folder;

  @Test
  void truncatedModel() throws IOException {
    byte[] bytes = Files.readAllBytes(LSTM);
    for (int length : new int[] {0, 1, 2, 10, bytes.length / 2, bytes.length - 1}) {
      Path file = write("cut" + length + ".onnx", Arrays.copyOf(bytes, length));
      refused(Main.INVALID_MODEL, "check", file.toString());
      refused(Main.INVALID_MODEL, "run", file.toString());
    }
  }

  @Test
  void randomBytes() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      byte[] bytes = new byte[1 + random.nextInt(5000)];
      random.nextBytes(bytes);
      Path file = write("random" + i + ".onnx", bytes);
      refused(Main.INVALID_MODEL, "run", file.toString());
    }
  }

  @Test
  void otherKindsOfFiles() throws IOException {
    byte[][] kinds = {
      "<!doctype html><html></html>".getBytes(StandardCharsets.UTF_8),
      new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0},
      new byte[] {0x18, 0, 0, 0, 'O', 'R', 'T', 'M', 0, 0, 0, 0},
      "{\"a\": 1}".getBytes(StandardCharsets.UTF_8)
    };
    String[] names = {"a web page", "a zip archive", "an ONNX Runtime file", "JSON"};
    for (int i = 0; i < kinds.length; i++) {
      Path file = write("other" + i + ".onnx", kinds[i]);
      String said = refused(Main.INVALID_MODEL, "inspect", file.toString()).err();
      assertTrue(said.contains("other" + i + ".onnx: this is no ONNX model"), said);
      assertTrue(said.contains(names[i]), said);
    }
  }

  @Test
  void absentFiles() {
    refused(Main.INVALID_INPUT, "run", folder.resolve("absent.onnx").toString());
    refused(Main.INVALID_INPUT, "run", LSTM.toString(), "--data", folder.resolve("no").toString());
    refused(Main.INVALID_INPUT, "run", LSTM.toString(), "--input", "x=" + folder.resolve("no.npy"));
    refused(Main.INVALID_INPUT, "backend-test", folder.resolve("nothing").toString());
    refused(Main.INVALID_INPUT, "backend-test", folder.toString());
  }

  @Test
  void cycle() {
    refusedModel(
        Main.INVALID_MODEL,
        "(Add)",
        new Node("a", "Add", List.of("x", "v"), List.of("u"), List.of()),
        new Node("b", "Relu", List.of("u"), List.of("v"), List.of()),
        new Node("c", "Relu", List.of("v"), List.of("y"), List.of()));
    String found = CommandLineRunner.run("check", folder.resolve("model.onnx").toString()).out();
    assertTrue(found.contains("[cycle]"), found);
  }

  @Test
  void duplicateNames() {
    refusedModel(
        Main.INVALID_MODEL,
        "y",
        new Node("a", "Relu", List.of("x"), List.of("y"), List.of()),
        new Node("b", "Tanh", List.of("x"), List.of("y"), List.of()));
  }

  @Test
  void missingInput() {
    refusedModel(
        Main.INVALID_MODEL,
        "nowhere",
        new Node("a", "Add", List.of("x", "nowhere"), List.of("y"), List.of()));
  }

  @Test
  void unknownOperator() {
    refusedModel(
        Main.UNSUPPORTED,
        "Frobnicate",
        new Node("a", "Frobnicate", List.of("x"), List.of("y"), List.of()));
  }

  @Test
  void unknownDomain() {
    Node node = new Node("a", "com.example", "Relu", List.of("x"), List.of("y"), List.of());
    Model model = model(node);
    Path file = folder.resolve("domain.onnx");
    Onnx.write(
        model.withOpsetImports(List.of(new OpsetImport("", 17), new OpsetImport("com.example", 1))),
        file);
    assertTrue(refused(Main.UNSUPPORTED, "run", file.toString()).err().contains("com.example"));
  }

  @Test
  void undeclaredAttribute() {
    refusedModel(
        Main.INVALID_MODEL,
        "sharpness",
        new Node("a", "Relu", List.of("x"), List.of("y"), List.of(Attribute.of("sharpness", 1f))));
  }

  @Test
  void newerOperatorSet() {
    Model model = model(new Node("a", "Relu", List.of("x"), List.of("y"), List.of()));
    Path file = folder.resolve("newer.onnx");
    Onnx.write(model.withOpsetImports(List.of(new OpsetImport("", 99))), file);
    assertTrue(refused(Main.UNSUPPORTED, "run", file.toString()).err().contains("99"));
  }

  @Test
  void wrongInputs() throws IOException {
    String model = LSTM.toString();
    Path json = write("x.json", "{\"z\": [1]}".getBytes(StandardCharsets.UTF_8));
    assertTrue(
        refused(Main.INVALID_INPUT, "run", model, "--inputs", json.toString())
            .err()
            .contains("\"z\""));
    Path shape = write("shape.json", "[[[1, 2, 3]]]".getBytes(StandardCharsets.UTF_8));
    String said = refused(Main.INVALID_INPUT, "run", model, "-i", "x=" + shape).err();
    assertTrue(said.contains("[1,1,3]") && said.contains("4"), said);
    Path type = write("type.json", "[[[true, 2, 3, 4]]]".getBytes(StandardCharsets.UTF_8));
    refused(Main.INVALID_INPUT, "run", model, "-i", "x=" + type);
    Path ragged = write("ragged.json", "[[[1, 2, 3, 4], [1]]]".getBytes(StandardCharsets.UTF_8));
    refused(Main.INVALID_INPUT, "run", model, "-i", "x=" + ragged);
    refused(Main.INVALID_INPUT, "run", model, "--dim", "width=3");
  }

  @Test
  void usage() {
    assertEquals(2, CommandLineRunner.run().code());
    assertEquals(2, CommandLineRunner.run("frobnicate").code());
    assertEquals(2, CommandLineRunner.run("run").code());
    assertEquals(2, CommandLineRunner.run("run", LSTM.toString(), "--engine", "abacus").code());
    assertEquals(0, CommandLineRunner.run("--help").code());
    String lstm = LSTM.toString();
    String out = folder.resolve("out.onnx").toString();
    wrong("backend-test", "../../models/lstm", "--rtol", "-1");
    wrong("backend-test", "../../models/lstm", "--min-cosine", "2");
    wrong("backend-test", "../../models/lstm", "--engine", "onnxruntime", "--threads", "0");
    wrong("run", lstm, "--range", "x=5:1");
    wrong("run", lstm, "--range", "x=1");
    wrong("convert", lstm, out, "--threshold", "-1");
    wrong("convert", lstm, out, "--weights", "shards", "--shard-bytes", "0");
    wrong("convert", lstm, out, "--ir-version", "99");
    wrong("bench", lstm, "--rounds", "0");
    wrong("bench", lstm, "--seconds", "-1");
    wrong("compare", lstm, "--budget", "0");
    wrong("compare", lstm, "--no-reference", "--no-arbiter");
    assertFalse(Files.exists(folder.resolve("out.onnx")));
  }

  private static void wrong(String... arguments) {
    CommandLineRunner result = CommandLineRunner.run(arguments);
    assertEquals(2, result.code(), () -> String.join(" ", arguments) + ": " + result.err());
    assertTrue(result.err().startsWith("sardonyx: "), result.err());
    assertTrue(result.err().contains("--help"), result.err());
    assertFalse(result.err().contains("\tat "), result.err());
    assertEquals("", result.out());
  }

  @Test
  void filesThatCannotBeWritten() {
    String lstm = LSTM.toString();
    String absent = folder.resolve("absent/out").toString();
    refused(Main.INVALID_INPUT, "convert", lstm, absent + ".onnx");
    refused(Main.INVALID_INPUT, "convert", lstm, folder.toString());
    refused(Main.INVALID_INPUT, "infer", lstm, "-o", absent + ".onnx");
    refused(Main.INVALID_INPUT, "run", lstm, "-o", absent + ".npz");
    refused(Main.INVALID_INPUT, "run", lstm, "-o", lstm);
  }

  /** Wrong folders are seen before the first case runs. */
  @Test
  void absentFolderBesideOneThatIsThere() {
    CommandLineRunner result =
        refused(
            Main.INVALID_INPUT,
            "backend-test",
            "../../models/lstm",
            folder.resolve("no").toString());
    assertEquals("", result.out());
  }

  /** What a run does when the heap or the stack ends is no comparison that failed. */
  @Test
  void endOfMemoryIsALimit() {
    CommandLine commandLine = Main.commandLine();
    StringWriter err = new StringWriter();
    commandLine.setErr(new PrintWriter(err, true));
    commandLine.setExecutionStrategy(parsed -> {
      throw new OutOfMemoryError("Java heap space");
    });
    assertEquals(Main.LIMIT, Main.execute(commandLine, "check", LSTM.toString()));
    assertTrue(err.toString().startsWith("sardonyx: limit memory"), err.toString());
  }

  @Test
  void noOtherFileIsOpenedWhereThatIsForbidden() {
    Path file = folder.resolve("out.onnx");
    String[] convert = {
      "convert", LSTM.toString(), file.toString(), "--weights", "one_file", "--threshold", "1"
    };
    assertEquals(0, CommandLineRunner.run(convert).code());
    assertEquals(0, CommandLineRunner.run("run", file.toString()).code());
    assertEquals(0, CommandLineRunner.run("inspect", file.toString(), "--no-external").code());
    for (String engine : List.of("native", "arbiter", "onnxruntime")) {
      CommandLineRunner result =
          refused(Main.INVALID_INPUT, "run", file.toString(), "--no-external", "--engine", engine);
      assertTrue(result.err().contains("out.onnx.data"), result.err());
    }
    refused(Main.INVALID_INPUT, "compare", file.toString(), "--no-external");
    refused(Main.INVALID_INPUT, "bench", file.toString(), "--no-external");
  }

  @Test
  void externalDataOutsideTheFolder() throws IOException {
    // initializer { name "w" dims 4 data_type FLOAT data_location EXTERNAL location
    // ../../etc/passwd }
    Model model = model(new Node("a", "Add", List.of("x", "w"), List.of("y"), List.of()));
    byte[] plain = Onnx.toBytes(model);
    byte[] entry = field(1, "location", 2, "../../../../../../etc/passwd");
    byte[] tensor =
        join(
            new byte[] {8, 4, 16, 1},
            message(8, "w".getBytes(StandardCharsets.UTF_8)),
            message(13, entry),
            new byte[] {112, 1});
    byte[] graph = message(7, message(5, tensor));
    Path file = write("outside.onnx", join(plain, graph)); // messages merge: one more initializer
    String said = refused(Main.INVALID_MODEL, "run", file.toString()).err();
    assertFalse(said.contains("root:"), said);
  }

  @Test
  void nothingIsWrittenHalf() throws IOException {
    byte[] bytes = Files.readAllBytes(LSTM);
    Path cut = write("cut.onnx", Arrays.copyOf(bytes, bytes.length - 7));
    Path out = folder.resolve("out.onnx");
    refused(Main.INVALID_MODEL, "convert", cut.toString(), out.toString());
    assertFalse(Files.exists(out));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  private Model model(Node... nodes) {
    Type type = Type.tensor(DataType.FLOAT, Shape.of(4L));
    return new Model(
        8,
        List.of(new OpsetImport("", 17)),
        new Graph(
            "g",
            List.of(nodes),
            List.of(new ValueInfo("x", type)),
            List.of(new ValueInfo("y", type)),
            List.of()));
  }

  private void refusedModel(int code, String named, Node... nodes) {
    Path file = folder.resolve("model.onnx");
    Onnx.write(model(nodes), file);
    CommandLineRunner result = refused(code, "run", file.toString());
    assertTrue(result.err().contains(named), result.err());
    CommandLineRunner checked = CommandLineRunner.run("check", file.toString());
    assertEquals(Main.INVALID_MODEL, checked.code(), checked.out());
    assertTrue(checked.out().contains(named), checked.out());
  }

  /** Two seconds on a machine with nothing else to do; more where builds run beside. */
  private static CommandLineRunner refused(int code, String... arguments) {
    CommandLineRunner result =
        assertTimeout(Duration.ofSeconds(10), () -> CommandLineRunner.run(arguments));
    assertEquals(code, result.code(), () -> String.join(" ", arguments) + ": " + result.err());
    assertTrue(result.err().startsWith("sardonyx: "), result.err());
    assertEquals(1, result.err().lines().count(), result.err());
    return result;
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private static byte[] field(int keyField, String key, int valueField, String value) {
    return join(
        message(keyField, key.getBytes(StandardCharsets.UTF_8)),
        message(valueField, value.getBytes(StandardCharsets.UTF_8)));
  }

  private static byte[] message(int field, byte[] content) {
    if (content.length > 127) {
      throw new IllegalArgumentException("one byte of length is enough here");
    }
    return join(new byte[] {(byte) (field << 3 | 2), (byte) content.length}, content);
  }

  private static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
