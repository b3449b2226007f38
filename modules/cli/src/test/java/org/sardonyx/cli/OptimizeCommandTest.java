package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptimizeCommandTest {

  private static final String MODEL = "../../models/lstm/model.onnx";

  /**
   * {@code docs/optimize.md} is what the command prints; {@code -Ddocs.write=true} writes it anew.
   */
  @Test
  void tableIsFresh() throws IOException {
    Path table = Path.of("../../docs/optimize.md");
    CommandLineRunner result = CommandLineRunner.run("optimize", "--rules");
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(table, result.out());
    }
    assertEquals(result.out(), Files.readString(table));
  }

  @Test
  void writesWhatBothEnginesTake(@TempDir Path folder) {
    Path out = folder.resolve("out.onnx");
    CommandLineRunner result = CommandLineRunner.run("optimize", MODEL, out.toString());
    assertEquals(0, result.code(), result.out());
    assertTrue(result.out().contains("onnxruntime"), result.out());
    assertTrue(result.out().contains("all nodes"), result.out());
    assertEquals(0, CommandLineRunner.run("check", out.toString()).code());
  }

  @Test
  void jsonHasTheTables() {
    CommandLineRunner result =
        CommandLineRunner.run("optimize", MODEL, "--format", "json", "--native-only");
    assertEquals(0, result.code(), result.out());
    assertTrue(result.out().contains("\"taken_back\""), result.out());
    assertTrue(result.out().contains("\"written\" : false"), result.out());
  }

  @Test
  void wrongUseWritesNothing(@TempDir Path folder) throws IOException {
    Path out = folder.resolve("out.onnx");
    Path broken = folder.resolve("broken.onnx");
    Files.write(broken, new byte[] {1, 2, 3});
    assertEquals(2, CommandLineRunner.run("optimize", MODEL, out.toString(), "--skip", "x").code());
    assertEquals(
        2, CommandLineRunner.run("optimize", MODEL, out.toString(), "--tolerance", "a").code());
    assertEquals(3, CommandLineRunner.run("optimize", broken.toString(), out.toString()).code());
    assertEquals(
        7, CommandLineRunner.run("optimize", MODEL, out.toString(), "--limit", "nodes=1").code());
    assertFalse(Files.exists(out));
  }
}
