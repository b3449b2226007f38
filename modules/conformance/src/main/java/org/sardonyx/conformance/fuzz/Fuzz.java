package org.sardonyx.conformance.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.Deviations;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.conformance.bisect.Suspect;
import org.sardonyx.conformance.reduce.Reduce;
import org.sardonyx.conformance.reduce.Repro;
import org.sardonyx.conformance.reduce.Specimen;
import org.sardonyx.conformance.reduce.Symptom;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.passes.Check;
import org.sardonyx.passes.walk.Graphs;

/**
 * Runs random models in two engines and the arbiter, and makes what nobody can explain small. Model
 * number i of seed s is that of seed s + i: one alone is drawn again by its own seed.
 */
public final class Fuzz {

  private final Engine ours;
  private final @Nullable Engine reference;
  private final Engine.Options options;
  private final ArbiterEngine arbiter = new ArbiterEngine().within(Duration.ofSeconds(60));
  private final Deviations register = Deviations.onnxRuntime();
  private LongFunction<Specimen> models = RandomModel::of;
  private Duration time = Duration.ofDays(1);
  private Duration shrinking = Duration.ofSeconds(60);
  private @Nullable Path bundles;
  private Consumer<String> progress = _ -> {};

  /**
   * @param ours the engine that is judged, which the caller closes
   * @param reference the engine to compare with, which the caller closes; null for none
   * @param options how both run
   */
  public Fuzz(Engine ours, @Nullable Engine reference, Engine.Options options) {
    this.ours = ours;
    this.reference = reference;
    this.options = options;
  }

  /** Sets how a model is drawn from its seed: {@link RandomModel#of}, where nothing is set. */
  public Fuzz drawing(LongFunction<Specimen> newModels) {
    models = newModels;
    return this;
  }

  /** Sets after which time no further model is drawn. */
  public Fuzz withTime(Duration most) {
    time = most;
    return this;
  }

  /** Sets for how long a finding is made smaller. */
  public Fuzz shrinkingFor(Duration most) {
    shrinking = most;
    return this;
  }

  /** Sets where bundles that show findings go. */
  public Fuzz into(Path folder) {
    bundles = folder;
    return this;
  }

  /** Sets who is told what goes on. */
  public Fuzz telling(Consumer<String> listener) {
    progress = listener;
    return this;
  }

  /**
   * A model on which something is wrong that nobody knew of.
   *
   * @param seed draws the model again
   * @param engine which engine is wrong
   * @param problem what is wrong, in one line
   * @param verdict who is right
   * @param small the model made small; the model as it was drawn where it cannot be made smaller
   * @param bundle where it was written; null where no folder was given
   */
  public record Finding(
      long seed,
      String engine,
      String problem,
      Verdict verdict,
      Reduce.Result small,
      @Nullable Path bundle) {}

  /**
   * What became of the models.
   *
   * @param seed the seed of the first
   * @param models how many were run
   * @param verdicts how many had each verdict, by their worst output
   * @param compared how many of them the reference gave results for
   * @param operators how many nodes there were of each operator, those in bodies included
   * @param findings what nobody can explain
   */
  public record Summary(
      long seed,
      int models,
      Map<Verdict, Integer> verdicts,
      int compared,
      Map<String, Integer> operators,
      List<Finding> findings) {

    public Summary {
      verdicts = Map.copyOf(verdicts);
      operators = Map.copyOf(operators);
      findings = List.copyOf(findings);
    }
  }

