package org.sardonyx.conformance.reduce;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.oracle.EngineFailed;

/**
 * What is wrong with an engine on a model: its outputs are off, or it gives none.
 *
 * @param failure how it gives none; null where its outputs are off
 * @param words what it said then, without names and numbers; empty where its outputs are off, or it
 *     said nothing
 */
public record Symptom(EngineFailed.@Nullable Kind failure, String words) {

  private static final int FEW = 60;

  /** Returns what is wrong; null where nothing is. */
  static @Nullable Symptom of(
      ThreeWay.Side engine, ThreeWay.Side truth, Budget budget, Specimen on) {
    ThreeWay.Failure failed = engine.failure();
    if (failed != null) {
      boolean spoke =
          failed.kind() == EngineFailed.Kind.REFUSED || failed.kind() == EngineFailed.Kind.FAILED;
      return new Symptom(failed.kind(), spoke ? words(failed.message()) : "");
    }
    if (truth.failure() != null) {
      return null;
    }
    ThreeWay judged =
        ThreeWay.of(engine, null, truth, budget).conditionedBy(on.model(), on.inputs(), budget, 0);
    return judged.verdict() == Verdict.OURS_WORSE ? new Symptom(null, "") : null;
  }

  static ThreeWay.Side truth(ArbiterEngine arbiter, Specimen on) {
    try (var loaded = arbiter.load(on.model())) {
      return new ThreeWay.Side(arbiter.name(), null, loaded.run(on.inputs()));
    } catch (EngineFailed e) {
      return new ThreeWay.Side(
          arbiter.name(), new ThreeWay.Failure(e.kind(), String.valueOf(e.getMessage())), Map.of());
    }
  }

  private static String words(String message) {
    int status = message.lastIndexOf("Status Message:");
    String told = status < 0 ? message : message.substring(status);
    String bare =
        told.replaceAll("'[^']*'|\"[^\"]*\"|\\{[^}]*\\}|[0-9]+", "")
            .replaceAll("\\s+", " ")
            .strip();
    return bare.substring(0, Math.min(FEW, bare.length()));
  }

  @Override
  public String toString() {
    return failure == null
        ? "outputs are off"
        : failure.name().toLowerCase(Locale.ROOT).replace('_', ' ')
            + (words.isEmpty() ? "" : ": " + words);
  }
}
