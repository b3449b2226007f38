package org.sardonyx.conformance.suite;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.conformance.suite.Suite.Entry;
import org.sardonyx.conformance.suite.Suite.Expectation;
import org.sardonyx.conformance.suite.Suite.Reference;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteResult.Status;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** What the run of a model comes to, held against what its suite expects. */
public final class Checks {

  private Checks() {}

  /** Returns the checks of a comparison of which nothing is expected. */
  public static List<Check> of(String model, String set, ThreeWay result, Duration took) {
    Entry alone =
        new Entry(
            Path.of(""),
            model,
            List.of(),
            null,
            Reference.NONE,
            true,
            Budget.STANDARD,
            took,
            List.of());
    return of(alone, null, set, result, took, new HashSet<>());
  }

  static List<Check> of(
      Entry entry,
      @Nullable Graph graph,
      String set,
      ThreeWay result,
      Duration took,
      Set<Expectation> met) {
    List<Check> checks = new ArrayList<>();
    if (result.outputs().isEmpty()) {
      ThreeWay.Failure failure = result.ours().failure();
      String message = failure == null ? "no outputs" : failure.message();
      checks.add(judged(entry, set, "", Verdict.OURS_FAILED, message, null, took, met));
    }
    for (ThreeWay.Output output : result.outputs()) {
      String lie =
          graph == null
              ? ""
              : lie(graph, output.name(), result.ours().outputs().get(output.name()));
      if (!lie.isEmpty()) {
        checks.add(
            new Check(
                entry.label(),
                set,
                output.name(),
                Status.ERROR,
                output.verdict(),
                lie,
                output,
                took));
        continue;
      }
      checks.add(
          judged(
              entry,
              set,
              output.name(),
              output.verdict(),
              reason(result, output),
              output,
              took,
              met));
    }
    ThreeWay.Side reference = result.reference();
    if (reference != null && reference.failure() != null && result.deviations().isEmpty()) {
      ThreeWay.Failure failure = reference.failure();
      checks.add(
          error(
              entry,
              set,
              reference.engine() + " gave nothing: " + failure.kind() + ", " + failure.message()));
    }
    return checks;
  }

  /** Returns a check for each expectation that did not come on any set of inputs. */
  public static List<Check> unmet(Entry entry, Set<Expectation> met) {
    return entry.expected().stream()
        .filter(expectation -> !expectation.sometimes() && !met.contains(expectation))
        .map(expectation ->
            new Check(
                entry.label(),
                "",
                expectation.output(),
                Status.UNEXPECTED_PASS,
                expectation.verdict(),
                "expected and did not come: " + expectation.reason(),
                null,
                Duration.ZERO))
        .toList();
  }

  /** Says where a model declares an output otherwise than it is; empty where it does not. */
  private static String lie(Graph graph, String name, @Nullable Value value) {
    for (ValueInfo output : graph.outputs()) {
      if (output.name().equals(name)
          && value instanceof Tensor tensor
          && output.type() instanceof Type.OfTensor(var element, Shape shape)) {
        boolean sizes = !shape.hasRank() || shape.rank() == tensor.rank();
        for (int axis = 0; sizes && shape.hasRank() && axis < tensor.rank(); axis++) {
          sizes = !(shape.dim(axis) instanceof Dim.Known(long size)) || size == tensor.dim(axis);
        }
        if (!sizes || element != tensor.dataType()) {
          return "the model declares " + output.type().spec() + shape + ", the output is " + tensor;
        }
      }
    }
    return "";
  }

  private static String reason(ThreeWay result, ThreeWay.Output output) {
    ThreeWay.Failure failure = result.ours().failure();
    return output.verdict() == Verdict.OURS_FAILED && failure != null
        ? failure.message()
        : output.reason();
  }

  static Check judged(
      Entry entry,
      String set,
      String output,
      Verdict verdict,
      String message,
      ThreeWay.@Nullable Output figures,
      Duration took,
      Set<Expectation> met) {
    Status status = verdict.agrees() ? Status.PASSED : Status.FAILED;
    String text = message;
    for (Expectation expectation : entry.expected()) {
      if (expectation.isAbout(output) && expectation.verdict() == verdict) {
        met.add(expectation);
        status = Status.EXPECTED;
        text = expectation.reason() + " (" + message + ")";
        break;
      }
    }
    return new Check(entry.label(), set, output, status, verdict, text, figures, took);
  }

  static Check related(Entry entry, String set, String name, String message, Duration took) {
    return new Check(entry.label(), set, name, Status.ERROR, null, message, null, took);
  }

  static Check error(Entry entry, String set, @Nullable String message) {
    return new Check(
        entry.label(), set, "", Status.ERROR, null, String.valueOf(message), null, Duration.ZERO);
  }
}
