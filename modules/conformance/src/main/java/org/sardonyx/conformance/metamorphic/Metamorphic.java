package org.sardonyx.conformance.metamorphic;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.Budget;
import org.sardonyx.convert.ConvertOpset;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Runs a model in ways that must give the same, and says of each relation what came of it. */
public final class Metamorphic {

  /** What became of a relation. */
  public enum Status {
    HOLDS,
    BROKEN,
    /** It is broken by no more than what the model itself makes of rounding. */
    ILL_CONDITIONED,
    NOT_APPLICABLE
  }

  /**
   * An outcome.
   *
   * @param relation what was looked at
   * @param status what came of it
   * @param why one line: the difference, or why it does not apply
   */
  public record Outcome(Relation relation, Status status, String why) {}

  private static final Set<String> DRAWS =
      Set.of(
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike",
          "Bernoulli",
          "Multinomial");

  private final Model model;
  private final Map<String, Value> inputs;
  private final SessionOptions options;
  private final Budget budget;
  private final Map<String, Value> plain;

  private Metamorphic(
      Model model, Map<String, Value> inputs, SessionOptions options, Budget budget) {
    this.model = model;
    this.inputs = inputs;
    this.options = options;
    this.budget = budget;
    this.plain = Session.compile(model, options).run(inputs);
  }

  /**
   * Checks every relation.
   *
   * @throws ModelException where the model does not run as it is
   */
  public static List<Outcome> check(
      Model model, Map<String, Value> inputs, SessionOptions options, Budget budget) {
    return check(model, inputs, options, budget, EnumSet.allOf(Relation.class));
  }

  /**
   * Checks some relations.
   *
   * @throws ModelException where the model does not run as it is
   */
  public static List<Outcome> check(
      Model model,
      Map<String, Value> inputs,
      SessionOptions options,
      Budget budget,
      Set<Relation> relations) {
    Metamorphic checks = new Metamorphic(model, inputs, options, budget);
    List<Outcome> outcomes = new ArrayList<>();
    String drawn = drawn(model.graph().nodes());
    for (Relation relation : relations) {
      try {
        outcomes.add(
            drawn.isEmpty()
                ? checks.outcome(relation)
                : new Outcome(relation, Status.NOT_APPLICABLE, drawn + " draws at random"));
      } catch (NotApplicable e) {
        outcomes.add(new Outcome(relation, Status.NOT_APPLICABLE, e.why()));
      }
    }
    return outcomes;
  }

  private static String drawn(List<Node> nodes) {
    for (Node node : nodes) {
      if (node.isOnnx() && DRAWS.contains(node.opType())) {
        return node.label();
      }
      for (var body : Graphs.bodies(node)) {
        String inner = drawn(body.nodes());
        if (!inner.isEmpty()) {
          return inner;
        }
      }
    }
    return "";
  }

  private Outcome outcome(Relation relation) throws NotApplicable {
    Rows rows = new Rows(model, inputs);
    return switch (relation) {
      case BATCH_PERMUTATION -> {
        Rows.Change change = rows.reversed();
        yield judge(relation, change.of(plain), run(model, change.inputs(), options));
      }
      case BATCH_OF_COPIES -> {
        Map<String, Value> same = run(model, rows.copies(), options);
        yield judge(relation, rows.firstRepeated(same), same);
      }
      case PADDING -> {
        Padding padding = new Padding(model, inputs);
        yield judge(relation, plain, padding.cropped(run(model, padding.longer(), options), plain));
      }
      case CHUNKS -> {
        Chunks chunks = new Chunks(model, inputs);
        yield judge(relation, chunks.comparable(plain), chunks.run(options));
      }
      case PREFILL -> {
        Decode decode = new Decode(model, inputs, plain, options);
        Map<String, Value> whole = decode.prefill();
        yield judge(relation, whole, decode.stepByStep(whole));
      }
      case UNROLLED ->
          judge(relation, plain, run(Unrolled.of(model, inputs, options), inputs, options));
      case HIDDEN_PERMUTATION ->
          judge(relation, plain, run(Recurrent.permuted(model), inputs, options));
      case LAYOUT -> judge(relation, plain, run(Recurrent.batchFirst(model), inputs, options));
      case OPSET -> opset(relation);
      case SIMPLIFY ->
          judge(relation, plain, run(model, inputs, options.withSimplify(!options.simplify())));
      case KERNELS -> {
        boolean scalar = options.kernels().getClass() == Kernels.scalar().getClass();
        if (scalar) {
          throw new NotApplicable("there are no vectors here");
        }
        yield judge(relation, plain, run(model, inputs, options.withKernels(Kernels.scalar())));
      }
      case THREADS -> threads(relation);
    };
  }

