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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.conformance.Deviations;
import org.sardonyx.conformance.GoldenEngine;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.RandomInputs;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.conformance.metamorphic.Metamorphic;
import org.sardonyx.conformance.metamorphic.Relation;
import org.sardonyx.conformance.suite.Suite.Entry;
import org.sardonyx.conformance.suite.Suite.Expectation;
import org.sardonyx.conformance.suite.Suite.Reference;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteResult.Status;
import org.sardonyx.conformance.sweep.RegisterCheck;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Runs suites. What a model does to an engine is a result; the suite goes on. */
public final class SuiteRun implements AutoCloseable {

  private final Engine ours;
  private final Function<Duration, Engine> onnxRuntime;
  private final Deviations register;
  private final Map<Duration, Engine> started = new LinkedHashMap<>();
  private final ModelFiles files = new ModelFiles();

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

  /** What may be done to read models: what our engine may. */
  private ReadOptions reading() {
    return ours instanceof NativeEngine mine ? mine.reading() : ReadOptions.DEFAULT;
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
    return new SuiteResult(suite.name(), checks, register(), since(start));
  }

  /** Looks at the register where ONNX Runtime was asked; deaths of its process are left out. */
  private List<RegisterCheck.Outcome> register() {
    return started.isEmpty()
        ? List.of()
        : RegisterCheck.of(register, started.values().iterator().next(), false);
  }

  private List<Check> run(Entry entry) {
    Map<String, Supplier<Map<String, Value>>> sets;
    try {
      sets = inputs(entry, reading());
    } catch (ModelException e) {
      return List.of(error(entry, "", e.getMessage()));
    }
    List<Check> checks = new ArrayList<>();
    Set<Expectation> met = new HashSet<>();
    sets.forEach((name, inputs) -> {
      checks.addAll(run(entry, name, inputs, met));
      checks.addAll(relations(entry, name, inputs, met));
    });
    checks.addAll(unmet(entry, met));
    return checks;
  }

  /**
   * Returns what a model of a suite is run on, by name: its data sets, then random inputs. Each is
   * read or drawn when it is asked for.
   *
   * @throws ModelException where the model cannot be read
   * @throws InvalidInput where there is nothing
   */
  public static Map<String, Supplier<Map<String, Value>>> inputs(Entry entry) {
    return inputs(entry, ReadOptions.DEFAULT);
  }

  /**
   * Returns what a model of a suite is run on, by name, as {@link #inputs(Entry)}.
   *
   * @param reading what may be done to read the model
   */
  public static Map<String, Supplier<Map<String, Value>>> inputs(Entry entry, ReadOptions reading) {
    Model model = ModelFiles.read(entry.model(), reading);
    Map<String, Supplier<Map<String, Value>>> sets = new LinkedHashMap<>();
    List<Path> folders = new ArrayList<>();
    for (Path data : entry.data()) {
      List<Path> inside = new CaseFolder(data).dataSets();
      folders.addAll(inside.isEmpty() ? List.of(data) : inside);
    }
    Path golden = entry.golden();
    Path beside = golden == null ? entry.model().toAbsolutePath().getParent() : golden;
    if (entry.data().isEmpty() && beside != null) {
      folders.addAll(new CaseFolder(beside).dataSets());
    }
    for (Path folder : folders) {
      sets.put(
          String.valueOf(folder.getFileName()), () -> CaseFolder.inputs(folder, model.graph()));
    }
    Suite.Generated generated = entry.generated();
    if (generated != null) {
      for (int i = 0; i < generated.count(); i++) {
        long seed = generated.seed() + i;
        sets.put(
            "seed " + seed,
            () -> RandomInputs.of(model, generated.dims(), generated.ranges(), seed));
      }
    }
    if (sets.isEmpty()) {
      throw new InvalidInput("there are neither data sets beside the model nor \"inputs\" to draw");
    }
    return sets;
  }

