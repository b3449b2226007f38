package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.onnx.Npz;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every command on models of our own. */
class CommandsTest {

  private static final Path MODELS = Path.of("../../models");
  private static final String LSTM = MODELS.resolve("lstm/model.onnx").toString();

  @TempDir Path folder;

  @Test
  void backendTestPassesOnOurModels() {
    CommandLineRunner result = CommandLineRunner.run("backend-test", MODELS.toString());
    assertEquals(0, result.code(), result.out());
    assertTrue(result.out().startsWith("pass\t"), result.out());
    assertTrue(result.out().strip().endsWith("10 cases"), result.out());
  }

  @Test
  void backendTestOfTheArbiterPassesToo() {
    CommandLineRunner result =
        CommandLineRunner.run("backend-test", MODELS.toString(), "--engine", "arbiter");
    assertEquals(0, result.code(), result.out());
  }

  @Test
  void backendTestFailsWhereTheToleranceIsTooStrict() {
    CommandLineRunner result =
        CommandLineRunner.run(
            "backend-test", MODELS.resolve("lstm").toString(), "--rtol", "0", "--atol", "1e-12");
    assertEquals(1, result.code(), result.out());
    assertTrue(result.out().startsWith("fail\tlstm\t"), result.out());
  }

  @Test
  void runGivesTheStoredOutputs() {
    String data = MODELS.resolve("lstm/test_data_set_0").toString();
    Path npz = folder.resolve("out.npz");
    CommandLineRunner result =
        CommandLineRunner.run("run", LSTM, "--data", data, "-o", npz.toString());
    assertEquals(0, result.code(), result.err());
    Map<String, Tensor> arrays = Npz.read(npz);
    assertTrue(arrays.get("probabilities").hasShape(6, 2, 3));
  }

  @Test
  void runDrawsTheSameInputsForTheSameSeed() {
    String[] arguments = {"run", LSTM, "--dim", "time=3", "--seed", "5", "--format", "json"};
    CommandLineRunner first = CommandLineRunner.run(arguments);
    assertEquals(0, first.code(), first.err());
    assertEquals(first.out(), CommandLineRunner.run(arguments).out());
    JsonNode json = JsonMapper.shared().readTree(first.out());
    assertEquals(3, json.get("probabilities").get("shape").get(0).intValue());
  }

  @Test
  void runDrawsInputsThatEveryModelTakes() throws IOException {
    try (var folders = Files.list(MODELS)) {
      for (Path model : folders.filter(Files::isDirectory).sorted().toList()) {
        CommandLineRunner result =
            CommandLineRunner.run("run", model.resolve("model.onnx").toString());
        assertEquals(0, result.code(), model + ": " + result.err());
      }
    }
  }

  @Test
  void runReadsJson() throws IOException {
    Path json = folder.resolve("in.json");
    Files.writeString(json, "{\"x\": [[[1, 2, 3, \"NaN\"]]]}");
    CommandLineRunner result = CommandLineRunner.run("run", LSTM, "--inputs", json.toString());
    assertEquals(0, result.code(), result.err());
    assertTrue(result.out().contains("float[1,1,3] [NaN, NaN, NaN]"), result.out());
  }

  @Test
  void inspectShowsTheSignature() {
    CommandLineRunner result = CommandLineRunner.run("inspect", LSTM);
    assertEquals(0, result.code(), result.err());
    assertTrue(result.out().contains("float[time,batch,4]"), result.out());
    assertTrue(result.out().contains("LSTM-14"), result.out());
    JsonNode json =
        JsonMapper.shared()
            .readTree(CommandLineRunner.run("inspect", LSTM, "--format", "json").out());
    assertEquals(17, json.get("opsets").get("").intValue());
  }

  @Test
  void checkFindsNothingInOurModels() throws IOException {
    try (var folders = Files.list(MODELS)) {
      for (Path model : folders.filter(Files::isDirectory).sorted().toList()) {
        CommandLineRunner result =
            CommandLineRunner.run("check", model.resolve("model.onnx").toString());
        assertEquals(0, result.code(), model + ": " + result.out());
      }
    }
  }

  @Test
  void inferNamesEveryValue() {
    CommandLineRunner result = CommandLineRunner.run("infer", LSTM);
    assertEquals(0, result.code(), result.err());
    assertTrue(result.out().matches("(?s).*logits +float\\[time,batch,3].*"), result.out());
  }

