package org.sardonyx.conformance.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.ThreeWay.Side;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.operators.Signature.FormalAttribute;
import org.sardonyx.operators.Signature.Parameter;
import org.sardonyx.passes.Bindings;
import org.sardonyx.passes.Check;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * The sweep of an operator that a user defines: cases of every version in every type, every
 * optional input and attribute there and not, of rank 0 to 6 and empty, each of which is checked,
 * inferred, run, run again, and run with its inputs as constants; what it gives is compared with
 * what it is expected to give, or with itself in double where the definition knows double. Broken
 * nodes must end in a result or in a {@link org.sardonyx.error.ModelException}.
 *
 * <pre>{@code
 * DefinitionSweep.Report report =
 *     DefinitionSweep.of(Cap.DEF)
 *         .values("most", 0f, 2.5f)
 *         .expecting((attributes, inputs) -> ...)
 *         .run();
 * assertEquals(List.of(), report.problems());
 * }</pre>
 */
public final class DefinitionSweep {

  /** What outputs are expected, computed as plainly as can be. */
  @FunctionalInterface
  public interface Expected {

    /**
     * Returns the outputs.
     *
     * @param attributes those of the node
     * @param inputs the inputs of the node; null for those that are left out
     * @return tensors in double, or of the outputs' own types
     */
    List<? extends Value> of(Attributes attributes, List<@Nullable Value> inputs);
  }

  /**
   * What came of a sweep.
   *
   * @param cases how many valid cases were run
   * @param judged of how many the results were compared with expected ones or those in double
   * @param broken how many broken nodes were tried
   * @param problems what went wrong, a line each with the case in its smallest form; empty where
   *     all is well
   */
  public record Report(int cases, int judged, int broken, List<String> problems) {
    public Report {
      problems = List.copyOf(problems);
    }
  }

  private final OperatorDef def;
  private final Operators operators;
  private final NativeEngine engine;
  private final Map<String, Object[]> values = new LinkedHashMap<>();
  private Recipe recipe;
  private @Nullable Expected expected;
  private long seed = 1;

  private DefinitionSweep(OperatorDef def) {
    this.def = def;
    this.recipe = this::drawn;
    operators = Operators.standard().with(List.of(def));
    // Outputs hold garbage until they are written, and inputs must be read.
    engine =
        new NativeEngine(
            "sardonyx",
            SessionOptions.standard().withOperators(def).withStrictInputs(true).withPoison(true));
  }

  /** Returns a sweep of an operator whose inputs all have one shape. */
  public static DefinitionSweep of(OperatorDef def) {
    return new DefinitionSweep(def);
  }

  /** Adds values of an attribute, each of which some case has: numbers, strings, arrays of them. */
  public DefinitionSweep values(String attribute, Object... ways) {
    values.put(attribute, ways.clone());
    return this;
  }

  /** Says how nodes are drawn, where inputs cannot all have one shape. */
  public DefinitionSweep drawnBy(Recipe newRecipe) {
    recipe = newRecipe;
    return this;
  }

  /** Says what outputs are expected. */
  public DefinitionSweep expecting(Expected newExpected) {
    expected = newExpected;
    return this;
  }

  /** Sets where everything that is drawn begins. */
  public DefinitionSweep seed(long newSeed) {
    seed = newSeed;
    return this;
  }

  /**
   * Runs the sweep.
   *
   * @throws IllegalStateException where no case can be drawn
   */
  public Report run() {
    OperatorSweep sweep = new OperatorSweep(operators, Map.of(def.toString(), recipe), seed);
    List<String> problems = new ArrayList<>();
    int cases = 0;
    int judged = 0;
    int broken = 0;
    for (OperatorSweep.Item item : sweep.items()) {
      List<OperatorSweep.Drawn> draws = sweep.draws(item);
      if (draws.isEmpty()) {
        throw new IllegalStateException("no case can be drawn of " + item);
      }
      for (OperatorSweep.Drawn drawn : draws) {
        cases++;
        judged += truth(drawn.what()) == null ? 0 : 1;
        String problem = problem(drawn);
        if (problem != null) {
          OperatorSweep.Drawn smallest = Shrinker.smallest(sweep, drawn, problem, this::problem);
          problems.add(smallest.what().label() + ": " + problem(smallest));
          continue;
        }
        for (int i = 0; i < 4; i++) {
          broken++;
          String crash =
              new Hostile(drawn.what(), new Random(drawn.seed() + i), List.of(def)).attempt();
          if (crash != null) {
            problems.add(drawn.what().label() + " with" + crash);
          }
        }
      }
    }
    return new Report(cases, judged, broken, problems.stream().distinct().toList());
  }

  /**
   * A node whose inputs have one shape, and whose attributes are left out, as their default, ...
   */
  private void drawn(Draw d) {
    for (Parameter input : d.signature.inputs()) {
      d.type(input.type());
    }
    for (FormalAttribute attribute : d.signature.attributes().values()) {
      Object[] ways = values.get(attribute.name());
      if (ways == null && attribute.defaultValue() != null) {
        ways = new Object[] {plain(attribute.defaultValue())};
      }
      if (ways != null) {
        d.attr(attribute.name(), ways[0], ways);
      } else if (attribute.required()) {
        throw new IllegalStateException(
            "attribute "
                + attribute.name()
                + " of "
                + def
                + " is required, and no values are given for it");
      }
    }
    int[] shape = Numbers.shape(d);
    for (Parameter input : d.signature.inputs()) {
      switch (input.arity()) {
        case SINGLE -> d.in(Numbers.any(d, d.type(input.type()), shape));
        case OPTIONAL -> d.optional(input.name(), () -> Numbers.of(d, d.type(input.type()), shape));
        case VARIADIC -> {
          int count = d.pick("count of " + input.name(), Math.max(1, input.minimum()), 1, 2, 3);
          d.require(count >= input.minimum());
          for (int i = 0; i < count; i++) {
            d.in(Numbers.any(d, d.type(input.type()), shape));
          }
        }
      }
    }
  }

