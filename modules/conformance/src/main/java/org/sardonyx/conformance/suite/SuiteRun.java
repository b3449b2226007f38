package org.sardonyx.conformance.suite;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.conformance.Deviations;
import org.sardonyx.conformance.GoldenEngine;
import org.sardonyx.conformance.RandomInputs;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.conformance.suite.Suite.Entry;
import org.sardonyx.conformance.suite.Suite.Expectation;
import org.sardonyx.conformance.suite.Suite.Reference;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteResult.Status;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.tensor.Value;

/** Runs suites. What a model does to an engine is a result; the suite goes on. */
public final class SuiteRun implements AutoCloseable {

  private final Engine ours;
  private final Function<Duration, Engine> onnxRuntime;
  private final Deviations register;
  private final Map<Duration, Engine> started = new LinkedHashMap<>();

  /**
   * @param ours our engine, which the caller closes
   * @param onnxRuntime starts ONNX Runtime with a deadline for each call
   * @param register what is known of it
   */
  public SuiteRun(Engine ours, Function<Duration, Engine> onnxRuntime, Deviations register) {
    this.ours = ours;
    this.onnxRuntime = onnxRuntime;
    this.register = register;
  }

  /** Returns what runs suites against ONNX Runtime in a process of its own. */
  public static SuiteRun of(Engine ours) {
    return new SuiteRun(ours, ProcessEngine::onnxRuntime, Deviations.onnxRuntime());
  }

  /**
   * Runs a suite.
   *
   * @param progress is told each check
   */
  public SuiteResult run(Suite suite, Consumer<Check> progress) {
    long start = System.nanoTime();
    List<Check> checks = new ArrayList<>();
    for (Entry entry : suite.models()) {
      for (Check check : run(entry)) {
        checks.add(check);
        progress.accept(check);
      }
    }
    return new SuiteResult(suite.name(), checks, since(start));
  }

  private List<Check> run(Entry entry) {
    Map<String, Map<String, Value>> sets;
    try {
      sets = inputs(entry);
    } catch (ModelException e) {
      return List.of(error(entry, "", e.getMessage()));
    }
    if (sets.isEmpty()) {
      return List.of(
          error(entry, "", "there are neither data sets beside the model nor \"inputs\" to draw"));
    }
    List<Check> checks = new ArrayList<>();
    Set<Expectation> met = new HashSet<>();
    sets.forEach((name, inputs) -> checks.addAll(run(entry, name, inputs, met)));
    for (Expectation expectation : entry.expected()) {
      if (!expectation.sometimes() && !met.contains(expectation)) {
        checks.add(
            new Check(
                entry.label(),
                "",
                expectation.output(),
                Status.UNEXPECTED_PASS,
                expectation.verdict(),
                "expected and did not come: " + expectation.reason(),
                null,
                Duration.ZERO));
      }
    }
    return checks;
  }

  private List<Check> run(
      Entry entry, String set, Map<String, Value> inputs, Set<Expectation> met) {
    long start = System.nanoTime();
    ThreeWay result;
    try (ArbiterEngine arbiter = new ArbiterEngine()) {
      result =
          ThreeWay.of(
              entry.model(),
              inputs,
              ours,
              reference(entry),
              entry.arbiter() ? arbiter : null,
              new Engine.Options(1, Engine.Optimization.ALL),
              entry.budget(),
              entry.reference() == Reference.ONNXRUNTIME ? register : Deviations.none());
    } catch (ModelException e) {
      return List.of(error(entry, set, e.getMessage()));
    }
    Duration took = since(start);
    List<Check> checks = new ArrayList<>();
    if (result.outputs().isEmpty()) {
      ThreeWay.Failure failure = result.ours().failure();
      String message = failure == null ? "no outputs" : failure.message();
      checks.add(judged(entry, set, "", Verdict.OURS_FAILED, message, null, took, met));
    }
    for (ThreeWay.Output output : result.outputs()) {
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

  private static String reason(ThreeWay result, ThreeWay.Output output) {
    ThreeWay.Failure failure = result.ours().failure();
    return output.verdict() == Verdict.OURS_FAILED && failure != null
        ? failure.message()
        : output.reason();
  }

  private static Check judged(
      Entry entry,
      String set,
      String output,
      Verdict verdict,
      String message,
      ThreeWay.@Nullable Output figures,
      Duration took,
      Set<Expectation> met) {
    Status status = verdict.compareTo(Verdict.ILL_CONDITIONED) <= 0 ? Status.PASSED : Status.FAILED;
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

  private static Check error(Entry entry, String set, @Nullable String message) {
    return new Check(
        entry.label(), set, "", Status.ERROR, null, String.valueOf(message), null, Duration.ZERO);
  }

  private static Map<String, Map<String, Value>> inputs(Entry entry) {
    Model model = Onnx.read(entry.model());
    Map<String, Map<String, Value>> sets = new LinkedHashMap<>();
    List<Path> folders = new ArrayList<>();
    for (Path data : entry.data()) {
      List<Path> inside = new CaseFolder(data).dataSets();
      folders.addAll(inside.isEmpty() ? List.of(data) : inside);
    }
    Path beside = entry.model().toAbsolutePath().getParent();
    if (entry.data().isEmpty() && beside != null) {
      folders.addAll(new CaseFolder(beside).dataSets());
    }
    for (Path folder : folders) {
      sets.put(String.valueOf(folder.getFileName()), CaseFolder.inputs(folder, model.graph()));
    }
    Suite.Generated generated = entry.generated();
    if (generated != null) {
      for (int i = 0; i < generated.count(); i++) {
        long seed = generated.seed() + i;
        sets.put(
            "seed " + seed, RandomInputs.of(model, generated.dims(), generated.ranges(), seed));
      }
    }
    return sets;
  }

  private @Nullable Engine reference(Entry entry) {
    return switch (entry.reference()) {
      case NONE -> null;
      case GOLDEN -> new GoldenEngine();
      case ONNXRUNTIME -> started.computeIfAbsent(entry.timeout(), onnxRuntime);
    };
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Ends the processes of ONNX Runtime. */
  @Override
  public void close() {
    started.values().forEach(Engine::close);
    started.clear();
  }
}
