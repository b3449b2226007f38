package org.sardonyx.conformance.sweep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.Deviation;
import org.sardonyx.conformance.Deviations;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.ThreeWay.Side;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.Value;

/**
 * Judges cases: our engine against the arbiter, and both against a reference where there is one,
 * whose deviations must all be listed.
 */
final class Judge {

  private static final Set<Verdict> EXPECTED =
      Set.of(Verdict.AGREE, Verdict.KNOWN_DEVIATION, Verdict.ILL_CONDITIONED, Verdict.DIVERGENT);

  /** The reference runs the operator itself, not what it would be fused or folded into. */
  private static final Engine.Options OPERATORS = new Engine.Options(1, Engine.Optimization.NONE);

  private final NativeEngine ours;
  private final ArbiterEngine arbiter = new ArbiterEngine();
  private final @Nullable Engine reference;
  private final Deviations register;
  private final Budget budget;
  private final Path file;

  /**
   * Makes a judge.
   *
   * @param ours the engine that is judged
   * @param reference the engine to compare with; null for none
   * @param register its known deviations
   * @param folder where models are written for the reference
   */
  public Judge(
      NativeEngine ours,
      @Nullable Engine reference,
      Deviations register,
      Budget budget,
      Path folder) {
    this.ours = ours;
    this.reference = reference;
    this.register = register;
    this.budget = budget;
    this.file = folder.resolve("case.onnx");
  }

  /**
   * What became of a case.
   *
   * @param report what the engines gave
   * @param matching what the register says can show here
   * @param problems what nobody knew of; empty where all is well
   */
  public record Finding(
      Case what, ThreeWay report, List<Deviation> matching, List<String> problems) {

    /** Whether the reference gave a result. */
    public boolean hasReference() {
      return report.reference() != null && report.reference().failure() == null;
    }

    @Override
    public String toString() {
      return what.label() + "\n    " + String.join("\n    ", problems);
    }
  }

  /** Judges a case. */
  public Finding judge(Case what) {
    return judge(what, true);
  }

  /**
   * Judges a case.
   *
   * @param withArbiter whether there is anything for the arbiter to say: false where results are
   *     exact by definition, so that engines are compared with each other
   */
  public Finding judge(Case what, boolean withArbiter) {
    Side a = run(ours.name(), what, ours::load);
    Side t = withArbiter ? run("arbiter", what, arbiter::load) : null;
    List<Deviation> matching = register.matching(what.model(), what.inputs());
    boolean crashes = matching.stream().anyMatch(d -> d.kind() == Deviation.Kind.CRASHES);
    Side b = crashes ? null : reference(what);
    ThreeWay report =
        ThreeWay.of(a, b, t, budget)
            .explainedBy(matching, () -> run("arbiter", what, arbiter.asOnnxRuntimeReads()::load))
            .conditionedBy(what.model(), what.inputs(), budget, 0);
    return new Finding(what, report, matching, problems(report));
  }

  private static List<String> problems(ThreeWay report) {
    List<String> problems = new ArrayList<>();
    if (report.ours().failure() != null) {
      problems.add("ours: " + report.ours().failure());
    }
    Side truth = report.truth();
    if (truth != null && truth.failure() != null) {
      problems.add("arbiter: " + truth.failure());
    }
    Side reference = report.reference();
    if (reference != null && reference.failure() != null && report.deviations().isEmpty()) {
      problems.add("reference, not listed: " + oneLine(reference.failure()));
    }
    boolean alone = truth == null && (reference == null || reference.failure() != null);
    for (ThreeWay.Output output : report.outputs()) {
      boolean expected =
          EXPECTED.contains(output.verdict())
              || (alone && output.verdict() == Verdict.NOT_COMPARED);
      if (!expected) {
        problems.add(
            output.name()
                + ": "
                + output.verdict().word()
                + (output.between() == null || output.ours() != null
                    ? ""
                    : "; " + output.between().summary())
                + (output.ours() == null ? "" : "; ours: " + output.ours().summary())
                + (output.reference() == null
                    ? ""
                    : "; reference: " + output.reference().summary()));
      }
    }
    return problems;
  }

  /** The message without the log that a process leaves behind. */
  private static String oneLine(ThreeWay.Failure failure) {
    String message = failure.message().lines().findFirst().orElse("");
    return failure.kind() + " " + message;
  }

  /** Makes a model ready to run. */
  interface Loader {
    Engine.Loaded load(Model model) throws EngineFailed;
  }

  /** Runs a case once. */
  static Side run(String name, Case what, Loader loader) {
    try (Engine.Loaded loaded = loader.load(what.model())) {
      Map<String, Value> outputs = loaded.run(what.inputs());
      return new Side(name, null, outputs);
    } catch (EngineFailed e) {
      return new Side(
          name, new ThreeWay.Failure(e.kind(), String.valueOf(e.getMessage())), Map.of());
    }
  }

  private @Nullable Side reference(Case what) {
    if (reference == null) {
      return null;
    }
    Carried carried = Carried.of(what);
    Case toRun = carried.toRun();
    try {
      Files.write(file, Onnx.toBytes(toRun.model()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Side side = ThreeWay.run(file, toRun.inputs(), reference, OPERATORS);
    return new Side(side.engine(), side.failure(), carried.restored(side.outputs()));
  }
}
