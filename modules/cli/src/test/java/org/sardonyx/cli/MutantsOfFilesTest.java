package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.conformance.mutate.Mutants;
import org.sardonyx.conformance.mutate.Target;
import org.sardonyx.error.LimitExceeded;

/** Readers survive mutants of what they read; the long run is {@code sardonyx mutate}. */
class MutantsOfFilesTest {

  private static final long SEED = Long.getLong("seed", 11);

  /** For all readers together. */
  private static final long SECONDS = Long.getLong("mutate.seconds", 20);

  @TempDir Path folder;

  @Test
  @Timeout(300)
  void everyReaderSurvives() throws IOException {
    System.out.println("seed " + SEED);
    List<Target> targets =
        new Targets(Path.of("../../models"), Path.of("src/test/corpus"), folder).all();
    for (Target target : targets) {
      // Models are compiled and run: that takes long at first.
      int shares = target.name().equals("model") ? 5 : 1;
      long nanos = SECONDS * 1_000_000_000L / (targets.size() + 4) * shares;
      long until = System.nanoTime() + nanos;
      Mutants.Report report = new Mutants(target, SEED, 2000, 256L << 20).run(0, 1 << 20, until);
      assertEquals(List.of(), report.findings(), target.name());
      // Some are refused and some are read: the mutants reach both.
      assertTrue(report.refused() > 0, target.name());
      assertTrue(report.refused() < report.tried(), target.name());
    }
  }

  /** What does not end is found, its thread left behind, and the next mutant tried. */
  @Test
  @Timeout(60)
  void findsWhatDoesNotEnd() {
    AtomicBoolean ends = new AtomicBoolean();
    Target target =
        new Target(
            "endless",
            Target.Form.BYTES,
            List.of(new byte[64]),
            bytes -> {
              while (bytes.length < 32 && !ends.get()) {
                Thread.onSpinWait();
              }
              if (bytes.length > 64) {
                throw new LimitExceeded("x", "y");
              }
            });
    Mutants.Report report =
        new Mutants(target, SEED, 200, 1 << 20).run(0, 20, System.nanoTime() + 50_000_000_000L);
    ends.set(true);
    assertEquals(20, report.tried());
    assertEquals(1, report.findings().size());
    Mutants.Finding finding = report.findings().getFirst();
    assertTrue(finding.bytes().length < 32);
    assertTrue(finding.what().contains("endless\n  at org.sardonyx.cli"), finding.what());
  }

  /** What is no proper error is found, and made smaller. */
  @Test
  void findsWhatIsWrong() {
    Target target =
        new Target(
            "wrong",
            Target.Form.BYTES,
            List.of(new byte[64]),
            bytes -> {
              if (bytes.length > 3 && bytes[0] != 0) {
                throw new IllegalStateException("x");
              }
              if (bytes.length < 3) {
                throw new LimitExceeded("x", "y");
              }
            });
    Mutants.Report report =
        new Mutants(target, SEED, 2000, 1 << 20).run(0, 5000, System.nanoTime() + 20_000_000_000L);
    assertEquals(1, report.findings().size());
    Mutants.Finding finding = report.findings().getFirst();
    assertEquals(4, finding.bytes().length);
    assertTrue(finding.what().contains("IllegalStateException"), finding.what());
  }
}
