package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Nodes that compute for all trips of an iteration at once what its body computes in each: the same
 * operators, of values with one more dimension in front.
 */
final class Stacking {

  private static final Set<String> ELEMENTWISE =
      Set.of(
          "Abs",
          "Add",
          "Cast",
          "Div",
          "Elu",
          "Erf",
          "Exp",
          "Floor",
          "HardSigmoid",
          "LeakyRelu",
          "Log",
          "Mul",
          "Neg",
          "Reciprocal",
          "Relu",
          "Sigmoid",
          "Softplus",
          "Sqrt",
          "Sub",
          "Tanh");

  private final Iteration iteration;
  private final Site site;
  private final Map<String, Node> makers = new HashMap<>();
  private final Set<String> defined;
  private final Map<String, Stack> stacks = new HashMap<>();
  private final Set<String> open = new HashSet<>();
  private final Map<String, String> moved = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<TensorData> constants = new ArrayList<>();

  /** Whether the trips go from the last slice to the first; null where none was read so far. */
  private @Nullable Boolean reverse;

  /**
   * A value of all trips.
   *
   * @param name its name around the body
   * @param rank of what a trip has
   */
  record Stack(String name, int rank) {}

  Stacking(Iteration iteration) {
    this.iteration = iteration;
    this.site = iteration.site();
    this.defined = Graphs.defined(iteration.body());
    for (Node node : iteration.body().nodes()) {
      node.outputs().forEach(output -> makers.put(output, node));
    }
  }

  List<Node> nodes() {
    return nodes;
  }

  List<TensorData> constants() {
    return constants;
  }

  @Nullable Node maker(String inner) {
    return makers.get(inner);
  }

  boolean isReverse() {
    return reverse != null && reverse;
  }

  /** Whether what is collected in this direction has the order of the slices. */
  boolean agrees(boolean direction) {
    return reverse == null || reverse == direction;
  }

  /** Says what a value of the body is in all trips. */
  void give(String inner, Stack stack) {
    stacks.put(inner, stack);
  }

  /** Returns a value of the body in all trips; null where that cannot be said. */
  @Nullable Stack of(String inner) {
    Stack known = stacks.get(inner);
    if (known != null || !open.add(inner)) {
      return known;
    }
    Stack stack = null;
    for (Iteration.Slices slices : iteration.slices()) {
      stack = slices.inner().equals(inner) ? slices(slices) : stack;
    }
    Node maker = makers.get(inner);
    if (maker != null && maker.isOnnx() && maker.outputs().size() == 1) {
      stack = of(maker);
    }
    if (stack != null) {
      stacks.put(inner, stack);
    }
    return stack;
  }

  private @Nullable Stack slices(Iteration.Slices slices) {
    int rank = rank(slices.outer());
    long axis = slices.axis() < 0 ? slices.axis() + rank : slices.axis();
    boolean first = reverse == null;
    if (rank < 1 || axis < 0 || axis >= rank || !(first || agrees(slices.reverse()))) {
      return null;
    }
    reverse = slices.reverse();
    return new Stack(front(slices.outer(), (int) axis, rank), rank - 1);
  }

  private int rank(String outer) {
    return site.type(outer) instanceof Type.OfTensor(var _, Shape shape) && shape.hasRank()
        ? shape.rank()
        : -1;
  }

  /** Returns a value with {@code axis} before the others. */
  private String front(String outer, int axis, int rank) {
    if (axis == 0) {
      return outer;
    }
    return moved.computeIfAbsent(
        outer + "\0" + axis,
        _ -> {
          long[] perm = new long[rank];
          perm[0] = axis;
          for (int i = 1; i < rank; i++) {
            perm[i] = i <= axis ? i - 1L : i;
          }
          return add("Transpose", List.of(outer), outer + "/front", Attribute.of("perm", perm));
        });
  }

