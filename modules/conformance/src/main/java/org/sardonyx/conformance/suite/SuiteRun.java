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
import org.sardonyx.conformance.sweep.RegisterCheck;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Value;

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
      return List.of(Checks.error(entry, "", e.getMessage()));
    }
    List<Check> checks = new ArrayList<>();
    Set<Expectation> met = new HashSet<>();
    sets.forEach((name, inputs) -> {
      checks.addAll(run(entry, name, inputs, met));
      checks.addAll(relations(entry, name, inputs, met));
    });
    checks.addAll(Checks.unmet(entry, met));
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
      return List.of(Checks.error(entry, set, e.getMessage()));
    }
    Graph graph = ModelFiles.read(entry.model(), reading()).graph();
    return Checks.of(entry, graph, set, result, since(start), met);
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
          checks.add(
              Checks.judged(entry, set, name, verdict, outcome.why(), null, since(start), met));
        } else if (entry.relations().byName()) {
          checks.add(
              Checks.related(entry, set, name, "does not apply: " + outcome.why(), since(start)));
        }
      } catch (ModelException e) {
        checks.add(Checks.related(entry, set, name, String.valueOf(e.getMessage()), since(start)));
      }
    }
    return checks;
  }

  /** Returns what the check of a relation is called, in place of an output. */
  public static String check(Relation relation) {
    return "metamorphic " + relation.word();
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