  @Test
  void convertMovesWeightsOutAndIn() throws IOException {
    Path out = folder.resolve("out.onnx");
    Path back = folder.resolve("back.onnx");
    CommandLineRunner moved =
        CommandLineRunner.run(
            "convert", LSTM, out.toString(), "--weights", "one_file", "--threshold", "100");
    assertEquals(0, moved.code(), moved.err());
    assertTrue(Files.size(folder.resolve("out.onnx.data")) > 0);
    CommandLineRunner returned =
        CommandLineRunner.run("convert", out.toString(), back.toString(), "--weights", "inside");
    assertEquals(0, returned.code(), returned.err());
    assertEquals(
        Onnx.read(Path.of(LSTM)).graph().initializers().getFirst().load(),
        Onnx.read(back).graph().initializers().getFirst().load());
  }

  @Test
  void convertWritesOtherVersionsOfTheOperators() {
    Path out = folder.resolve("newer.onnx");
    CommandLineRunner result =
        CommandLineRunner.run(
            "convert", LSTM, "--opset", "28", "-o", out.toString(), "--format", "json");
    assertEquals(0, result.code(), result.err());
    JsonNode json = JsonMapper.shared().readTree(result.out());
    assertEquals(17, json.get("from").get("opsets").get("").intValue());
    assertEquals(28, json.get("to").get("opsets").get("").intValue());
    assertEquals(14, Onnx.read(out).irVersion());
  }

  @Test
  void aModelAsTextRunsLikeTheModel() throws IOException {
    Path text = folder.resolve("model.onnxtxt");
    assertEquals(0, CommandLineRunner.run("convert", LSTM, text.toString()).code());
    CommandLineRunner binary = CommandLineRunner.run("run", LSTM, "--seed", "7");
    CommandLineRunner readable = CommandLineRunner.run("run", text.toString(), "--seed", "7");
    assertEquals(0, readable.code(), readable.err());
    assertEquals(binary.out(), readable.out());

    Files.writeString(text, Files.readString(text).replace("LSTM", "LSTM <"));
    CommandLineRunner broken = CommandLineRunner.run("check", text.toString());
    assertEquals(3, broken.code());
    assertTrue(broken.err().contains("model.onnxtxt: line "), broken.err());
  }

  @Test
  void ourModelsConform() throws IOException {
    Path junit = folder.resolve("junit.xml");
    Path summary = folder.resolve("summary.md");
    CommandLineRunner result =
        CommandLineRunner.run(
            "conform",
            MODELS.resolve("suite.yaml").toString(),
            "--quiet",
            "--junit",
            junit.toString(),
            "--markdown",
            summary.toString());
    assertEquals(0, result.code(), result.out() + result.err());
    assertTrue(result.out().contains(" 0 failed"), result.out());
    assertTrue(Files.readString(junit).contains("<testsuite name=\"lstm/model.onnx\""));
    assertTrue(Files.readString(summary).startsWith("## models of our own"));

    Path suite = folder.resolve("suite.yaml");
    Files.writeString(suite, "models:\n  - model: gone.onnx\n");
    CommandLineRunner wrong = CommandLineRunner.run("conform", suite.toString());
    assertEquals(5, wrong.code());
    assertTrue(wrong.err().contains("suite.yaml, line 2: \"model\""), wrong.err());
  }

  @Test
  void convertRefusesWithThePlaceAndWritesNothing() {
    Path out = folder.resolve("older.onnx");
    String encoder = MODELS.resolve("attention_encoder/model.onnx").toString();
    CommandLineRunner result =
        CommandLineRunner.run("convert", encoder, "--opset", "1", "-o", out.toString());
    assertEquals(4, result.code(), result.err());
    assertTrue(result.err().contains("cannot become an operator of ai.onnx"), result.err());
    assertFalse(Files.exists(out));
    assertEquals(2, CommandLineRunner.run("convert", LSTM, "--opset", "29", "-o", "x").code());
    assertEquals(2, CommandLineRunner.run("convert", LSTM, "--opset", "20").code());
  }

