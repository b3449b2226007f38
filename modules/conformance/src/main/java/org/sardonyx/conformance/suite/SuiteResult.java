package org.sardonyx.conformance.suite;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.conformance.sweep.RegisterCheck;

/**
 * What became of a suite.
 *
 * @param suite its name
 * @param checks one for each model, data set and output or relation, in the order in which they ran
 * @param register whether the known deviations of the reference still show, each on a small model
 *     of its own; empty where they were not looked at
 * @param took the time of all
 */
public record SuiteResult(
    String suite, List<Check> checks, List<RegisterCheck.Outcome> register, Duration took) {

  /** Makes one without a look at the register. */
  public SuiteResult(String suite, List<Check> checks, Duration took) {
    this(suite, checks, List.of(), took);
  }

  /** What a check came to. */
  public enum Status {
    PASSED,
    /** Off, as the suite expects with a reason. */
    EXPECTED,
    FAILED,
    /** As it should be, where the suite expects something to be off: the suite is out of date. */
    UNEXPECTED_PASS,
    /** There was no answer to judge: a file that is no model, or inputs that do not fit. */
    ERROR;

    /** Whether it lets the suite fail. */
    public boolean fails() {
      return this != PASSED && this != EXPECTED;
    }

    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * One output of one model on one set of inputs.
   *
   * @param model how the suite calls the model
   * @param inputs the name of the data set, or the seed of random inputs
   * @param output the output, or {@code metamorphic} and a relation; empty where it did not come to
   *     outputs
   * @param status what it came to
   * @param verdict who is right; null where nothing was compared
   * @param message one line: the comparison, the reason that the suite gives, or the error
   * @param judged the comparison with its figures; null where there is none
   * @param took the time of the run that all outputs of the inputs share
   */
  public record Check(
      String model,
      String inputs,
      String output,
      Status status,
      @Nullable Verdict verdict,
      String message,
      ThreeWay.@Nullable Output judged,
      Duration took) {}

  public SuiteResult {
    checks = List.copyOf(checks);
    register = List.copyOf(register);
  }

  public long count(Status status) {
    return checks.stream().filter(check -> check.status() == status).count();
  }

  public boolean passes() {
    return checks.stream().noneMatch(check -> check.status().fails());
  }

  /** Returns the counts in one line. */
  public String summary() {
    StringBuilder text = new StringBuilder();
    for (Status status : Status.values()) {
      if (count(status) > 0 || status == Status.PASSED || status == Status.FAILED) {
        text.append(text.isEmpty() ? "" : ", ")
            .append(count(status))
            .append(' ')
            .append(status.word());
      }
    }
    return text.toString();
  }
}