  /**
   * Runs this many models, or as many as the time allows.
   *
   * @throws EngineFailed where the reference is missing
   */
  public Summary run(long seed, int count) throws EngineFailed {
    long end = System.nanoTime() + time.toNanos();
    Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    Map<String, Integer> operators = new TreeMap<>();
    List<Finding> findings = new ArrayList<>();
    int compared = 0;
    int ran = 0;
    Path file = temporary();
    try {
      while (ran < count && System.nanoTime() < end) {
        long one = seed + ran;
        Specimen specimen = models.apply(one);
        count(specimen.model().graph(), operators);
        ran++;
        ThreeWay report = judge(specimen, file);
        ThreeWay.Side other = report.reference();
        if (other != null && other.failure() == null) {
          compared++;
        } else if (other != null && lost(other)) {
          throw new EngineFailed(
              EngineFailed.Kind.MISSING, other.engine() + ": " + other.failure());
        }
        verdicts.merge(report.verdict(), 1, Integer::sum);
        String problem = problem(specimen, report);
        if (problem != null) {
          findings.add(finding(one, specimen, report, problem));
        }
        if (ran % 50 == 0) {
          progress.accept(ran + " models, " + findings.size() + " findings");
        }
      }
    } finally {
      delete(file);
    }
    return new Summary(seed, ran, verdicts, compared, operators, findings);
  }

  private static boolean lost(ThreeWay.Side side) {
    return side.failure() != null && side.failure().kind() == EngineFailed.Kind.MISSING;
  }

  private ThreeWay judge(Specimen specimen, Path file) {
    Onnx.write(specimen.model(), file);
    return ThreeWay.of(
        file, specimen.inputs(), ours, reference, arbiter, options, Budget.STANDARD, register);
  }

  /** Returns what is wrong that nobody knew of; null where nothing is. */
  private @Nullable String problem(Specimen specimen, ThreeWay report) {
    try {
      Check.of(Operators.standard()).requireValid(specimen.model());
    } catch (ModelException e) {
      return "the generator: " + oneLine(e.getMessage());
    }
    for (ThreeWay.Side side : List.of(report.ours(), truth(report))) {
      if (side.failure() != null) {
        return side.engine() + ": " + oneLine(side.failure().message());
      }
    }
    ThreeWay.Side other = report.reference();
    if (other != null
        && other.failure() != null
        && report.deviations().isEmpty()
        && !hasNoKernel(other.failure())) {
      return other.engine() + ": " + oneLine(other.failure().message());
    }
    for (ThreeWay.Output output : report.outputs()) {
      if (!output.verdict().agrees()) {
        return output.name() + ": " + output.verdict().word() + "; " + output.reason();
      }
    }
    return null;
  }

  /** Whether an engine says itself that it has an operator not at all, or not for a type. */
  private static boolean hasNoKernel(ThreeWay.Failure failure) {
    return failure.kind() == EngineFailed.Kind.REFUSED
        && failure.message().contains("Could not find an implementation");
  }

  private static ThreeWay.Side truth(ThreeWay report) {
    if (report.truth() == null) {
      throw new IllegalStateException("the arbiter was not asked");
    }
    return report.truth();
  }

  private static String oneLine(@Nullable String message) {
    String line = String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", "; ");
    return line.substring(0, Math.min(line.length(), 400));
  }

  private Finding finding(long seed, Specimen specimen, ThreeWay report, String problem) {
    progress.accept("seed " + seed + ": " + problem);
    boolean theirs =
        report.verdict().passes() && report.ours().failure() == null && reference != null;
    Engine wrong = theirs && reference != null ? reference : ours;
    Reduce.Result small;
    try {
      small =
          new Reduce(new Suspect(wrong, options, arbiter))
              .withTime(shrinking)
              .of(specimen.model(), specimen.inputs());
    } catch (InvalidInput | EngineFailed e) {
      small = new Reduce.Result(specimen, new Symptom(null, oneLine(e.getMessage())), 0);
    }
    Path folder = null;
    if (bundles != null) {
      folder = bundles.resolve(String.format(Locale.ROOT, "seed-%d", seed));
      Repro.write(
          folder,
          small,
          wrong.name(),
          List.of(wrong.name(), "seed " + seed, System.getProperty("os.arch")));
      Onnx.write(specimen.model(), folder.resolve("drawn.onnx"));
    }
    return new Finding(seed, wrong.name(), problem, report.verdict(), small, folder);
  }

  private static void count(Graph graph, Map<String, Integer> operators) {
    for (Node node : graph.nodes()) {
      operators.merge(node.opType(), 1, Integer::sum);
      Graphs.bodies(node).forEach(body -> count(body, operators));
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempFile("sardonyx-fuzz", ".onnx");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
