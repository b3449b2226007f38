package org.sardonyx.conformance.sweep;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.Deviations;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.ProcessEngine;

/**
 * Runs drawn cases through a judge. {@code -Dseed=} and {@code -Dsweep.cases=} say which and how
 * many: {@code mvn verify -Dtest.args="-Dsweep.cases=20000 -Dseed=7"}.
 */
final class Sweep implements AutoCloseable {

  private final Engine reference = ProcessEngine.onnxRuntime(Duration.ofSeconds(30));
  private final Judge judge;

  Sweep(Path folder) {
    judge =
        new Judge(new NativeEngine(), reference, Deviations.onnxRuntime(), Budget.STANDARD, folder);
  }

  static long seed() {
    return Long.getLong("seed", 20261123L);
  }

  static int cases(int otherwise) {
    return Integer.getInteger("sweep.cases", otherwise);
  }

  Judge judge() {
    return judge;
  }

  /**
   * Judges as many cases as are asked for.
   *
   * @param least how large a part of the cases the reference must have given results for
   */
  void run(String name, int count, double least, Function<Random, Case> draw) {
    Random random = new Random(seed());
    List<String> problems = new ArrayList<>();
    int compared = 0;
    for (int i = 0; i < count; i++) {
      Judge.Finding finding = judge.judge(draw.apply(random));
      compared += finding.hasReference() ? 1 : 0;
      if (!finding.problems().isEmpty()) {
        problems.add(finding.toString());
      }
    }
    System.out.printf(
        "%s: seed %d, %d cases, %d with the reference%n", name, seed(), count, compared);
    if (!problems.isEmpty()) {
      throw new AssertionError(
          problems.size()
              + " of "
              + count
              + " cases, seed "
              + seed()
              + "\n"
              + String.join("\n", problems.subList(0, Math.min(20, problems.size()))));
    }
    if (compared < least * count) {
      throw new AssertionError("the reference gave results for " + compared + " cases only");
    }
  }

  @Override
  public void close() {
    reference.close();
  }
}
