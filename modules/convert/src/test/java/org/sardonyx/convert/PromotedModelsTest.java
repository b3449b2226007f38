package org.sardonyx.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.Diagnostic.Severity;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.passes.Check;
import org.sardonyx.type.Type;

/** Every model of this repository, and of a folder beside it where there is one, in double. */
class PromotedModelsTest {

  @Test
  void promotedModelsAreValid() throws IOException {
    List<String> wrong = new ArrayList<>();
    int models = 0;
    for (Path folder : folders()) {
      for (Path file : files(folder)) {
        Model model = Onnx.read(file);
        if (errors(model) > 0) {
          continue;
        }
        models++;
        String name = String.valueOf(file.getParent().getFileName());
        Promote promote = Promote.of(Models.OPERATORS);
        if (errors(promote.apply(model)) > 0) {
          wrong.add("promoted " + name);
        }
        if (hasOnlyTensors(model) && errors(promote.keepInterface().apply(model)) > 0) {
          wrong.add("promoted within its interface " + name);
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertFalse(models == 0, "no models");
  }

  private static boolean hasOnlyTensors(Model model) {
    return Stream.concat(model.graph().inputs().stream(), model.graph().outputs().stream())
        .allMatch(value -> value.type() instanceof Type.OfTensor);
  }

  private static long errors(Model model) {
    return Check.of(Models.OPERATORS).check(model).stream()
        .filter(d -> d.severity() == Severity.ERROR)
        .count();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(path -> path.toString().endsWith(".onnx")).sorted().toList();
    }
  }

  private static List<Path> folders() {
    List<Path> found = new ArrayList<>();
    String named = System.getProperty("sardonyx.shared");
    if (named != null) {
      found.add(Path.of(named));
    }
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      if (Files.isDirectory(up.resolve("models")) && Files.isDirectory(up.resolve("proto"))) {
        found.add(up.resolve("models"));
      }
      if (named == null && Files.isDirectory(up.resolve("shared"))) {
        found.add(up.resolve("shared"));
        break;
      }
    }
    return found;
  }
}
