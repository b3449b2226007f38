package org.sardonyx.conformance;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.detail.Details;
import org.sardonyx.conformance.detail.ErrorDetail;
import org.sardonyx.conformance.detail.TimeAxis;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * What became of a model on the same inputs in up to three engines: ours, a reference and the
 * arbiter, whose result is taken for the truth.
 *
 * @param ours our side
 * @param reference the other side; null where there is none
 * @param truth the arbiter; null where there is none
 * @param outputs every output that one of the engines gave, in the order of the graph
 * @param deviations what the register of deviations says about the reference here
 */
public record ThreeWay(
    Side ours,
    @Nullable Side reference,
    @Nullable Side truth,
    List<Output> outputs,
    List<Deviation> deviations) {

  /**
   * An engine's part.
   *
   * @param engine its name
   * @param failure why it gave nothing; null where it did
   * @param outputs what it gave; empty where it failed
   */
  public record Side(String engine, @Nullable Failure failure, Map<String, Value> outputs) {}

  /** Why an engine gave nothing. */
  public record Failure(EngineFailed.Kind kind, String message) {
    static Failure of(EngineFailed e) {
      return new Failure(e.kind(), String.valueOf(e.getMessage()));
    }
  }

  /**
   * What became of an output.
   *
   * @param name the output
   * @param verdict who is right about it
   * @param reason one line
   * @param budget how far it may be from the truth
   * @param ours we against the truth; null where one of the two is missing
   * @param reference the reference against the truth; null where one of the two is missing
   * @param between we against the reference; null where one of the two is missing
   * @param details how elements are off, over time, and in their order
   */
  public record Output(
      String name,
      Verdict verdict,
      String reason,
      Tolerance budget,
      @Nullable Comparison ours,
      @Nullable Comparison reference,
      @Nullable Comparison between,
      Details details) {

    Output with(Verdict newVerdict, String newReason, Details newDetails) {
      return new Output(name, newVerdict, newReason, budget, ours, reference, between, newDetails);
    }

    private Output known(List<Deviation> reasons) {
      return with(Verdict.KNOWN_DEVIATION, "the reference: " + reasons.getFirst(), details);
    }
  }

  public ThreeWay {
    outputs = List.copyOf(outputs);
    deviations = List.copyOf(deviations);
  }

  /** Returns the worst verdict of all outputs. */
  public Verdict verdict() {
    if (ours.failure() != null) {
      return Verdict.OURS_FAILED;
    }
    return outputs.stream()
        .map(Output::verdict)
        .max(Comparator.naturalOrder())
        .orElse(Verdict.NOT_COMPARED);
  }

  /**
   * Runs a model in each engine and compares what they give.
   *
   * @param reference the engine to compare with; null for none
   * @param truth an engine in double whose results count as the truth, as {@link ArbiterEngine};
   *     null for none
   * @param register the known deviations of the reference
   */
  public static ThreeWay of(
      Path model,
      Map<String, Value> inputs,
      Engine ours,
      @Nullable Engine reference,
      @Nullable Engine truth,
      Engine.Options options,
      Budget budget,
      Deviations register) {
    Side a = run(model, inputs, ours, options);
    Side b = reference == null ? null : run(model, inputs, reference, options);
    Side t = truth == null ? null : run(model, inputs, truth, options);
    Model whole = Onnx.read(model, options.reading());
    // Without the truth nothing can be measured.
    Budget used =
        budget.measured() && (t == null || t.failure() != null)
            ? new Budget(budget.scale())
            : budget;
    ThreeWay judged =
        of(a, b, t, used).withDetails(TimeAxis.of(whole)).chosenBy(whole, inputs, used);
    boolean clear =
        judged.verdict().compareTo(Verdict.TIED) <= 0 && (b == null || b.failure() == null);
    if (clear || a.failure() != null) {
      return judged;
    }
    ThreeWay explained =
        judged.explainedBy(
            b == null ? List.of() : register.of(b.engine()).matching(whole, inputs),
            () -> run(model, inputs, new ArbiterEngine().asOnnxRuntimeReads(), options));
    return used.fixed() == null ? explained.conditionedBy(whole, inputs, used, 0) : explained;
  }

  /**
   * Returns this with what the register says about the reference: an output that is off in a listed
   * way is a {@link Verdict#KNOWN_DEVIATION}.
   *
   * @param matching the entries that can show here, {@link Deviations#matching}
   * @param asReferenceReads runs the arbiter with the readings of the reference
   */
  public ThreeWay explainedBy(List<Deviation> matching, Supplier<Side> asReferenceReads) {
    if (reference == null) {
      return this;
    }
    if (reference.failure() != null) {
      return new ThreeWay(
          ours,
          reference,
          truth,
          outputs,
          matching.stream().filter(Deviation::failsToRun).toList());
    }
    Set<Deviation> used = new LinkedHashSet<>();
    List<Output> judged = new ArrayList<>();
    Side expected = null;
    for (Output output : outputs) {
      Value found = reference.outputs().get(output.name());
      Value exact =
          truth == null ? ours.outputs().get(output.name()) : truth.outputs().get(output.name());
      if (!EXPLAINED.contains(output.verdict()) || found == null || exact == null) {
        judged.add(output);
        continue;
      }
      List<Deviation> reasons = new ArrayList<>();
      for (Deviation deviation : matching) {
        switch (deviation.kind()) {
          case DIFFERS, CHOOSES -> {
            if (deviation.modelled()) {
              expected = expected == null ? asReferenceReads.get() : expected;
              Value modelled = expected.outputs().get(output.name());
              if (modelled == null
                  || !Comparison.withTruth(modelled, found, output.budget()).agrees()) {
                continue;
              }
            }
            reasons.add(deviation);
          }
          case ACCURACY -> {
            Tolerance wider =
                new Tolerance(
                    output.budget().rtol(),
                    output.budget().atol() + deviation.limit(),
                    output.budget().relToMax(),
                    0);
            if (Comparison.withTruth(exact, found, wider).agrees()) {
              reasons.add(deviation);
            }
          }
          default -> {}
        }
      }
      used.addAll(reasons);
      judged.add(reasons.isEmpty() ? output : output.known(reasons));
    }
    return new ThreeWay(ours, reference, truth, judged, List.copyOf(used));
  }

  private static final Set<Verdict> EXPLAINED = Set.of(Verdict.REFERENCE_WORSE, Verdict.DISAGREE);

  /**
   * Returns this with {@link Verdict#TIED} for outputs that are places or truths and differ only
   * where what they choose is within the budget of the best.
   *
   * @param allowed what the verdicts came from
   */
  public ThreeWay chosenBy(Model model, Map<String, Value> inputs, Budget allowed) {
    return new Chosen(this, allowed).by(model, inputs);
  }

  /**
   * Returns this with {@link Verdict#ILL_CONDITIONED} for outputs that are off by no more than the
   * model itself magnifies rounding, and {@link Verdict#DIVERGENT} where it does so more with every
   * time step.
   *
   * @param budget what the verdicts came from
   * @param seed where the random moves begin
   */
  public ThreeWay conditionedBy(Model model, Map<String, Value> inputs, Budget budget, long seed) {
    return new Conditioned(this, budget).by(model, inputs, seed);
  }

  /** Returns this with the details of every output. */
  public ThreeWay withDetails(Map<String, TimeAxis> axes) {
    List<Output> detailed = new ArrayList<>();
    for (Output output : outputs) {
      Value mine = ours.outputs().get(output.name());
      Value other = get(reference, output.name());
      Value exact = get(truth, output.name());
      TimeAxis time = axes.get(output.name());
      Tolerance budget = output.budget();
      Details details =
          new Details(
              time,
              ErrorDetail.of(exact, mine, budget, time),
              ErrorDetail.of(exact, other, budget, time),
              exact == null ? ErrorDetail.of(other, mine, budget, time) : null,
              output.details().spread(),
              output.details().comparable());
      detailed.add(output.with(output.verdict(), output.reason(), details));
    }
    return new ThreeWay(ours, reference, truth, detailed, deviations);
  }

  /** Runs a model once. */
  public static Side run(
      Path model, Map<String, Value> inputs, Engine engine, Engine.Options options) {
    try (Engine.Loaded loaded = engine.load(model, options)) {
      Map<String, Value> outputs = loaded.run(inputs);
      return new Side(engine.name(), null, outputs);
    } catch (EngineFailed e) {
      return new Side(engine.name(), Failure.of(e), Map.of());
    }
  }

  /** Compares what three engines gave. */
  public static ThreeWay of(
      Side ours, @Nullable Side reference, @Nullable Side truth, Budget budget) {
    Map<String, Value> names = new LinkedHashMap<>();
    for (Side side : Arrays.asList(ours, truth, reference)) {
      if (side != null) {
        side.outputs().forEach(names::putIfAbsent);
      }
    }
    List<Output> outputs = new ArrayList<>();
    names.forEach((name, any) ->
        outputs.add(
            output(
                name,
                ours.outputs().get(name),
                get(reference, name),
                get(truth, name),
                budget.of(type(any)))));
    return new ThreeWay(ours, reference, truth, outputs, List.of());
  }

  private static @Nullable Value get(@Nullable Side side, String name) {
    return side == null ? null : side.outputs().get(name);
  }

  /**
   * Returns the element type that decides about the budget; of sequences that of the first element.
   */
  public static DataType type(Value value) {
    return switch (value) {
      case Tensor tensor -> tensor.dataType();
      case SequenceValue sequence when !sequence.elements().isEmpty() ->
          type(sequence.elements().getFirst());
      case OptionalValue optional when optional.value() != null -> type(optional.value());
      case MapValue map when !map.values().elements().isEmpty() ->
          type(map.values().elements().getFirst());
      default -> DataType.FLOAT;
    };
  }

  private static Output output(
      String name,
      @Nullable Value ours,
      @Nullable Value reference,
      @Nullable Value truth,
      Tolerance budget) {
    Comparison a = truth == null || ours == null ? null : Comparison.withTruth(truth, ours, budget);
    Comparison b =
        truth == null || reference == null ? null : Comparison.withTruth(truth, reference, budget);
    Comparison between =
        reference == null || ours == null ? null : Comparison.of(reference, ours, budget);
    Verdict verdict = verdict(ours, a, b, between);
    return new Output(
        name, verdict, reason(verdict, a, b, between), budget, a, b, between, Details.NONE);
  }

  private static Verdict verdict(
      @Nullable Value ours,
      @Nullable Comparison a,
      @Nullable Comparison b,
      @Nullable Comparison between) {
    if (ours == null) {
      return Verdict.OURS_FAILED;
    }
    if (a == null) {
      return between == null
          ? Verdict.NOT_COMPARED
          : between.agrees() ? Verdict.AGREE : Verdict.DISAGREE;
    }
    if (b == null) {
      return a.agrees() ? Verdict.AGREE : Verdict.OURS_WORSE;
    }
    if (a.agrees()) {
      return b.agrees() ? Verdict.AGREE : Verdict.REFERENCE_WORSE;
    }
    return b.agrees() ? Verdict.OURS_WORSE : Verdict.BOTH_OFF;
  }

  private static String reason(
      Verdict verdict,
      @Nullable Comparison a,
      @Nullable Comparison b,
      @Nullable Comparison between) {
    return switch (verdict) {
      case OURS_FAILED -> "we gave nothing";
      case NOT_COMPARED -> "there is nothing to compare with";
      case DISAGREE -> between == null ? "" : between.summary();
      case REFERENCE_WORSE -> b == null ? "" : "the reference: " + b.summary();
      default -> a != null ? a.summary() : between != null ? between.summary() : "";
    };
  }
}
