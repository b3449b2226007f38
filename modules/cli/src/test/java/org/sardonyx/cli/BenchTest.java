package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.error.InvalidInput;

final class BenchTest {

  private static final Path LSTM = Path.of("../../models/lstm/model.onnx");

  @TempDir Path folder;

  @Test
  void partsArePercentsToo() {
    assertEquals(0.1, BenchBaseline.part("10%"), 1e-12);
    assertEquals(0.25, BenchBaseline.part("0.25"), 1e-12);
    for (String no : new String[] {"much", "-5%", "NaN", "Infinity%"}) {
      assertThrows(NumberFormatException.class, () -> BenchBaseline.part(no), no);
    }
  }

  @Test
  void comparesWithWhatWasMeasured() throws IOException {
    Path file = folder.resolve("base.json");
    Files.writeString(
        file,
        "{\"model\": \"m.onnx\", \"threads\": 1, \"native_us\": {\"median\": 10}, \"ratio\": 2}");
    BenchBaseline baseline = BenchBaseline.read(file, "m.onnx", 1);
    assertEquals(0.2, baseline.regress(12), 1e-12);
    assertEquals(-0.5, baseline.regress(5), 1e-12);
    assertThrows(InvalidInput.class, () -> BenchBaseline.read(file, "other.onnx", 1));
    assertThrows(InvalidInput.class, () -> BenchBaseline.read(file, "m.onnx", 2));
    Files.writeString(file, "{}");
    assertThrows(InvalidInput.class, () -> BenchBaseline.read(file, "m.onnx", 1));
  }

  @Test
  void endsWithOneWhereItBecameSlower() throws IOException {
    Path base = folder.resolve("base.json");
    CommandLineRunner first = bench();
    assertEquals(0, first.code(), first.err());
    assertTrue(first.out().contains("\"warm\""), first.out());
    String median = first.out().replaceAll("(?s).*?\"median\" *: *([0-9.]+).*", "$1");
    // Ours is the first engine of the result: one that took a thousandth, or a thousand times that.
    Files.writeString(
        base, first.out().replaceFirst("\"median\" *: *" + median, "\"median\": 0.001"));
    CommandLineRunner slower = bench("--baseline", base.toString(), "--max-regress", "10%");
    assertEquals(1, slower.code(), slower.err());
    assertTrue(slower.out().contains("\"regress\""), slower.out());
    Files.writeString(
        base, first.out().replaceFirst("\"median\" *: *" + median, "\"median\": 1e9"));
    CommandLineRunner faster = bench("--baseline", base.toString());
    assertEquals(0, faster.code(), faster.err());
  }

  private static CommandLineRunner bench(String... more) {
    String[] arguments = {
      "bench",
      LSTM.toString(),
      "--seconds",
      "0.3",
      "--rounds",
      "2",
      "--warm-up",
      "0.2",
      "--format",
      "json",
      "--dim",
      "time=3",
      "--dim",
      "batch=1"
    };
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return CommandLineRunner.run(all);
  }
}
