package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers survive what Jazzer makes of files, which keeps and changes further whatever reaches code
 * that nothing reached before. Ten thousand in every build; for longer:
 *
 * <pre>
 * -Dguided.seconds=3600    how long
 * -Dguided.only=model,text some kinds only
 * -Dguided.corpus=FOLDER   keeps what was reached, and begins with it the next time
 * </pre>
 */
class GuidedMutantsTest {

  private static final long SEED = Long.getLong("seed", 11);
  private static final long SECONDS = Long.getLong("guided.seconds", 0);

  /** Without seconds: so many files, and an end for machines that are very slow. */
  private static final List<String> SHORT = List.of("-runs=10000", "-max_total_time=600");

  private static final String CORPUS = System.getProperty("guided.corpus", "");
  private static final String KINDS = System.getProperty(GuidedMutants.ONLY, "");

  /** Wall time of one input: more than what it may compute, since the machine may be busy. */
  private static final int MOST_SECONDS = 300;

  private static final Pattern COVERED = Pattern.compile("#(\\d+)\\s+(\\w+)\\s+cov: (\\d+)");

  @TempDir Path folder;

  private Path corpus = Path.of("");

  /**
   * How far a search came.
   *
   * @param begun branches that the first files reach
   * @param covered branches that were reached in the end
   */
  private record Search(long tried, long begun, long covered) {}

  @BeforeEach
  void newCorpus() throws IOException {
    corpus = Files.createDirectories(CORPUS.isEmpty() ? folder.resolve("corpus") : Path.of(CORPUS));
  }

  @Test
  @Timeout(24 * 3600)
  void everyReaderSurvives() throws IOException, InterruptedException {
    System.out.println("seed " + SEED);
    GuidedMutants.of(KINDS, work()).seeds(corpus);
    Search search =
        search(corpus, KINDS, SECONDS > 0 ? List.of("-max_total_time=" + SECONDS) : SHORT);
    assertTrue(search.covered() > search.begun(), search.toString());
  }

  /** What is wrong is found though no random file would hold it, and made smaller. */
  @Test
  @Timeout(900)
  void findsWhatIsGuarded() throws IOException, InterruptedException {
    Files.write(corpus.resolve("seed"), new byte[64]);
    Jazzer jazzer = run(corpus, GuardedMutants.class, "", List.of("-max_total_time=600"));
    assertEquals(1, jazzer.findings().size(), jazzer.said());
    byte[] found = Files.readAllBytes(jazzer.findings().getFirst());
    assertEquals("guided", new String(found, 0, 6, StandardCharsets.ISO_8859_1));
  }

  /** As many mutants of a kind, guided and not: prints what each reaches (SECURITY.md). */
  @Test
  @Timeout(24 * 3600)
  @EnabledIfSystemProperty(named = "guided.compare", matches = "\\d+")
  void whatGuidanceReaches() throws IOException, InterruptedException {
    int count = Integer.getInteger("guided.compare", 0);
    for (String kind : KINDS.split(",", -1)) {
      Path with = Files.createDirectories(folder.resolve("guided-" + kind));
      GuidedMutants.of(kind, work()).seeds(with);
      Path without = Files.createDirectories(folder.resolve("blind-" + kind));
      GuidedMutants.of(kind, work()).seeds(without);
      Search guided = search(with, kind, List.of("-runs=" + count));
      System.setProperty(GuidedMutants.BLIND, "true");
      Search blind = search(without, kind, List.of("-runs=" + count));
      System.clearProperty(GuidedMutants.BLIND);
      System.out.println(
          "compare %s: %d tried, seeds %d, blind %d, guided %d"
              .formatted(kind, count, guided.begun(), blind.covered(), guided.covered()));
      assertTrue(guided.covered() > guided.begun(), guided.toString());
      assertTrue(blind.covered() > blind.begun(), blind.toString());
    }
  }

