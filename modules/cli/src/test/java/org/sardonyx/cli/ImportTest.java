package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;

/** The verb import; what it reads is tested where it is read. */
class ImportTest {

  private static final Path LSTM = Path.of("../../models/lstm/model.onnx");

  @TempDir Path folder;

  @Test
  void aModelThatRunsIsWritten() {
    Path out = folder.resolve("out.onnx");
    CommandLineRunner result = run(LSTM, out);
    assertEquals(0, result.code(), result.err());
    assertTrue(result.out().contains("all engines agree"), result.out());
    Model before = Onnx.read(LSTM);
    assertEquals(before.graph().nodes(), Onnx.read(out).graph().nodes());
  }

  @Test
  void whatIsWrongLeavesNothing() throws IOException {
    Path zip = folder.resolve("network.zip");
    try (ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(zip))) {
      to.putNextEntry(new ZipEntry("configuration.json"));
      to.write("{}".getBytes(StandardCharsets.UTF_8));
    }
    Path params = folder.resolve("net-0000.params");
    Files.write(params, new byte[] {'D', 'J', 'L', '@'});
    Path out = folder.resolve("out.onnx");
    assertEquals(3, run(zip, out).code(), run(zip, out).err());
    CommandLineRunner noSpec = run(params, out);
    assertEquals(2, noSpec.code(), noSpec.err());
    assertTrue(noSpec.err().contains("--spec"), noSpec.err());
    Path gone = folder.resolve("gone.zip");
    assertEquals(5, run(gone, out).code(), run(gone, out).err());
    assertFalse(Files.exists(out));
  }

  private static CommandLineRunner run(Path file, Path out) {
    return CommandLineRunner.run("import", file.toString(), out.toString());
  }
}
