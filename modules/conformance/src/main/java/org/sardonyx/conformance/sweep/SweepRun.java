package org.sardonyx.conformance.sweep;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.Deviation;
import org.sardonyx.conformance.Deviations;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Judges drawn cases on several threads, each with a reference of its own. */
final class SweepRun {

  /**
   * What became of a case.
   *
   * @param drawn the case
   * @param reference what the reference does: agrees, the numbers of its deviations, or why it
   *     gives nothing
   * @param problems what nobody knew of; empty where all is well
   */
  record Outcome(OperatorSweep.Drawn drawn, String reference, List<String> problems) {}

  static final String AGREES = "agrees";
  static final String NOT_IMPLEMENTED = "not implemented";
  static final String NO_VERSION = "no such version";
  static final String NOT_CARRIED = "not carried";

  private final Path folder;
  private final int threads;
  private final Findings findings;

  SweepRun(Path folder, int threads, Findings findings) {
    this.findings = findings;
    this.folder = folder;
    this.threads = threads;
  }

  /** Returns the outcomes in the order of the cases. */
  List<Outcome> run(List<OperatorSweep.Drawn> cases) throws InterruptedException {
    Map<Integer, Outcome> outcomes = new ConcurrentSkipListMap<>();
    AtomicInteger next = new AtomicInteger();
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> workers = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      Path own = folder.resolve("worker" + t);
      workers.add(
          Thread.ofPlatform()
              .name("sweep-" + t)
              .uncaughtExceptionHandler((thread, e) -> failures.add(e))
              .start(() -> {
                try (Engine reference = ProcessEngine.onnxRuntime(Duration.ofSeconds(30))) {
                  own.toFile().mkdirs();
                  Judge judge = judge(reference, own);
                  for (int i = next.getAndIncrement();
                      i < cases.size() && failures.isEmpty();
                      i = next.getAndIncrement()) {
                    outcomes.put(i, judge(judge, cases.get(i)));
                  }
                }
              }));
    }
    for (Thread worker : workers) {
      worker.join();
    }
    if (!failures.isEmpty()) {
      throw new IllegalStateException(failures.getFirst());
    }
    return List.copyOf(outcomes.values());
  }

  static Judge judge(Engine reference, Path own) {
    return new Judge(new NativeEngine(), reference, Deviations.onnxRuntime(), Budget.STANDARD, own);
  }

  Outcome judge(Judge judge, OperatorSweep.Drawn drawn) {
    Judge.Finding finding = judge.judge(drawn.what(), hasTruth(drawn));
    List<String> problems = new ArrayList<>(finding.problems());
    String reference = reference(finding);
    problems.removeIf(problem ->
        problem.startsWith("reference, not listed")
            && (reference.equals(NOT_IMPLEMENTED) || reference.equals(NOT_CARRIED)));
    if (drawn.undetermined()) {
      problems.clear();
      problems.addAll(differentTypes(finding.report()));
    }
    Set<String> known = findings.explain(drawn.what().label(), problems);
    if (!known.isEmpty()) {
      return new Outcome(drawn, String.join("+", known), problems);
    }
    return new Outcome(
        drawn, drawn.undetermined() && reference.startsWith("?") ? AGREES : reference, problems);
  }

  /** Whether there is something that the arbiter computes more exactly. */
  private static boolean hasTruth(OperatorSweep.Drawn drawn) {
    if (drawn.undetermined()
        || drawn.item().def().accuracy() == org.sardonyx.operators.Accuracy.EXACT) {
      return false;
    }
    for (Value value : drawn.what().inputs().values()) {
      if (value instanceof Tensor tensor && isCommonFloat(tensor.dataType())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isCommonFloat(DataType type) {
    return switch (type) {
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> true;
      default -> false;
    };
  }

  /** What the reference does, in the words of the coverage table. */
  private static String reference(Judge.Finding finding) {
    ThreeWay report = finding.report();
    ThreeWay.Side side = report.reference();
    TreeSet<String> known = new TreeSet<>();
    if (side == null) {
      finding.matching().stream()
          .filter(d -> d.kind() == Deviation.Kind.CRASHES)
          .forEach(d -> known.add(d.id()));
      return String.join("+", known);
    }
    if (side.failure() != null) {
      report.deviations().forEach(d -> known.add(d.id()));
      String message = side.failure().message();
      return known.contains("D29")
          ? NO_VERSION
          : !known.isEmpty()
              ? String.join("+", known)
              : isMissing(message) ? NOT_IMPLEMENTED : isNotCarried(message) ? NOT_CARRIED : "?";
    }
    for (ThreeWay.Output output : report.outputs()) {
      if (output.verdict() == Verdict.KNOWN_DEVIATION) {
        known.addAll(
            report.deviations().stream()
                .filter(d -> d.kind() != Deviation.Kind.ACCURACY)
                .map(Deviation::id)
                .collect(Collectors.toSet()));
      }
    }
    boolean off =
        report.outputs().stream()
            .anyMatch(output ->
                switch (output.verdict()) {
                  case AGREE, TIED, KNOWN_DEVIATION, ILL_CONDITIONED, DIVERGENT -> false;
                  default -> true;
                });
    return !known.isEmpty() ? String.join("+", known) : off ? "?" : AGREES;
  }

  /** ONNX Runtime has kernels for some versions and types only. */
  private static boolean isMissing(String message) {
    return message.contains("NOT_IMPLEMENTED")
        || message.contains("Could not find an implementation")
        || message.contains("data type is not supported")
        // It casts float16 to float with a node that versions before 6 do not know.
        || message.contains("InsertedPrecisionFreeCast")
        || message.contains("is not a registered function/op")
        || message.contains("is not currently registered or supported");
  }

  private static boolean isNotCarried(String message) {
    return message.contains("its Java API") || message.contains("Unsupported type in a sequence");
  }

  /** Where elements are random, types and shapes must still be the same. */
  private static List<String> differentTypes(ThreeWay report) {
    List<String> problems = new ArrayList<>();
    if (report.ours().failure() != null) {
      problems.add("ours: " + report.ours().failure());
    }
    if (report.reference() == null || report.reference().failure() != null) {
      return problems;
    }
    report
        .ours()
        .outputs()
        .forEach((name, value) -> {
          Value other = report.reference().outputs().get(name);
          boolean same =
              value instanceof Tensor a
                  && other instanceof Tensor b
                  && a.dataType() == b.dataType()
                  && a.sameShape(b);
          if (!same) {
            problems.add(name + ": ours " + value + ", reference " + other);
          }
        });
    return problems;
  }
}