  /** Whether an input was found because it took long, which a busy machine may do to any. */
  private static boolean isOfTime(Path finding, String log) {
    return finding.getFileName().toString().startsWith("timeout")
        || said(log).contains(" ms of processor time");
  }

  /** What Jazzer says that an input did. */
  private static String said(String log) {
    int at = log.indexOf("== Java Exception");
    return at < 0 ? "" : log.substring(at, Math.min(log.length(), at + 2000));
  }

  private Path work() throws IOException {
    return Files.createDirectories(folder.resolve("work"));
  }

  private Search search(Path corpus, String kinds, List<String> budget)
      throws IOException, InterruptedException {
    Jazzer jazzer = run(corpus, GuidedMutants.class, kinds, budget);
    List<String> what = new ArrayList<>();
    for (Path finding : jazzer.findings()) {
      Path smallest =
          Files.createDirectories(Path.of("target", "guided")).resolve(finding.getFileName());
      String found =
          GuidedMutants.of(kinds, work()).describe(Files.readAllBytes(finding), smallest);
      String told = found + "\nin " + smallest + "\n" + said(jazzer.said());
      if (found.endsWith(GuidedMutants.NOT_AGAIN) && isOfTime(finding, jazzer.said())) {
        System.out.println("slow once, and not again: " + told);
      } else {
        what.add(told);
      }
    }
    assertEquals(List.of(), what);
    assertTrue(jazzer.exit() == 0 || !jazzer.findings().isEmpty(), jazzer.said());
    long tried = 0;
    long begun = 0;
    long covered = 0;
    for (Matcher line = COVERED.matcher(jazzer.said()); line.find(); ) {
      tried = Long.parseLong(line.group(1));
      covered = Long.parseLong(line.group(3));
      begun = line.group(2).equals("INITED") ? covered : begun;
    }
    Search search = new Search(tried, begun, covered);
    System.out.println((kinds.isEmpty() ? "all" : kinds) + " " + search);
    return search;
  }

  /** What a process of Jazzer came to: files of findings among it. */
  private record Jazzer(int exit, String said, List<Path> findings) {}

  private Jazzer run(Path corpus, Class<?> entry, String kinds, List<String> budget)
      throws IOException, InterruptedException {
    Path found = Files.createDirectories(folder.resolve("found"));
    Path log = folder.resolve("log");
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+EnableDynamicAgentLoading",
            "-Xmx1g",
            "-Djava.io.tmpdir=" + work(),
            "-D" + GuidedMutants.FOLDER + "=" + work(),
            "-D" + GuidedMutants.ONLY + "=" + kinds,
            "-D" + GuidedMutants.BLIND + "=" + Boolean.getBoolean(GuidedMutants.BLIND),
            "-Dseed=" + SEED,
            "-cp",
            System.getProperty("java.class.path"),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + entry.getName(),
            "--instrumentation_includes=org.sardonyx.**",
            // Loops over elements, what others generated, and a table too long to be changed.
            "--instrumentation_excludes=org.sardonyx.kernels.**:org.sardonyx.onnx.proto.**:"
                + "org.sardonyx.operators.Standard",
            "--reproducer_path=" + found,
            "-artifact_prefix=" + found + "/",
            "-seed=" + SEED,
            "-max_len=1024",
            "-timeout=" + MOST_SECONDS,
            "-rss_limit_mb=0",
            corpus.toString()));
    command.addAll(budget);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      process.waitFor();
    } finally {
      process.destroyForcibly();
      process.waitFor(10, TimeUnit.SECONDS);
    }
    try (Stream<Path> files = Files.list(found)) {
      List<Path> findings =
          files
              .filter(file -> file.getFileName().toString().matches("(crash|timeout|oom)-.*"))
              .sorted()
              .toList();
      return new Jazzer(
          process.exitValue(), Files.readString(log, StandardCharsets.ISO_8859_1), findings);
    }
  }
}
