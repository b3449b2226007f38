package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** bisect, reduce, golden, metamorphic and lint: what they say, and the codes they end with. */
class FindingCommandsTest {

  private static final String LSTM = "../../models/lstm/model.onnx";

  @TempDir Path folder;

  private String model(String name, String text) throws IOException {
    Path file = folder.resolve(name + ".onnxtxt");
    Files.writeString(file, "<ir_version: 8, opset_import: [\"\": 17]>\n" + text);
    return file.toString();
  }

  private static CommandLineRunner ends(int code, String... arguments) {
    CommandLineRunner result = CommandLineRunner.run(arguments);
    assertEquals(
        code,
        result.code(),
        () -> String.join(" ", arguments) + ": " + result.out() + result.err());
    return result;
  }

  /** A verb for a model of four nodes, the third of which ends the process of ONNX Runtime. */
  private List<String> crash(String verb, String... more) throws IOException {
    String rows =
        model(
            "rows",
            "g (int32[2, 3] x) => (int32[2, 3] y) <int32[1] parts = {-1}> "
                + "{ a = Neg (x) b = Neg (a) c = Div (b, parts) y = Neg (c) }");
    Path inputs = folder.resolve("rows.json");
    Files.writeString(inputs, "{\"x\": [[1, 2, 3], [4, -2147483648, 6]]}");
    List<String> command = new ArrayList<>(List.of(verb, rows));
    command.addAll(List.of(more));
    command.addAll(List.of("--inputs", inputs.toString(), "--engine", "onnxruntime"));
    return command;
  }

  @Test
  void bisectFindsNothingWhereNothingIsOff() {
    assertTrue(ends(0, "bisect", LSTM).out().contains("nothing is off"));
    JsonNode json = JsonMapper.shared().readTree(ends(0, "bisect", LSTM, "--format", "json").out());
    assertEquals("sardonyx", json.get("engine").stringValue());
    assertTrue(json.get("first").isNull());
  }

  @Test
  void bisectNamesTheNodeAndWhereNaNBegins() throws IOException {
    List<String> crash = crash("bisect");
    String off = ends(1, crash.toArray(String[]::new)).out();
    assertTrue(off.contains("first: node (Div), c") && off.contains("isolated"), off);
    String log =
        model("log", "g (float[3] x) => (float[3] y) { a = Abs (x) n = Neg (a) y = Log (n) }");
    String found = ends(1, "bisect", log, "--not-finite").out();
    assertTrue(found.contains("not finite: begins at") && found.contains("Log"), found);
    assertTrue(ends(0, "bisect", LSTM, "--not-finite").out().contains("all is finite"));
  }

  @Test
  void reduceWritesABundle() throws IOException {
    Path bundle = folder.resolve("repro");
    List<String> crash = crash("reduce", bundle.toString());
    crash.addAll(List.of("--format", "json"));
    CommandLineRunner result = ends(0, crash.toArray(String[]::new));
    JsonNode json = JsonMapper.shared().readTree(result.out());
    assertEquals(1, json.get("nodes").intValue(), result.out());
    for (JsonNode file : json.get("files")) {
      assertTrue(Files.exists(bundle.resolve(file.stringValue())), file::toString);
    }
    assertTrue(json.get("files").size() >= 3, result.out());
  }

  @Test
  void goldenKeepsAndTellsWhatChanged() throws IOException {
    String one = model("one", "g (float[4] x) => (float[4] y) <float c = {1}> { y = Add (x, c) }");
    String two = model("two", "g (float[4] x) => (float[4] y) <float c = {2}> { y = Add (x, c) }");
    String kept = folder.resolve("kept").toString();
    String saved = ends(0, "golden", "save", one, kept, "--sets", "2").out();
    assertTrue(saved.contains("test_data_set_1"), saved);
    assertTrue(ends(0, "golden", "check", one, kept, "--exact").out().contains("saved by"));
    String other = ends(1, "golden", "check", two, kept).out();
    assertTrue(other.contains("the model is another one"), other);
    JsonNode json =
        JsonMapper.shared()
            .readTree(ends(1, "golden", "check", two, kept, "--format", "json").out());
    assertFalse(json.get("passed").booleanValue());
    assertEquals(2, json.get("findings").size());
  }