  /** Returns the permutation that puts dimension 0 to place {@code axis}. */
  static long[] back(int axis, int rank) {
    long[] perm = new long[rank];
    for (int i = 0; i < rank; i++) {
      perm[i] = i < axis ? i + 1L : i == axis ? 0 : i;
    }
    return perm;
  }

  private @Nullable Stack of(Node node) {
    List<String> in = node.inputs();
    return switch (node.opType()) {
      case "Identity" -> of(in.getFirst());
      case "Gather" -> gather(node);
      case "MatMul" -> {
        Stack x = of(in.get(0));
        String w = invariant(in.get(1));
        yield x == null || w == null || x.rank() < 2 || rank(in.get(1), w) != 2
            ? null
            : new Stack(add("MatMul", List.of(x.name(), w), node.outputs().getFirst()), x.rank());
      }
      case "Gemm" -> gemm(node);
      case "Unsqueeze" -> unsqueeze(node);
      case "Softmax", "LogSoftmax" ->
          site.opsets().version("") >= 13 && Wiring.attribute(node, "axis", -1) == -1
              ? same(node)
              : null;
      case "LayerNormalization" -> Wiring.attribute(node, "axis", -1) == -1 ? same(node) : null;
      default -> ELEMENTWISE.contains(node.opType()) ? same(node) : null;
    };
  }

