package org.sardonyx.layers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/**
 * Writes mathematics as nodes, in a graph or in the body of a function, in the operators of one
 * version of ai.onnx.
 */
public final class Formula {

  private final GraphBuilder graph;
  private final long opset;
  private final boolean main;
  private final Map<String, Ref> constants = new HashMap<>();
  private final Map<String, Integer> used = new HashMap<>();
  private String scope = "";
  private String within = "";
  private @Nullable String wanted;

  private Formula(GraphBuilder graph, long opset, boolean main) {
    this.graph = graph;
    this.opset = opset;
    this.main = main;
  }

  /** Constants become initializers. */
  static Formula ofMain(GraphBuilder graph, long opset) {
    return new Formula(graph, opset, true);
  }

  /** Constants become nodes, since functions have no initializers. */
  static Formula ofFunction(GraphBuilder graph, long opset) {
    return new Formula(graph, opset, false);
  }

  /** What happens in a step of a loop over time. */
  @FunctionalInterface
  public interface Body {

    /**
     * Writes it.
     *
     * @param f writes into the body
     * @param states what came from the step before
     * @param slices this step's part of each series, without the axis of time
     */
    Step on(Formula f, List<Ref> states, List<Ref> slices);
  }

  private UnaryOperator<TensorData> keeper = UnaryOperator.identity();

  /**
   * What a step gives.
   *
   * @param states what goes to the next step, in the order in which it came
   * @param outputs what is collected
   */
  public record Step(List<Ref> states, List<Ref> outputs) {
    public Step {
      states = List.copyOf(states);
      outputs = List.copyOf(outputs);
    }
  }

  /** Returns the version of ai.onnx that is written. */
  public long opset() {
    return opset;
  }

  /** Begins a layer: nodes and weights bear its name from here on. */
  void begin(String kind) {
    String name = wanted == null ? kind : wanted;
    wanted = null;
    String full = within.isEmpty() ? name : within + "/" + name;
    int number = used.merge(full, 1, Integer::sum);
    scope = name.equals(kind) ? full + "_" + number : number == 1 ? full : full + "_" + number;
  }

  /** Gives the next layer this name. */
  void name(String name) {
    wanted = name;
  }

  /** Lets a layer be made of others, which bear its name before theirs. */
  <T> T within(String kind, Supplier<T> layers) {
    String before = within;
    begin(kind);
    within = scope;
    try {
      return layers.get();
    } finally {
      within = before;
    }
  }

  /** Begins a node of ai.onnx. */
  public GraphBuilder.Call call(String operator, Ref... inputs) {
    return callOf("", operator, inputs);
  }

  /** Begins a node of any domain. */
  public GraphBuilder.Call callOf(String domain, String operator, Ref... inputs) {
    GraphBuilder.Call call = graph.callOf(domain, operator, inputs);
    return scope.isEmpty() ? call : call.named(unique(scope + "/" + operator));
  }

  private String unique(String name) {
    int number = used.merge(name, 1, Integer::sum);
    return number == 1 ? name : name + "_" + number;
  }

  /** Adds a node of ai.onnx with one output. */
  public Ref node(String operator, Ref... inputs) {
    return call(operator, inputs).output();
  }

  /** Adds weights under a name within the layer; in a function, where weights are inputs, too. */
  Ref weight(String name, Tensor value) {
    if (!main) {
      return constant(value);
    }
    return graph.constant(keeper.apply(TensorData.of(unique(scoped(name)), value)));
  }

  /** Adds weights that stay in their file. */
  Ref weight(String name, TensorData value) {
    return main ? graph.constant(value.named(unique(scoped(name)))) : constant(value.load());
  }

  private String scoped(String name) {
    return scope.isEmpty() ? name : scope + "." + name;
  }

  /** Says where weights are kept that layers have made. */
  void keeping(UnaryOperator<TensorData> newKeeper) {
    keeper = newKeeper;
  }

  /** Adds a constant, once for all that have the same few elements. */
  public Ref constant(Tensor value) {
    if (value.size() > 8 || value.dataType() == DataType.STRING) {
      return add(value);
    }
    String key = value + ":" + elements(value);
    return constants.computeIfAbsent(key, _ -> add(value));
  }

  private static String elements(Tensor value) {
    return value.dataType().isFloat()
        ? Arrays.toString(value.toDoubles())
        : Arrays.toString(value.toLongs());
  }

  private Ref add(Tensor value) {
    return main ? graph.constant(value) : graph.call("Constant").with("value", value).output();
  }

  public Ref scalar(float value) {
    return constant(Tensor.scalar(value));
  }

  public Ref scalar(long value) {
    return constant(Tensor.scalar(value));
  }

  public Ref integers(long... values) {
    return constant(Tensor.vector(values));
  }

  public Ref add(Ref a, Ref b) {
    return node("Add", a, b);
  }

  public Ref subtract(Ref a, Ref b) {
    return node("Sub", a, b);
  }

  public Ref multiply(Ref a, Ref b) {
    return node("Mul", a, b);
  }

  public Ref product(Ref a, Ref b) {
    return node("MatMul", a, b);
  }

  public Ref sigmoid(Ref x) {
    return node("Sigmoid", x);
  }

  public Ref tanh(Ref x) {
    return node("Tanh", x);
  }