  @Test
  void metamorphicSaysWhatHolds() throws IOException {
    JsonNode json =
        JsonMapper.shared().readTree(ends(0, "metamorphic", LSTM, "--format", "json").out());
    assertEquals(12, json.size());
    String first =
        model(
            "first",
            "g (float[batch, 2] x) => (float[batch, 2] y) <int64[1] i = {0}>\n"
                + "{ a = Gather <axis = 0> (x, i) y = Sub (x, a) }");
    String broken = ends(1, "metamorphic", first, "--dim", "batch=3").out();
    assertTrue(broken.matches("(?s)batch-permutation +broken .*"), broken);
  }

  @Test
  void lintCountsAndSuppresses() throws IOException {
    String dead = model("dead", "g (float[4] x) => (float[4] y) { d = Exp (x) y = Tanh (x) }");
    String found = ends(0, "lint", dead).out();
    assertTrue(found.contains("0 errors, 1 warnings, 0 suppressed"), found);
    ends(3, "lint", dead, "--strict");
    found = ends(0, "lint", dead, "--strict", "--ignore", "dead-node,frozen-batch").out();
    assertTrue(found.contains("0 errors, 0 warnings, 1 suppressed"), found);
    assertTrue(found.contains("nothing is suppressed by frozen-batch"), found);
    ends(3, "lint", model("wrong", "g (float[4] x) => (float[4] y) { y = Tanh (z) }"));
  }

  /** One line each, nothing on standard output, and nothing written. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bisect M",
        "reduce M O",
        "golden save M O",
        "golden check M O",
        "metamorphic M",
        "lint M"
      })
  void badFiles(String verb) throws IOException {
    byte[] bytes = Files.readAllBytes(Path.of(LSTM));
    Path cut = folder.resolve("cut.onnx");
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 7));
    Path out = folder.resolve("out");
    for (String path : List.of(cut.toString(), folder.resolve("absent.onnx").toString())) {
      String[] arguments = verb.replace("M", path).replace("O", out.toString()).split(" ");
      CommandLineRunner result =
          ends(path.endsWith("cut.onnx") ? Main.INVALID_MODEL : Main.INVALID_INPUT, arguments);
      assertTrue(result.err().startsWith("sardonyx: "), result.err());
      assertEquals(1, result.err().lines().count(), result.err());
      assertEquals("", result.out());
      assertFalse(Files.exists(out));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bisect M --budget 0",
        "bisect M --byte-cap 0",
        "bisect M --engine abacus",
        "reduce M",
        "reduce M O --time 0",
        "golden",
        "golden save M O --sets 0",
        "golden check M O --budget -1",
        "metamorphic",
        "metamorphic M --range x=5:1",
        "lint"
      })
  void wrongUsage(String line) {
    Path out = folder.resolve("out");
    CommandLineRunner result =
        ends(2, line.replace("M", LSTM).replace("O", out.toString()).split(" "));
    assertTrue(result.err().startsWith("sardonyx: "), result.err());
    assertFalse(result.err().contains("\tat "), result.err());
    assertEquals("", result.out());
    assertFalse(Files.exists(out));
  }

  @Test
  void inputsThatDoNotFit() {
    for (String verb : List.of("bisect", "metamorphic")) {
      CommandLineRunner result = ends(Main.INVALID_INPUT, verb, LSTM, "--dim", "width=3");
      assertEquals(1, result.err().lines().count(), result.err());
    }
    String gone = folder.resolve("gone").toString();
    CommandLineRunner result = ends(Main.INVALID_INPUT, "golden", "check", LSTM, gone);
    assertEquals(1, result.err().lines().count(), result.err());
    result = ends(Main.INVALID_INPUT, "lint", LSTM, "--sarif", gone + "/lint.sarif");
    assertEquals(1, result.err().lines().count(), result.err());
  }
}
