package org.sardonyx.conformance.sweep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.Deviation;
import org.sardonyx.conformance.Deviations;
import org.sardonyx.conformance.Machine;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;

/** Looks whether the entries of the register still show, each on a small model of its own. */
public final class RegisterCheck {

  /** Whether an entry shows. */
  public enum State {
    SHOWS,
    /** It does not: it is fixed, or the register is wrong about it. */
    GONE,
    /** It is not expected to, on this machine or in this release. */
    ELSEWHERE,
    /** The engine is missing. */
    UNKNOWN;

    /** Returns the word used in reports. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What became of an entry.
   *
   * @param deviation the entry
   * @param operator the operator of the model
   * @param state whether it shows
   * @param message why not; empty where it does
   */
  public record Outcome(Deviation deviation, String operator, State state, String message) {}

  private RegisterCheck() {}

  /** Looks at every entry that an engine without deaths can show, and at those, too, if asked. */
  public static List<Outcome> of(Deviations register, Engine reference, boolean withCrashes) {
    try {
      Path file = Files.createTempFile("deviation", ".onnx");
      try {
        List<Outcome> outcomes = new ArrayList<>();
        for (Deviation deviation : register.all()) {
          if (withCrashes || deviation.kind() != Deviation.Kind.CRASHES) {
            for (String operator : deviation.operators()) {
              outcomes.add(of(deviation, operator, reference, file));
            }
          }
        }
        return outcomes;
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Looks at one entry. */
  static Outcome of(Deviation deviation, String operator, Engine reference, Path file) {
    if (!Machine.mayBe(deviation.machine())) {
      return new Outcome(deviation, operator, State.ELSEWHERE, "not on this machine");
    }
    Case small = DeviationExamples.of(deviation.id(), operator);
    Onnx.write(small.model(), file);
    ThreeWay.Side other = run(file, small, reference);
    if (!deviation.isOf(reference.name())) {
      return new Outcome(deviation, operator, State.ELSEWHERE, "not in " + reference.name());
    }
    ThreeWay.Failure failure = other.failure();
    if (failure != null && failure.kind() == EngineFailed.Kind.MISSING) {
      return new Outcome(deviation, operator, State.UNKNOWN, failure.message());
    }
    ThreeWay plain =
        ThreeWay.of(
            run(file, small, new NativeEngine()),
            other,
            run(file, small, new ArbiterEngine()),
            Budget.STANDARD);
    String problem = problem(deviation, small, plain, file);
    return new Outcome(deviation, operator, problem.isEmpty() ? State.SHOWS : State.GONE, problem);
  }

  /** Says why an entry does not show; empty where it does. */
  private static String problem(Deviation deviation, Case small, ThreeWay plain, Path file) {
    if (!Deviations.onnxRuntime().matching(small.model(), small.inputs()).contains(deviation)) {
      return "the condition does not hold of its own example";
    }
    ThreeWay.Side reference = plain.reference();
    ThreeWay.Failure failure = reference == null ? null : reference.failure();
    if (deviation.kind() == Deviation.Kind.LAXER) {
      return failure != null
          ? "it does not run"
          : plain.ours().failure() == null ? "we take it, too" : "";
    }
    if (plain.ours().failure() != null) {
      return "ours: " + plain.ours().failure().message();
    }
    boolean crashed = failure != null && failure.kind() == EngineFailed.Kind.CRASHED;
    switch (deviation.kind()) {
      case REFUSES -> {
        return failure == null ? "it runs now" : crashed ? "it crashes: " + failure.message() : "";
      }
      case CRASHES -> {
        return failure == null ? "it runs now" : crashed ? "" : failure.message();
      }
      default -> {
        if (failure != null) {
          return "it does not run: " + failure.message();
        }
      }
    }
    if (deviation.kind() == Deviation.Kind.ACCURACY) {
      return accuracy(deviation, plain);
    }
    if (plain.outputs().stream().noneMatch(o -> o.verdict() == Verdict.REFERENCE_WORSE)) {
      return "it does not show: " + plain.verdict().word();
    }
    ThreeWay explained =
        plain.explainedBy(
            List.of(deviation), () -> run(file, small, new ArbiterEngine().asOnnxRuntimeReads()));
    return explained.verdict() == Verdict.KNOWN_DEVIATION
        ? ""
        : "it does not explain what shows: " + explained.verdict().word();
  }

  private static String accuracy(Deviation deviation, ThreeWay plain) {
    double worst = 0;
    double ours = 0;
    for (ThreeWay.Output output : plain.outputs()) {
      if (output.reference() != null && output.ours() != null) {
        worst = Math.max(worst, output.reference().maxAbs());
        ours = Math.max(ours, output.ours().maxAbs());
      }
    }
    if (!(worst > 2 * ours)) {
      return "it is as exact as we are: " + worst + " and " + ours;
    }
    return worst < deviation.limit() ? "" : "it is off by " + worst;
  }

  private static ThreeWay.Side run(Path file, Case one, Engine engine) {
    return ThreeWay.run(file, one.inputs(), engine, Engine.Options.DEFAULT);
  }
}
