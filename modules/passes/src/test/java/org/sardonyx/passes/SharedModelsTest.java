package org.sardonyx.passes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.Diagnostic.Severity;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.type.Type;

/**
 * Every model of the repository ({@code models/}) and of the folder of shared material beside it,
 * where that is there, or of {@code -Dsardonyx.shared=FOLDER}.
 */
class SharedModelsTest {

  @Test
  void validModelsHaveNoErrorsAndEveryValueAType() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path file : files()) {
      Model model = Onnx.read(file);
      String name = String.valueOf(file.getParent().getFileName());
      List<Diagnostic> errors =
          Check.of(Models.OPERATORS).check(model).stream()
              .filter(d -> d.severity() == Severity.ERROR && !Check.isUnsupported(d))
              .toList();
      if (!errors.isEmpty()) {
        wrong.add(name + ": " + errors.get(0));
      }
      boolean unsupported =
          Check.of(Models.OPERATORS).check(model).stream().anyMatch(Check::isUnsupported);
      if (!unsupported) {
        Inferred inferred = Infer.of(Models.OPERATORS).infer(model);
        untyped(inferred, inferred.model().graph(), name, wrong);
      }
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void simplifiedModelsAreValid() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path file : files()) {
      Model model = Onnx.read(file);
      if (errors(model) > 0) {
        continue;
      }
      String name = String.valueOf(file.getParent().getFileName());
      if (errors(Simplify.of(Models.OPERATORS).apply(model).model()) > 0) {
        wrong.add("simplified " + name);
      }
    }
    assertEquals(List.of(), wrong);
  }

  private static long errors(Model model) {
    return Check.of(Models.OPERATORS).check(model).stream()
        .filter(d -> d.severity() == Severity.ERROR)
        .count();
  }

  private static void untyped(Inferred inferred, Graph graph, String model, List<String> into) {
    Map<String, Type> types = inferred.types(graph);
    for (String value : inferred.names(graph)) {
      if (!types.containsKey(value)) {
        into.add(model + ": no type of " + value);
      }
    }
    for (Node node : graph.nodes()) {
      for (Attribute attribute : node.attributes()) {
        if (attribute.value() instanceof Attribute.OfGraph(Graph body)) {
          untyped(inferred, body, model, into);
        }
      }
    }
  }

  private static List<Path> files() throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path folder : folders()) {
      try (Stream<Path> files = Files.walk(folder)) {
        files.filter(path -> path.toString().endsWith(".onnx")).sorted().forEach(found::add);
      }
    }
    return found;
  }

  private static List<Path> folders() {
    List<Path> found = new ArrayList<>();
    String named = System.getProperty("sardonyx.shared");
    if (named != null) {
      found.add(Path.of(named));
    }
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      boolean repository =
          Files.isDirectory(up.resolve("modules")) && Files.isDirectory(up.resolve("proto"));
      if (repository && Files.isDirectory(up.resolve("models"))) {
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
