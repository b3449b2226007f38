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

  /** For all readers together, beside {@link #LEAST} mutants of each, however slow they are. */
  private static final long SECONDS = Long.getLong("mutate.seconds", 20);

  private static final int LEAST = 200;

  @TempDir Path folder;

  @Test
  @Timeout(24 * 3600)
  void everyReaderSurvives() throws IOException {
    System.out.println("seed " + SEED);
    List<Target> targets =
        new Targets(Path.of("../../models"), Path.of("src/test/corpus"), folder).all();
    for (Target target : targets) {
      // Models are compiled and run: that takes long at first.
      int shares = target.name().equals("model") ? 5 : 1;
      long nanos = SECONDS * 1_000_000_000L / (targets.size() + 4) * shares;
      Mutants mutants = new Mutants(target, SEED, 2000, 256L << 20);
      long until = System.nanoTime() + nanos;
      Mutants.Report least = mutants.run(0, LEAST, Long.MAX_VALUE);
      assertEquals(List.of(), least.findings(), target.name());
      // Some are refused and some are read: the mutants reach both.
      assertEquals(LEAST, least.tried(), target.name());
      assertTrue(least.refused() > 0, target.name());
      assertTrue(least.refused() < LEAST, target.name());
      Mutants.Report more = mutants.run(LEAST, 1 << 20, until);
      assertEquals(List.of(), more.findings(), target.name());
    }
  }

  /** What does not end is found, its thread left behind, and the next mutant tried. */
  @Test
  @Timeout(600)
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
        new Mutants(target, SEED, 200, 1 << 20).run(0, 20, System.nanoTime() + 500_000_000_000L);
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
        new Mutants(target, SEED, 2000, 1 << 20).run(0, 5000, System.nanoTime() + 500_000_000_000L);
    assertEquals(1, report.findings().size());
    Mutants.Finding finding = report.findings().getFirst();
    assertEquals(4, finding.bytes().length);
    assertTrue(finding.what().contains("IllegalStateException"), finding.what());
  }
}
