package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.WriteOptions;
import org.sardonyx.text.OnnxText;
import picocli.CommandLine;

/** Every command that reads a model keeps to {@code --limit} and {@code --untrusted}. */
class LimitOptionsTest {

  private static final Path MODEL = Path.of("../../models/lstm/model.onnx");

  @TempDir Path folder;

  /** Commands that read a model, and what stands behind the model on their command lines. */
  private static final Map<String, List<String>> READING =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("bench", List.of("--seconds", "0.1")),
              Map.entry("bisect", List.of()),
              Map.entry("check", List.of()),
              Map.entry("compare", List.of()),
              Map.entry("convert", List.of("OUT")),
              Map.entry("diff", List.of("MODEL")),
              Map.entry("edit dims", List.of("OUT", "--dim", "time=3")),
              Map.entry("edit extract", List.of("OUT", "--to", "y")),
              Map.entry("edit merge", List.of("MODEL", "OUT", "--wire", "y=x")),
              Map.entry("edit rename", List.of("OUT", "--name", "y=z")),
              Map.entry("edit strip", List.of("OUT")),
              Map.entry("edit tap", List.of("OUT")),
              Map.entry("edit weights", List.of("OUT", "--weights", "MODEL")),
              Map.entry("golden check", List.of("OUT")),
              Map.entry("golden save", List.of("OUT")),
              Map.entry("import", List.of("OUT", "--from", "onnx")),
              Map.entry("infer", List.of()),
              Map.entry("inspect", List.of()),
              Map.entry("lint", List.of()),
              Map.entry("metamorphic", List.of()),
              Map.entry("optimize", List.of("OUT")),
              Map.entry("profile", List.of()),
              Map.entry("reduce", List.of("OUT")),
              Map.entry("run", List.of())));

  /** Commands without a model of their own: suites, folders of cases, what we made ourselves. */
  private static final Set<String> OTHERS =
      Set.of("backend-test", "conform", "export", "fuzz", "limits", "mutate", "operators");

  static Stream<String> reading() {
    return READING.keySet().stream();
  }

  private static void leaves(CommandLine line, String name, Set<String> all) {
    if (line.getSubcommands().isEmpty()) {
      all.add(name);
    }
    line.getSubcommands()
        .forEach((word, command) -> leaves(command, (name + " " + word).strip(), all));
  }

  @Test
  void everyCommandIsHere() {
    Set<String> all = new TreeSet<>();
    leaves(Main.commandLine(), "", all);
    Set<String> known = new TreeSet<>(READING.keySet());
    known.addAll(OTHERS);
    assertEquals(known, all);
  }

  @Test
  void everyCommandTakesTheOptions() {
    for (String name : READING.keySet()) {
      CommandLine line = Main.commandLine();
      for (String word : name.split(" ", -1)) {
        line = line.getSubcommands().get(word);
      }
      Set<String> options =
          line.getCommandSpec().options().stream()
              .flatMap(option -> Stream.of(option.names()))
              .collect(Collectors.toSet());
      assertTrue(options.containsAll(Set.of("--limit", "--untrusted", "--external")), name);
    }
  }

  private CommandLineRunner run(String name, Path model, String... options) {
    List<String> arguments = new ArrayList<>(List.of(name.split(" ", -1)));
    arguments.add(model.toString());
    for (String word : READING.get(name)) {
      arguments.add(
          switch (word) {
            case "OUT" -> folder.resolve("out.onnx").toString();
            case "MODEL" -> model.toString();
            default -> word;
          });
    }
    arguments.addAll(List.of(options));
    return CommandLineRunner.run(arguments.toArray(String[]::new));
  }

  @ParameterizedTest
  @MethodSource("reading")
  void aLimitOfReadingIsKept(String name) {
    CommandLineRunner done = run(name, MODEL, "--limit", "rank=1");
    assertEquals(Main.LIMIT, done.code(), done.toString());
    assertTrue(done.err().contains("rank"), done.err());
  }

  @ParameterizedTest
  @MethodSource("reading")
  void aLimitHoldsOfTextsToo(String name) {
    if (name.equals("import")) { // files of frameworks only
      return;
    }
    Path text = folder.resolve("model.onnxtxt");
    OnnxText.write(Onnx.read(MODEL), text);
    CommandLineRunner done = run(name, text, "--limit", "rank=1");
    assertEquals(Main.LIMIT, done.code(), done.toString());
  }

  /** What runs a stranger's model opens no other file, whichever engine would. */
  @Test
  void noOtherFileOfAStranger() {
    Path model = folder.resolve("model.onnx");
    WriteOptions beside = WriteOptions.DEFAULT.withWeights(WriteOptions.Weights.ONE_FILE);
    Onnx.write(Onnx.read(MODEL), model, beside.withThreshold(1));
    for (String name :
        List.of(
            "bench",
            "bisect",
            "compare",
            "golden check",
            "golden save",
            "metamorphic",
            "profile",
            "reduce",
            "run")) {
      CommandLineRunner done = run(name, model, "--untrusted");
      assertTrue(done.code() != Main.AGREED, name + done);
      assertTrue(done.err().contains("external"), name + done);
    }
  }

  @Test
  void limitsOfRunsReachOurEngineWhereverItIs() {
    for (String name : List.of("run", "profile", "bench", "golden save", "metamorphic")) {
      CommandLineRunner done = run(name, MODEL, "--limit", "nodeRuns=0", "--quiet");
      assertTrue(done.code() != Main.AGREED, name + done);
      assertTrue(done.err().contains("nodeRuns"), name + done);
    }
  }
}