  /** Returns what the same node gives of stacks of one rank, and values that all trips share. */
  private @Nullable Stack same(Node node) {
    int rank = -1;
    List<@Nullable Stack> stacked = new ArrayList<>();
    for (String input : node.inputs()) {
      Stack stack = of(input);
      stacked.add(stack);
      if (stack != null && rank >= 0 && rank != stack.rank()) {
        return null;
      }
      rank = stack == null ? rank : stack.rank();
    }
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < stacked.size(); i++) {
      Stack stack = stacked.get(i);
      String shared = stack == null ? invariant(node.inputs().get(i)) : stack.name();
      if (shared == null || (stack == null && rank(node.inputs().get(i), shared) > rank)) {
        return null;
      }
      inputs.add(shared);
    }
    if (rank < 0) {
      return null;
    }
    String output = site.names().fresh(node.outputs().getFirst() + "/all");
    nodes.add(node.withInputs(inputs).withOutputs(List.of(output)));
    return new Stack(output, rank);
  }

  private @Nullable Stack gather(Node node) {
    String from = node.inputs().get(0);
    int rank = defined.contains(from) ? -1 : rank(from);
    long axis = Wiring.attribute(node, "axis", 0);
    axis = axis < 0 ? axis + rank : axis;
    Dim trips = iteration.trips();
    if (trips == null
        || !isCounter(node.inputs().get(1))
        || rank < 1
        || axis < 0
        || axis >= rank
        || !agrees(false)
        || !(site.type(from) instanceof Type.OfTensor(var _, Shape shape))
        || !shape.dim((int) axis).sameAs(trips)) {
      return null;
    }
    reverse = false;
    return new Stack(front(from, (int) axis, rank), rank - 1);
  }

  /** Whether a value of the body is the number of the trip, and a scalar. */
  private boolean isCounter(String name) {
    Node maker = makers.get(name);
    boolean scalar =
        iteration.inside().type(name) instanceof Type.OfTensor(var _, Shape shape)
            && shape.hasRank()
            && shape.rank() == 0;
    return scalar
        && (name.equals(iteration.counter())
            || (maker != null
                && maker.isOnnx("Identity")
                && maker.inputs().getFirst().equals(iteration.counter())));
  }

  private @Nullable Stack gemm(Node node) {
    List<String> in = node.inputs();
    Stack x = of(in.get(0));
    String w = invariant(in.get(1));
    boolean plain =
        Wiring.attribute(node, "transA", 0) == 0
            && isOne(node, "alpha")
            && (in.size() < 3 || isOne(node, "beta"));
    if (x == null || w == null || !plain || x.rank() != 2) {
      return null;
    }
    String output = node.outputs().getFirst();
    if (Wiring.attribute(node, "transB", 0) != 0) {
      w = add("Transpose", List.of(w), output + "/w", Attribute.of("perm", 1, 0));
    }
    String product = add("MatMul", List.of(x.name(), w), output + "/product");
    if (in.size() > 2 && !in.get(2).isEmpty()) {
      String bias = invariant(in.get(2));
      if (bias == null || rank(in.get(2), bias) > 1) {
        return null;
      }
      product = add("Add", List.of(product, bias), output);
    }
    return new Stack(product, 2);
  }

  private static boolean isOne(Node node, String name) {
    Attribute attribute = node.attribute(name);
    return attribute == null
        || (attribute.value() instanceof Attribute.OfFloat(float value) && value == 1);
  }

  private @Nullable Stack unsqueeze(Node node) {
    long[] axes = axes(node);
    Stack x = axes == null || axes.length != 1 ? null : of(node.inputs().getFirst());
    if (x == null || axes == null) {
      return null;
    }
    long axis = axes[0] < 0 ? axes[0] + x.rank() + 1 : axes[0];
    return new Stack(unsqueezed(x.name(), axis + 1, node.outputs().getFirst()), x.rank() + 1);
  }

  /** Returns the axes of an Unsqueeze or Squeeze where they are known. */
  long @Nullable [] axes(Node node) {
    if (node.inputs().size() > 1) {
      Tensor axes = iteration.inside().constant(node.inputs().get(1));
      return axes == null ? null : axes.toLongs();
    }
    Attribute axes = node.attribute("axes");
    return axes != null && axes.value() instanceof Attribute.OfInts(List<Long> values)
        ? values.stream().mapToLong(Long::longValue).toArray()
        : null;
  }

  /** Returns a value that is the same in all trips, by its name around the body; else null. */
  @Nullable String invariant(String inner) {
    if (!defined.contains(inner)) {
      return inner.isEmpty() ? null : inner;
    }
    return moved.computeIfAbsent(inner, this::hoisted);
  }

  private @Nullable String hoisted(String inner) {
    Tensor constant = iteration.inside().constant(inner);
    TensorData data =
        constant != null
            ? TensorData.of(inner, constant)
            : makers.containsKey(inner) ? null : iteration.inside().initializer(inner);
    if (data == null) {
      return null;
    }
    String name = site.names().fresh(inner + "/shared");
    constants.add(data.named(name));
    return name;
  }

  private int rank(String inner, String outer) {
    Type type = defined.contains(inner) ? iteration.inside().type(inner) : site.type(outer);
    return type instanceof Type.OfTensor(var _, Shape shape) && shape.hasRank()
        ? shape.rank()
        : Integer.MAX_VALUE;
  }

  /** Adds a node of one output and returns the name of that. */
  String add(String operator, List<String> inputs, String wanted, Attribute... attributes) {
    String output = site.names().fresh(wanted + "/all");
    nodes.add(new Node("", operator, inputs, List.of(output), List.of(attributes)));
    return output;
  }

  String constant(String wanted, Tensor tensor) {
    String name = site.names().fresh(wanted);
    constants.add(TensorData.of(name, tensor));
    return name;
  }

  String unsqueezed(String value, long axis, String wanted) {
    return reshaped("Unsqueeze", value, axis, wanted);
  }

  String squeezed(String value, long axis, String wanted) {
    return reshaped("Squeeze", value, axis, wanted);
  }

  private String reshaped(String operator, String value, long axis, String wanted) {
    if (site.opsets().version("") < 13) {
      return add(operator, List.of(value), wanted, Attribute.of("axes", new long[] {axis}));
    }
    String axes = constant(wanted + "/axis", Tensor.of(new long[] {axis}, 1));
    return add(operator, List.of(value, axes), wanted);
  }

  /** Gives a value another name, that somebody around the body knows it by. */
  void name(String value, String wanted) {
    nodes.add(new Node("", "Identity", List.of(value), List.of(wanted), List.of()));
  }
}