  /** What runs a model inside to generate text is refused by name, with what to do instead. */
  @Test
  void generatorsAreRefusedByName() {
    for (String name : List.of("BeamSearch", "GreedySearch", "Sampling")) {
      GraphBuilder g = new GraphBuilder("g");
      GraphBuilder decoder = g.body("decoder");
      decoder.output("logits", decoder.input("ids", DataType.INT32, 1, 1), null);
      Ref sequences =
          g.callOf("com.microsoft", name, g.input("input_ids", DataType.INT32, 1, 3))
              .with("eos_token_id", 0)
              .with("decoder", decoder.graph())
              .output();
      g.output(sequences, Type.tensor(DataType.INT32, Shape.ofRank(3)));
      Path file = folder.resolve(name + ".onnx");
      Onnx.write(g.model(new OpsetImport("", 21), new OpsetImport("com.microsoft", 1)), file);
      CommandLineRunner result = CommandLineRunner.run("run", file.toString());
      assertEquals(4, result.code(), result.err());
      assertTrue(result.err().contains(name), result.err());
      assertTrue(result.err().contains("step by step"), result.err());
    }
  }

  @Test
  void everyCommandHasHelpWithAnExample() {
    Main.commandLine()
        .getSubcommands()
        .forEach((command, line) -> {
          CommandLineRunner result = CommandLineRunner.run(command, "--help");
          assertEquals(0, result.code());
          assertTrue(result.out().contains("Example"), command + ": " + result.out());
          List<List<String>> verbs = new ArrayList<>();
          line.getSubcommands().keySet().forEach(verb -> verbs.add(List.of(command, verb)));
          for (List<String> verb : verbs.isEmpty() ? List.of(List.of(command)) : verbs) {
            String[] words =
                Stream.concat(verb.stream(), Stream.of("--help")).toArray(String[]::new);
            assertTrue(CommandLineRunner.run(words).out().contains("--format"), verb::toString);
          }
        });
  }

  @Test
  void profileRefusesWhatItCannotDo() {
    for (String[] wrong :
        new String[][] {
          {"--seconds", "0"},
          {"--seconds", "NaN"},
          {"--warm-up", "-1"},
          {"--top", "-1"},
          {"--trace", folder.resolve("none").resolve("trace.json").toString()},
          {"--jfr", folder.resolve("none").resolve("run.jfr").toString()}
        }) {
      CommandLineRunner result = CommandLineRunner.run("profile", LSTM, wrong[0], wrong[1]);
      assertEquals(2, result.code(), result.err());
      assertTrue(result.err().contains(wrong[0]), result.err());
    }
  }

  @Test
  void aFileThatIsMissingIsNamedAndSoIsTheReason() {
    CommandLineRunner result =
        CommandLineRunner.run("bench", LSTM, "--baseline", folder.resolve("none.json").toString());
    assertEquals(5, result.code(), result.err());
    assertTrue(result.err().contains("none.json: no such file or folder"), result.err());
  }

  @Test
  void profileShowsWhereTheTimeGoes() {
    CommandLineRunner text =
        CommandLineRunner.run("profile", LSTM, "--seconds", "0.05", "--warm-up", "0", "--quiet");
    assertEquals(0, text.code(), text.err());
    assertTrue(text.out().contains("(LSTM-"), text.out());
    assertTrue(text.out().contains("(between nodes)"), text.out());

    CommandLineRunner result =
        CommandLineRunner.run(
            "profile",
            LSTM,
            "--seconds",
            "0.05",
            "--warm-up",
            "0",
            "--format",
            "json",
            "--trace",
            folder.resolve("trace.json").toString());
    assertEquals(0, result.code(), result.err());
    JsonNode events = JsonMapper.shared().readTree(folder.resolve("trace.json")).get("traceEvents");
    assertTrue(events.size() > 0);
    assertTrue(events.get(0).get("dur").asDouble() > 0, events.toString());
    JsonNode json = JsonMapper.shared().readTree(result.out());
    long runs = json.get("runs").asLong();
    assertTrue(runs > 0);
    long sum = 0;
    for (JsonNode node : json.get("nodes")) {
      // A view is made again only where its shape changes.
      boolean view = node.get("kernel").asString().equals("Squeeze");
      assertEquals(view ? 1 : runs, node.get("calls").asLong(), node.toString());
      sum += node.get("own_nanos").asLong();
    }
    assertTrue(sum > 0 && sum <= json.get("nanos").asLong(), result.out());
  }
}
