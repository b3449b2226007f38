package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/operators.md} is what the command prints; {@code -Ddocs.write=true} writes it anew.
 */
class OperatorsTableTest {

  @Test
  void tableIsFresh() throws IOException {
    Path table = Path.of("../../docs/operators.md");
    CommandLineRunner result = CommandLineRunner.run("operators", "--markdown");
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(table, result.out());
    }
    assertEquals(result.out(), Files.readString(table));
  }
}
