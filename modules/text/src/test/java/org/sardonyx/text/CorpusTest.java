package org.sardonyx.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;

/**
 * Models of the repository, and of {@code -Dshared=FOLDER} where that is there, as text and back.
 */
class CorpusTest {

  private static final long LARGEST = 2_000_000;

  @Test
  void modelsComeBack() throws IOException {
    int read = 0;
    for (Path path : models()) {
      Model model = Onnx.read(path);
      String text;
      try {
        text = OnnxText.print(model);
      } catch (UnsupportedModel e) {
        assertTrue(e.what().contains("text form"), e::getMessage);
        continue;
      }
      assertEquals(Bare.of(model), OnnxText.parse(text), path::toString);
      read++;
    }
    assertTrue(read >= 10, "models: " + read);
    System.out.println(read + " models came back from text");
  }

  private static List<Path> models() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve("models"))) {
      root = root.getParent();
    }
    String shared = System.getProperty("shared");
    Stream<Path> folders =
        shared == null
            ? Stream.of(root.resolve("models"))
            : Stream.of(
                root.resolve("models"),
                Path.of(shared, "onnx-node-tests"),
                Path.of(shared, "torch-models"));
    return folders.filter(Files::isDirectory).flatMap(CorpusTest::files).toList();
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".onnx") && file.toFile().length() < LARGEST)
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
