package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Names of a model cannot speak to a terminal, nor begin a line that a CI would obey. */
class HostileNamesTest {

  /** Red from here on, a command of GitHub Actions, a bell, and text that runs backwards. */
  private static final String EVIL = "\u001b[31m\n::error::x\r\u0007\u009b1m\u202e";

  @TempDir Path folder;

  private static Model model(String operator, String domain) {
    GraphBuilder g = new GraphBuilder("g" + EVIL);
    Ref x = g.input("x" + EVIL, DataType.FLOAT, "n" + EVIL, 2);
    Ref w = g.constant(Tensor.of(new float[] {1, 2}, 2));
    Ref y = g.call("Add", x, w).named("add" + EVIL).output();
    g.output("y" + EVIL, g.callOf(domain, operator, y).named("a" + EVIL).output(), null);
    return domain.isEmpty()
        ? g.model(18)
        : g.model(new OpsetImport("", 18), new OpsetImport(domain, 1));
  }

  private void check(String command, Model model) {
    Path file = folder.resolve("m.onnx");
    Onnx.write(model, file);
    List<String> arguments = new ArrayList<>(List.of(command.split(" ", -1)));
    arguments.replaceAll(word ->
        switch (word) {
          case "MODEL" -> file.toString();
          case "OUT" -> folder.resolve("out.onnx").toString();
          default -> word;
        });
    CommandLineRunner done = CommandLineRunner.run(arguments.toArray(String[]::new));
    assertTrue(done.code() != Main.FAULT, command + done);
    for (String text : List.of(done.out(), done.err())) {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        boolean bad =
            (Character.isISOControl(c) && c != '\n' && c != '\t')
                || Character.getType(c) == Character.FORMAT;
        assertTrue(!bad, () -> command + " prints " + (int) c + " in " + text);
      }
      assertEquals(
          List.of(), text.lines().filter(line -> line.strip().startsWith("::")).toList(), command);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bench MODEL --seconds 0.1",
        "bisect MODEL",
        "check MODEL",
        "compare MODEL",
        "convert MODEL OUT",
        "diff MODEL models/lstm/model.onnx",
        "edit strip MODEL OUT",
        "edit tap MODEL OUT",
        "golden save MODEL OUT",
        "infer MODEL",
        "inspect MODEL",
        "inspect MODEL --layers",
        "lint MODEL",
        "metamorphic MODEL",
        "optimize MODEL OUT",
        "profile MODEL --seconds 0.1",
        "run MODEL"
      })
  void noCommandPrintsControlCharacters(String command) {
    check(command.replace("models/", "../../models/"), model("Neg", ""));
    check(command.replace("models/", "../../models/"), model("Op" + EVIL, "dom" + EVIL));
  }

  @Test
  void theNamesAreAsTheyWere() {
    Path file = folder.resolve("m.onnx");
    Onnx.write(model("Neg", ""), file);
    assertEquals("x" + EVIL, Onnx.read(file).graph().inputs().getFirst().name());
  }
}