  private static Object plain(Attribute.Value value) {
    return switch (value) {
      case Attribute.OfInt(long number) -> number;
      case Attribute.OfFloat(float number) -> number;
      case Attribute.OfString text -> text.text();
      default -> value;
    };
  }

  /** Returns what is wrong with a case; null where all is well. */
  private @Nullable String problem(OperatorSweep.Drawn drawn) {
    Case what = drawn.what();
    Model model = what.model();
    Case copy = copy(what);
    Side ours = run(copy);
    if (ours.failure() != null) {
      return "run: " + ours.failure();
    }
    for (Map.Entry<String, Value> input : copy.inputs().entrySet()) {
      if (!input.getValue().equals(what.inputs().get(input.getKey()))) {
        return "input " + input.getKey() + " was changed";
      }
    }
    List<?> diagnostics = Check.of(operators).check(declared(model, ours));
    if (!diagnostics.isEmpty()) {
      return "check: " + diagnostics.getFirst();
    }
    String inferred = inference(model, ours);
    if (inferred != null) {
      return inferred;
    }
    Side truth = truth(what);
    if (truth != null) {
      for (ThreeWay.Output output : ThreeWay.of(ours, null, truth, Budget.STANDARD).outputs()) {
        if (output.verdict() != Verdict.AGREE) {
          return output.name()
              + ": "
              + (output.ours() == null ? output.reason() : output.ours().summary());
        }
      }
    }
    return drawn.undetermined() ? null : repeated(what, ours);
  }

  private @Nullable String repeated(Case what, Side ours) {
    if (!ours.outputs().equals(run(copy(what)).outputs())) {
      return "a second run gives something else";
    }
    Side folded = run(constant(what));
    return ours.outputs().equals(folded.outputs())
        ? null
        : "with inputs that are constants: "
            + (folded.failure() == null ? "something else" : folded.failure());
  }

  private static Case copy(Case what) {
    Map<String, Value> inputs = new LinkedHashMap<>();
    what.inputs()
        .forEach((name, value) ->
            inputs.put(name, value instanceof Tensor tensor ? tensor.copy() : value));
    return new Case(what.label(), what.model(), inputs);
  }

  private Side run(Case what) {
    return Judge.run(engine.name(), what, engine::load);
  }

  /** The model with the ranks of its outputs, without which it is not valid. */
  private static Model declared(Model model, Side ours) {
    List<ValueInfo> outputs = new ArrayList<>();
    for (ValueInfo output : model.graph().outputs()) {
      outputs.add(
          ours.outputs().get(output.name()) instanceof Tensor tensor
              ? new ValueInfo(
                  output.name(), Type.tensor(tensor.dataType(), Shape.ofRank(tensor.rank())))
              : output);
    }
    return model.withGraph(model.graph().withOutputs(outputs));
  }

  private @Nullable String inference(Model model, Side ours) {
    Graph graph = model.graph();
    Inferred inferred = Infer.of(operators).infer(model);
    for (ValueInfo output : graph.outputs()) {
      Type type = inferred.type(graph, output.name());
      Value value = ours.outputs().get(output.name());
      String wrong = value == null ? null : new Bindings().disagreement(type, value);
      if (wrong != null) {
        return output.name() + " is not what was inferred: " + wrong;
      }
    }
    return null;
  }

  /** The model with its inputs as initializers, as far as they are tensors. */
  private static Case constant(Case what) {
    Graph graph = what.model().graph();
    List<TensorData> initializers = new ArrayList<>(graph.initializers());
    what.inputs()
        .forEach((name, value) -> {
          if (value instanceof Tensor tensor) {
            initializers.add(TensorData.of(name, tensor.copy()));
          }
        });
    Graph constant =
        new Graph(graph.name(), graph.nodes(), List.of(), graph.outputs(), initializers);
    return new Case(what.label(), what.model().withGraph(constant), Map.of());
  }

  /** What the outputs ought to be; null where nobody knows. */
  private @Nullable Side truth(Case what) {
    Graph graph = what.model().graph();
    Node node = graph.nodes().getFirst();
    if (expected == null) {
      ArbiterEngine arbiter = new ArbiterEngine().with(List.of(def));
      Side found = Judge.run("in double", what, arbiter::load);
      return found.failure() == null ? found : null;
    }
    Signature signature = def.signature(version(what.model()));
    if (signature == null) {
      return null;
    }
    List<@Nullable Value> inputs = new ArrayList<>();
    for (String name : node.inputs()) {
      inputs.add(name.isEmpty() ? null : value(what, name));
    }
    List<? extends Value> outputs = expected.of(Attributes.of(node, signature), inputs);
    Map<String, Value> named = new LinkedHashMap<>();
    for (int i = 0; i < outputs.size(); i++) {
      if (i < node.outputs().size() && !node.outputs().get(i).isEmpty()) {
        named.put(node.outputs().get(i), outputs.get(i));
      }
    }
    return new Side("expected", null, named);
  }

  private long version(Model model) {
    return model.opsetImports().stream()
        .filter(one -> one.domain().equals(def.domain()))
        .findFirst()
        .orElseThrow()
        .version();
  }

  private static @Nullable Value value(Case what, String name) {
    Value given = what.inputs().get(name);
    if (given != null) {
      return given;
    }
    for (TensorData data : what.model().graph().initializers()) {
      if (data.name().equals(name)) {
        return data.load();
      }
    }
    return null;
  }
}