  private Outcome threads(Relation relation) {
    Map<String, Value> found = run(model, inputs, options.withThreads(2));
    for (Map.Entry<String, Value> output : plain.entrySet()) {
      if (!output.getValue().equals(found.get(output.getKey()))) {
        return new Outcome(
            relation, Status.BROKEN, "other bits in output \"" + output.getKey() + '"');
      }
    }
    return new Outcome(relation, Status.HOLDS, "the same bits");
  }

  private Outcome opset(Relation relation) throws NotApplicable {
    long version = 0;
    for (OpsetImport used : model.opsetImports()) {
      version =
          used.domain().isEmpty() || used.domain().equals("ai.onnx") ? used.version() : version;
    }
    List<String> told = new ArrayList<>();
    for (int other : new int[] {(int) version + 1, (int) version - 1}) {
      if (other < ConvertOpset.OLDEST || other > ConvertOpset.NEWEST) {
        continue;
      }
      Model converted;
      try {
        converted =
            ConvertOpset.of(Operators.standard().with(options.operators())).to(other).apply(model);
      } catch (ModelException e) {
        continue;
      }
      Outcome outcome = judge(relation, plain, run(converted, inputs, options));
      if (outcome.status() != Status.HOLDS) {
        return new Outcome(relation, outcome.status(), "version " + other + ": " + outcome.why());
      }
      told.add("version " + other);
    }
    if (told.isEmpty()) {
      throw new NotApplicable("it converts neither to the next nor to the last version");
    }
    return new Outcome(relation, Status.HOLDS, String.join(", ", told));
  }

  private static Map<String, Value> run(
      Model model, Map<String, Value> inputs, SessionOptions options) {
    return Session.compile(model, options).run(inputs);
  }

  private Outcome judge(Relation relation, Map<String, Value> expected, Map<String, Value> found)
      throws NotApplicable {
    if (expected.isEmpty()) {
      throw new NotApplicable("no output says anything about it");
    }
    double most = 0;
    for (Map.Entry<String, Value> output : expected.entrySet()) {
      Value other = found.get(output.getKey());
      Comparison comparison =
          other == null
              ? null
              : Comparison.of(output.getValue(), other, tolerance(output.getValue()));
      if (comparison == null || !comparison.agrees()) {
        String why =
            "output \""
                + output.getKey()
                + "\": "
                + (comparison == null ? "missing" : comparison.summary());
        return new Outcome(
            relation, off(output.getKey()) ? Status.ILL_CONDITIONED : Status.BROKEN, why);
      }
      most = Math.max(most, comparison.maxAbs());
    }
    return new Outcome(
        relation, Status.HOLDS, String.format(java.util.Locale.ROOT, "max abs %.3g", most));
  }

  /** Whether the plain run itself is off: then a difference says nothing about the relation. */
  private boolean off(String output) {
    try (var exact =
        new ArbiterEngine().with(options.operators()).withLimits(options.limits()).load(model)) {
      Value truth = exact.run(inputs).get(output);
      Value mine = plain.get(output);
      return truth != null
          && mine != null
          && !Comparison.withTruth(truth, mine, tolerance(mine)).agrees();
    } catch (EngineFailed e) {
      return false;
    }
  }

  private Tolerance tolerance(@Nullable Value value) {
    return budget.of(value instanceof Tensor tensor ? tensor.dataType() : DataType.FLOAT);
  }

  /** Returns the inputs with some of them replaced. */
  static Map<String, Value> with(Map<String, Value> inputs, Map<String, Value> replaced) {
    Map<String, Value> all = new LinkedHashMap<>(inputs);
    all.putAll(replaced);
    return all;
  }
}