  public Ref softmax(Ref x, long axis) {
    return call("Softmax", x).with("axis", axis).output();
  }

  public Ref transpose(Ref x, long... permutation) {
    return call("Transpose", x).withInts("perm", permutation).output();
  }

  /** Reshapes; 0 keeps a dimension, one -1 takes what is left. */
  public Ref reshape(Ref x, long... shape) {
    return node("Reshape", x, integers(shape));
  }

  public Ref squeeze(Ref x, long... axes) {
    return node("Squeeze", x, integers(axes));
  }

  public Ref unsqueeze(Ref x, long... axes) {
    return node("Unsqueeze", x, integers(axes));
  }

  public Ref concat(long axis, Ref... parts) {
    return call("Concat", parts).with("axis", axis).output();
  }

  /** Cuts into so many equal parts. */
  public List<Ref> split(Ref x, int parts, long axis) {
    GraphBuilder.Call call = call("Split", x).with("axis", axis);
    return (opset >= 18 ? call.with("num_outputs", parts) : call).outputs(parts);
  }

  public Ref cast(Ref x, DataType type) {
    return call("Cast", x).with("to", type.code()).output();
  }

  /** Takes the part of this number along an axis, without the axis. */
  public Ref at(Ref x, long index, long axis) {
    return call("Gather", x, scalar(index)).with("axis", axis).output();
  }

  /** Returns the size of an axis, int64 [1]. */
  public Ref sizeOf(Ref x, long axis) {
    return call("Shape", x).with("start", axis).with("end", axis + 1).output();
  }

  /** Reduces by an operator such as ReduceSum. */
  public Ref reduce(String operator, Ref x, boolean keep, long... axes) {
    long keepdims = keep ? 1 : 0;
    return opset >= 18 || operator.equals("ReduceSum")
        ? call(operator, x, integers(axes)).with("keepdims", keepdims).output()
        : call(operator, x).withInts("axes", axes).with("keepdims", keepdims).output();
  }

  /** Returns zeros, float [size of the axis of x, size]. */
  public Ref zeros(Ref x, long batchAxis, int size) {
    Ref shape = concat(0, sizeOf(x, batchAxis), integers(size));
    return call("ConstantOfShape", shape).with("value", Tensor.of(new float[1], 1)).output();
  }

  /** Normalizes over the last axis; the bias may be {@link Ref#ABSENT}. */
  public Ref layerNormalization(Ref x, Ref scale, Ref bias, float epsilon) {
    GraphBuilder.Call call =
        bias.equals(Ref.ABSENT)
            ? call("LayerNormalization", x, scale)
            : call("LayerNormalization", x, scale, bias);
    return call.with("axis", -1L).with("epsilon", epsilon).output();
  }

  /**
   * Runs a body over time.
   *
   * @param states before the first step
   * @param series [time, ...] each
   * @param backwards whether the last step comes first; what is collected lies in the order of time
   * @param collected how many outputs a step gives
   * @return the states after the last step, and then what was collected, [time, ...] each
   */
  public List<Ref> scan(
      List<Ref> states, List<Ref> series, boolean backwards, int collected, Body body) {
    GraphBuilder inner = graph.body("step");
    Formula f = new Formula(inner, opset, false);
    List<Ref> before = inputs(inner, "state", states.size());
    List<Ref> slices = inputs(inner, "slice", series.size());
    Step step = body.on(f, before, slices);
    List<Ref> given = new ArrayList<>(step.states());
    given.addAll(step.outputs());
    List<String> seen = new ArrayList<>();
    for (Ref ref : given) {
      boolean again = seen.contains(ref.name()) || before.contains(ref) || slices.contains(ref);
      Ref own = again ? f.node("Identity", ref) : ref;
      seen.add(own.name());
      inner.output(own, null);
    }
    List<Ref> all = new ArrayList<>(states);
    all.addAll(series);
    GraphBuilder.Call call =
        call("Scan", all.toArray(Ref[]::new))
            .with("body", inner.graph())
            .with("num_scan_inputs", series.size());
    if (backwards) {
      call.withInts("scan_input_directions", ones(series.size()))
          .withInts("scan_output_directions", ones(collected));
    }
    return call.outputs(states.size() + collected);
  }

  /** As {@link #scan}, with the steps written one after another. */
  public List<Ref> unrolled(
      int times, List<Ref> states, List<Ref> series, boolean backwards, int collected, Body body) {
    List<Ref> current = states;
    Ref[][] outputs = new Ref[collected][times];
    for (int step = 0; step < times; step++) {
      int t = backwards ? times - 1 - step : step;
      List<Ref> slices = series.stream().map(s -> at(s, t, 0)).toList();
      Step result = body.on(this, current, slices);
      current = result.states();
      for (int i = 0; i < collected; i++) {
        outputs[i][t] = unsqueeze(result.outputs().get(i), 0);
      }
    }
    List<Ref> all = new ArrayList<>(current);
    for (Ref[] output : outputs) {
      all.add(concat(0, output));
    }
    return all;
  }

  private static List<Ref> inputs(GraphBuilder graph, String name, int count) {
    List<Ref> refs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      refs.add(graph.input(graph.fresh(name)));
    }
    return refs;
  }

  private static long[] ones(int count) {
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    return ones;
  }
}
