package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/lint.md} is what the command prints; {@code -Ddocs.write=true} writes it anew. */
class LintTableTest {

  @Test
  void tableIsFresh() throws IOException {
    Path table = Path.of("../../docs/lint.md");
    CommandLineRunner result = CommandLineRunner.run("lint", "--rules");
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(table, result.out());
    }
    assertEquals(result.out(), Files.readString(table));
  }

  @Test
  void ourModelsAreClean(@TempDir Path folder) throws IOException {
    Path sarif = folder.resolve("lint.sarif");
    CommandLineRunner result =
        CommandLineRunner.run(
            "lint", "../../models/lstm/model.onnx", "--strict", "--sarif", sarif.toString());
    assertEquals(0, result.code(), result.out());
    assertTrue(Files.readString(sarif).contains("\"version\" : \"2.1.0\""));
    result = CommandLineRunner.run("lint");
    assertEquals(2, result.code());
  }
}