  /**
   * Runs a model of a suite on one set of inputs.
   *
   * @param met the expectations that came are added
   * @return a check for each output, or one without an output that says why there is none
   */
  public List<Check> run(
      Entry entry, String set, Supplier<Map<String, Value>> inputs, Set<Expectation> met) {
    long start = System.nanoTime();
    ThreeWay result;
    try (ArbiterEngine arbiter = new ArbiterEngine().withLimits(reading().limits())) {
      result =
          ThreeWay.of(
              files.binary(entry.model(), reading()),
              inputs.get(),
              ours instanceof NativeEngine mine ? mine.within(entry.timeout()) : ours,
              reference(entry),
              entry.arbiter() ? arbiter.within(entry.timeout()) : null,
              Engine.Options.DEFAULT.withReading(reading()),
              entry.budget(),
              entry.reference() == Reference.ONNXRUNTIME ? register : Deviations.none());
    } catch (ModelException e) {
      return List.of(error(entry, set, e.getMessage()));
    }
    Graph graph = ModelFiles.read(entry.model(), reading()).graph();
    return checks(entry, graph, set, result, since(start), met);
  }

  /**
   * Looks at the relations that a suite asks for, on one set of inputs.
   *
   * @param met the expectations that came are added
   * @return a check for each that applies, and an error for one that the suite names and that does
   *     not apply
   */
  public List<Check> relations(
      Entry entry, String set, Supplier<Map<String, Value>> inputs, Set<Expectation> met) {
    List<Check> checks = new ArrayList<>();
    SessionOptions options =
        ours instanceof NativeEngine mine
            ? mine.within(entry.timeout()).options()
            : SessionOptions.standard();
    for (Relation relation : entry.relations().asked()) {
      long start = System.nanoTime();
      String name = check(relation);
      try {
        Metamorphic.Outcome outcome =
            Metamorphic.check(
                    ModelFiles.read(entry.model(), reading()),
                    inputs.get(),
                    options,
                    entry.budget(),
                    Set.of(relation))
                .getFirst();
        Verdict verdict =
            switch (outcome.status()) {
              case HOLDS -> Verdict.AGREE;
              case ILL_CONDITIONED -> Verdict.ILL_CONDITIONED;
              case BROKEN -> Verdict.DISAGREE;
              case NOT_APPLICABLE -> Verdict.NOT_COMPARED;
            };
        if (verdict != Verdict.NOT_COMPARED) {
          checks.add(judged(entry, set, name, verdict, outcome.why(), null, since(start), met));
        } else if (entry.relations().byName()) {
          checks.add(related(entry, set, name, "does not apply: " + outcome.why(), since(start)));
        }
      } catch (ModelException e) {
        checks.add(related(entry, set, name, String.valueOf(e.getMessage()), since(start)));
      }
    }
    return checks;
  }

  /** Returns what the check of a relation is called, in place of an output. */
  public static String check(Relation relation) {
    return "metamorphic " + relation.word();
  }

  private static Check related(
      Entry entry, String set, String name, String message, Duration took) {
    return new Check(entry.label(), set, name, Status.ERROR, null, message, null, took);
  }

  /** Returns the checks of a comparison of which nothing is expected. */
  public static List<Check> checks(String model, String set, ThreeWay result, Duration took) {
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
    return checks(alone, null, set, result, took, new HashSet<>());
  }

  private static List<Check> checks(
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

  private static Check judged(
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

  private static Check error(Entry entry, String set, @Nullable String message) {
    return new Check(
        entry.label(), set, "", Status.ERROR, null, String.valueOf(message), null, Duration.ZERO);
  }

  private @Nullable Engine reference(Entry entry) {
    return switch (entry.reference()) {
      case NONE -> null;
      case GOLDEN -> new GoldenEngine(entry.golden());
      case ONNXRUNTIME -> started.computeIfAbsent(entry.timeout(), onnxRuntime);
    };
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Ends the processes of ONNX Runtime, and deletes what was written for them. */
  @Override
  public void close() {
    files.close();
    started.values().forEach(Engine::close);
    started.clear();
  }
}
