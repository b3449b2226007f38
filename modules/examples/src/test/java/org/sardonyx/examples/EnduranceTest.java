package org.sardonyx.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process of 128 MB holds no more after a long time than after a short one. A short form in every
 * build; {@code -Dendurance.full=true} for the figures of {@code docs/endurance.md}.
 */
class EnduranceTest {

  private static final boolean FULL = Boolean.getBoolean("endurance.full");
  private static final List<String> NAMES =
      List.of("done", "heap", "metaspace", "classes", "threads", "handles", "files");

  /**
   * What may be more: KiB of heap and metaspace, classes, threads, handles, files. The JVM itself
   * has a thread or a file more now and then; what leaks, leaks a hundred times between two rows.
   */
  private static final long[] MORE = {0, 1024, FULL ? 1024 : 2048, 60, 2, 3, 0};

  /** Those of the JVM: sessions of two threads were made by the hundred. */
  private static final int MOST_THREADS = 16;

  @TempDir Path temporary;

  @ParameterizedTest
  @CsvSource({"steps,1000000,10000", "loads,10000,240"})
  @Timeout(3600)
  void nothingGrows(String what, int whole, int some) throws IOException, InterruptedException {
    List<long[]> rows = run(what, FULL ? whole : some);
    assertEquals(10, rows.size());
    long[] first = rows.get(FULL ? 1 : 4); // before, much is still to be compiled
    long[] last = rows.getLast();
    if (what.equals("loads")) { // every second one makes a class or more, which go
      long gone = last[NAMES.size()] - first[NAMES.size()];
      assertTrue(gone > (last[0] - first[0]) / 4, "classes unloaded: " + gone);
    }
    long threads = last[NAMES.indexOf("threads")];
    assertTrue(threads <= MOST_THREADS, "threads in the end: " + threads);
    for (int i = 1; i < NAMES.size(); i++) {
      long more = last[i] - first[i];
      assertTrue(more <= MORE[i], NAMES.get(i) + " grew by " + more);
    }
  }

  private List<long[]> run(String what, int count) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules",
            "jdk.incubator.vector",
            "-Xmx128m",
            "-XX:SoftRefLRUPolicyMSPerMB=10", // a second, not minutes, for classes of chains
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            Endurance.class.getName(),
            "../../models",
            what,
            Integer.toString(count));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<long[]> rows = new ArrayList<>();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      for (String line : said.lines().toList()) {
        if (line.startsWith("endurance ")) {
          System.out.println(what + line.substring("endurance".length()));
          rows.add(Arrays.stream(line.split(" ", -1)).skip(1).mapToLong(Long::parseLong).toArray());
        }
      }
      assertEquals(0, process.waitFor());
    } finally {
      process.destroyForcibly();
    }
    return rows;
  }
}
