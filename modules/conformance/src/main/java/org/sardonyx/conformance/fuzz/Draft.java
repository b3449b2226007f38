package org.sardonyx.conformance.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Call;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/**
 * A graph in the making: what is random, and the values that nodes may read. A body sees the values
 * of the graph around it.
 *
 * <p>Values stay small and far from where functions jump, so that a model is as well-conditioned as
 * its operators.
 */
final class Draft {

  /** Above this a value is scaled down. */
  private static final double LARGE = 12;

  /** No value has more elements. */
  static final int MOST = 4096;

  /** Sizes around what vectors hold, and small ones. */
  private static final int[] SIZES = {1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 8, 9, 12, 16, 17};

  final GraphBuilder graph;
  final Random random;
  final long opset;

  /** The type of its floating-point values. */
  final DataType type;

  private final @Nullable Draft outer;
  private final Map<String, Value> inputs;
  private final List<Live> live = new ArrayList<>();

  private Draft(
      GraphBuilder graph,
      Random random,
      long opset,
      DataType type,
      @Nullable Draft outer,
      Map<String, Value> inputs) {
    this.graph = graph;
    this.random = random;
    this.opset = opset;
    this.type = type;
    this.outer = outer;
    this.inputs = inputs;
    if (outer != null) {
      live.addAll(outer.live);
    }
  }

  static Draft of(Random random, long opset, DataType type) {
    return new Draft(new GraphBuilder("fuzz"), random, opset, type, null, new LinkedHashMap<>());
  }

  Draft body(String name) {
    return new Draft(graph.body(name), random, opset, type, this, inputs);
  }

  int depth() {
    return outer == null ? 0 : outer.depth() + 1;
  }

  Map<String, Value> inputs() {
    return inputs;
  }

  // What is random.

  boolean flip() {
    return random.nextBoolean();
  }

  boolean oneIn(int ways) {
    return random.nextInt(ways) == 0;
  }

  @SafeVarargs
  final <T> T any(T... ways) {
    return ways[random.nextInt(ways.length)];
  }

  int size() {
    return SIZES[random.nextInt(SIZES.length)];
  }

  /** Returns a number between the two, both included. */
  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  float real(double least, double most) {
    return (float) (least + random.nextDouble() * (most - least));
  }

  int axis(Live x) {
    return random.nextInt(x.rank());
  }

  /** Returns the axis or the same one counted from the end. */
  long spelled(int axis, int rank) {
    return flip() ? axis : axis - rank;
  }

  Tensor numbers(double deviation, int... shape) {
    float[] data = new float[Tensor.checkedSize(shape)];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) (Math.clamp(random.nextGaussian(), -2.5, 2.5) * deviation);
    }
    return typed(data, shape);
  }

  /** Returns positive numbers, far from zero. */
  Tensor positive(int... shape) {
    float[] data = new float[Tensor.checkedSize(shape)];
    for (int i = 0; i < data.length; i++) {
      data[i] = real(0.5, 1.5);
    }
    return typed(data, shape);
  }

  /** Returns numbers in the type of the model. */
  Tensor typed(float[] data, int... shape) {
    return Tensor.fromFloats(type, data, shape);
  }

  /** Returns a constant number in the type of the model. */
  Ref scalar(double value) {
    return graph.constant(typed(new float[] {(float) value}));
  }

  int[] permutation(int rank) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    Collections.shuffle(order, random);
    return ints(order);
  }

  static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(i -> i).toArray();
  }

  static long[] longs(List<Integer> list) {
    return list.stream().mapToLong(i -> i).toArray();
  }

  static List<Integer> list(int... sizes) {
    return Arrays.stream(sizes).boxed().toList();
  }

  // Values.

  /** Returns a new value of this shape: an input of the model, or a constant in a body. */
  Live fresh(int... shape) {
    return fresh(true, shape);
  }

  /** As {@link #fresh}, with names for some of its sizes or without. */
  Live fresh(boolean named, int... shape) {
    return keep(new Live(given(numbers(0.8, shape), named), list(shape), 2, true));
  }

  /** Returns a new input of the model with this value, a constant in a body. */
  Ref given(Tensor tensor) {
    return given(tensor, true);
  }

  private Ref given(Tensor tensor, boolean named) {
    if (outer != null) {
      return graph.constant(tensor);
    }
    Object[] dims = Arrays.stream(tensor.shape()).boxed().toArray();
    for (int i = 0; i < dims.length; i++) {
      if (named && oneIn(4)) {
        dims[i] = "n" + dims[i];
      }
    }
    String name = graph.fresh("in");
    inputs.put(name, tensor);
    return graph.input(name, tensor.dataType(), dims);
  }

  /** Returns weights: a constant mostly, or an input of the model. */
  Ref weights(Tensor tensor) {
    return oneIn(8) ? given(tensor) : graph.constant(tensor);
  }

  Ref ints(long... values) {
    return graph.constant(Tensor.vector(values));
  }

  /** Returns a value that is there, a late one mostly. */
  Live pick() {
    if (live.isEmpty()) {
      return fresh(IntStream.range(0, between(1, 4)).map(_ -> size()).toArray());
    }
    int back = Math.min(random.nextInt(live.size()), random.nextInt(live.size()));
    return live.get(live.size() - 1 - back);
  }

  /** Returns a value of this rank that is there, or a new one. */
  Live pick(int rank) {
    for (int i = 0; i < 6; i++) {
      Live x = pick();
      if (x.rank() == rank) {
        return x;
      }
    }
    int[] shape = IntStream.range(0, rank).map(_ -> size()).toArray();
    while (Tensor.checkedSize(shape) > MOST / 4) {
      shape[random.nextInt(rank)] = 2;
    }
    return fresh(shape);
  }

  /** Returns a value of a rank between the two. */
  Live pick(int least, int most) {
    for (int i = 0; i < 6; i++) {
      Live x = pick();
      if (x.rank() >= least && x.rank() <= most) {
        return x;
      }
    }
    return pick(between(least, most));
  }

  /** Returns a value that no engine rounds, of at least this rank. */
  Live exact(int rank) {
    for (int i = 0; i < 8; i++) {
      Live x = pick();
      if (x.exact() && x.rank() >= rank) {
        return x;
      }
    }
    return fresh(IntStream.range(0, Math.max(1, rank)).map(_ -> size()).toArray());
  }

  /** Returns a value of this shape that is there; null where there is none. */
  @Nullable Live like(List<Integer> shape) {
    List<Live> same = live.stream().filter(x -> x.shape().equals(shape)).toList();
    return same.isEmpty() ? null : same.get(random.nextInt(same.size()));
  }

  /** Adds what a node gives, scaled down where it is large. */
  Live add(Ref ref, List<Integer> shape, double bound) {
    if (bound <= LARGE) {
      return keep(new Live(ref, shape, bound, false));
    }
    return keep(new Live(graph.node("Mul", ref, scalar(4 / bound)), shape, 4, false));
  }

  /** Adds the result of a node that only moves the elements of a value. */
  Live moved(Ref ref, List<Integer> shape, Live from) {
    return keep(new Live(ref, shape, from.bound(), from.exact()));
  }

  /** Returns the type of a value as a graph declares it: with its sizes, or without them. */
  Type floats(List<Integer> shape) {
    boolean sizes = flip();
    Object[] dims = shape.stream().map(size -> sizes ? size : (Object) "?").toArray();
    return Type.tensor(type, GraphBuilder.shape(dims));
  }

  /** Adds an input of a body. */
  Live parameter(String stem, List<Integer> shape, double bound) {
    Ref ref = graph.input(graph.fresh(stem), floats(shape));
    return keep(new Live(ref, shape, bound, false));
  }

  private Live keep(Live value) {
    live.add(value);
    return value;
  }

  Call call(String opType, Ref... refs) {
    return graph.call(opType, refs);
  }

  Ref node(String opType, Ref... refs) {
    return graph.node(opType, refs);
  }

  /** Makes an output of the graph of every value that no node reads, and of some others. */
  void end() {
    Graph made = graph.graph();
    Set<String> read = new HashSet<>();
    for (Node node : made.nodes()) {
      read.addAll(Graphs.reads(node));
    }
    Set<String> given = new HashSet<>();
    made.inputs().forEach(input -> given.add(input.name()));
    made.initializers().forEach(data -> given.add(data.name()));
    for (Live value : live) {
      String name = value.ref().name();
      if (!given.contains(name) && (!read.contains(name) || oneIn(12))) {
        graph.output(value.ref(), floats(value.shape()));
      }
    }
  }
}
