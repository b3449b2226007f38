package org.sardonyx.passes.infer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.Operator;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Follows shapes in the making, int64 tensors that hold dimensions, through the operators that
 * exporters compute shapes with, whatever those operators state themselves.
 *
 * <p>Operators that only move elements are run on numbered tokens that stand for the elements, so
 * that their own code says where each goes. Arithmetic and comparisons are done on {@link Dim}.
 */
final class Elements {

  /** Operators that move elements, and the inputs whose elements they move. */
  private static final Map<String, Set<Integer>> MOVERS =
      Map.ofEntries(
          Map.entry("Identity", Set.of(0)),
          Map.entry("Reshape", Set.of(0)),
          Map.entry("Flatten", Set.of(0)),
          Map.entry("Squeeze", Set.of(0)),
          Map.entry("Unsqueeze", Set.of(0)),
          Map.entry("Transpose", Set.of(0)),
          Map.entry("Slice", Set.of(0)),
          Map.entry("Gather", Set.of(0)),
          Map.entry("GatherElements", Set.of(0)),
          Map.entry("GatherND", Set.of(0)),
          Map.entry("Split", Set.of(0)),
          Map.entry("Expand", Set.of(0)),
          Map.entry("Tile", Set.of(0)),
          Map.entry("Compress", Set.of(0)),
          Map.entry("Pad", Set.of(0, 2)),
          Map.entry("ScatterElements", Set.of(0, 2)),
          Map.entry("ScatterND", Set.of(0, 2)));

  private static final Set<String> BINARY =
      Set.of(
          "Add",
          "Sub",
          "Mul",
          "Div",
          "Equal",
          "Less",
          "LessOrEqual",
          "Greater",
          "GreaterOrEqual",
          "And",
          "Or");

  private final Evaluator evaluator;

  Elements(Evaluator.Time time) {
    this.evaluator = new Evaluator(time, Facts.MAX_ELEMENTS);
  }

  /** The elements of one output. */
  record Result(int[] shape, List<Dim> elements) {}

  /**
   * Returns what is known of the elements of each output; null elements where nothing is.
   *
   * @param operator the operator, null where it could not be made
   */
  List<@Nullable Result> of(Node node, @Nullable Operator operator, List<Facts> inputs) {
    int outputs = node.outputs().size();
    List<@Nullable Result> none = Arrays.asList(new @Nullable Result[outputs]);
    if (!node.isOnnx() || outputs == 0 || inputs.isEmpty()) {
      return none;
    }
    String type = node.opType();
    if (type.equals("Concat")) {
      return operator == null ? none : moved(operator, inputs, null, outputs);
    }
    Set<Integer> moving = MOVERS.get(type);
    if (moving != null) {
      return operator == null ? none : moved(operator, inputs, moving, outputs);
    }
    Result result =
        switch (type) {
          case "Shape" -> shape(node, inputs);
          case "Size" -> size(inputs);
          case "Cast" -> known(inputs, 0);
          case "Neg" -> neg(inputs);
          case "Not" -> not(inputs);
          case "Where" -> where(inputs);
          case "Max", "Min" -> fold(type, inputs);
          case "ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin" -> reduce(node, inputs);
          default -> BINARY.contains(type) ? binary(type, inputs) : null;
        };
    none.set(0, result);
    return none;
  }

  private List<@Nullable Result> moved(
      Operator operator, List<Facts> inputs, @Nullable Set<Integer> moving, int outputs) {
    List<@Nullable Result> results = Arrays.asList(new @Nullable Result[outputs]);
    List<Dim> tokens = new ArrayList<>();
    tokens.add(Dim.of(0)); // what Pad fills with
    List<@Nullable Value> actual = new ArrayList<>();
    boolean symbolic = false;
    for (int i = 0; i < inputs.size(); i++) {
      Facts facts = inputs.get(i);
      if (facts.type() == null) {
        if (moving == null || i == 0) {
          return results;
        }
        actual.add(null); // absent, or unknown and refused by the operator
        continue;
      }
      if (moving != null && !moving.contains(i)) {
        if (facts.constant() == null) {
          return results;
        }
        actual.add(facts.constant());
        continue;
      }
      Result data = known(inputs, i);
      if (data == null) {
        return results;
      }
      long[] numbers = new long[data.elements.size()];
      for (int k = 0; k < numbers.length; k++) {
        symbolic |= !(data.elements.get(k) instanceof Dim.Unknown);
        numbers[k] = tokens.size();
        tokens.add(data.elements.get(k));
      }
      actual.add(Tensor.of(numbers, data.shape));
    }
    List<@Nullable Value> run = symbolic ? evaluator.run(operator, actual, outputs) : null;
    if (run == null) {
      return results;
    }
    for (int i = 0; i < outputs; i++) {
      if (run.get(i) instanceof Tensor tensor && tensor.size() <= Facts.MAX_ELEMENTS) {
        List<Dim> elements = new ArrayList<>(tensor.size());
        for (int k = 0; k < tensor.size(); k++) {
          elements.add(tokens.get((int) tensor.getLong(k)));
        }
        results.set(i, new Result(tensor.shape(), elements));
      }
    }
    return results;
  }

  private static @Nullable Result known(List<Facts> inputs, int i) {
    if (i >= inputs.size()) {
      return null;
    }
    Facts facts = inputs.get(i);
    List<Dim> elements = facts.elementsOrUnknown();
    Shape shape = facts.shape();
    if (elements == null || !shape.isKnown()) {
      return null;
    }
    return new Result(sizes(shape), elements);
  }

  /** Returns the sizes of a shape of not too many elements. */
  static int[] sizes(Shape shape) {
    int[] sizes = new int[shape.rank()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.toIntExact(shape.dim(i).sizeOrMinusOne());
    }
    return sizes;
  }

  private static @Nullable Result shape(Node node, List<Facts> inputs) {
    Shape shape = inputs.get(0).shape();
    if (!shape.hasRank()) {
      return null;
    }
    int rank = shape.rank();
    int from = clamp(integer(node, "start", 0), rank);
    int to = Math.max(from, clamp(integer(node, "end", rank), rank));
    return new Result(new int[] {to - from}, shape.dims().subList(from, to));
  }

  private static int clamp(long axis, int rank) {
    return (int) Math.clamp(axis < 0 ? axis + rank : axis, 0L, (long) rank);
  }

  private static long integer(Node node, String name, long otherwise) {
    Attribute attribute = node.attribute(name);
    return attribute != null && attribute.value() instanceof Attribute.OfInt(long value)
        ? value
        : otherwise;
  }

  private static @Nullable Result size(List<Facts> inputs) {
    Shape shape = inputs.get(0).shape();
    return shape.hasRank() ? new Result(new int[0], List.of(shape.elements())) : null;
  }

  private static @Nullable Result neg(List<Facts> inputs) {
    Result x = known(inputs, 0);
    if (x == null) {
      return null;
    }
    List<Dim> elements = new ArrayList<>(x.elements.size());
    for (Dim element : x.elements) {
      elements.add(Dim.of(0).minus(element));
    }
    return new Result(x.shape, elements);
  }

  private static @Nullable Result not(List<Facts> inputs) {
    Result x = known(inputs, 0);
    if (x == null) {
      return null;
    }
    List<Dim> elements = new ArrayList<>(x.elements.size());
    for (Dim element : x.elements) {
      elements.add(element instanceof Dim.Known(long v) ? Dim.of(v == 0 ? 1 : 0) : Dim.UNKNOWN);
    }
    return new Result(x.shape, elements);
  }

  private static @Nullable Result fold(String type, List<Facts> inputs) {
    Result result = known(inputs, 0);
    for (int i = 1; i < inputs.size() && result != null; i++) {
      Result next = known(inputs, i);
      result = next == null ? null : combine(type, result, next);
    }
    return result;
  }

  private static @Nullable Result binary(String type, List<Facts> inputs) {
    Result a = known(inputs, 0);
    Result b = known(inputs, 1);
    return a == null || b == null ? null : combine(type, a, b);
  }

  private static @Nullable Result combine(String type, Result a, Result b) {
    int[] shape = broadcast(a.shape, b.shape);
    if (shape == null) {
      return null;
    }
    int[] from = Broadcast.strides(a.shape, shape);
    int[] of = Broadcast.strides(b.shape, shape);
    List<Dim> elements = new ArrayList<>();
    int size = Axes.product(shape, 0, shape.length);
    for (int i = 0; i < size; i++) {
      Dim x = a.elements.get(position(i, shape, from));
      Dim y = b.elements.get(position(i, shape, of));
      elements.add(DimMath.apply(type, x, y));
    }
    return new Result(shape, elements);
  }

  private static @Nullable Result where(List<Facts> inputs) {
    Result condition = known(inputs, 0);
    Result a = known(inputs, 1);
    Result b = known(inputs, 2);
    if (condition == null || a == null || b == null) {
      return null;
    }
    int[] two = broadcast(a.shape, b.shape);
    int[] shape = two == null ? null : broadcast(condition.shape, two);
    if (shape == null) {
      return null;
    }
    int[] c = Broadcast.strides(condition.shape, shape);
    int[] s = Broadcast.strides(a.shape, shape);
    int[] t = Broadcast.strides(b.shape, shape);
    List<Dim> elements = new ArrayList<>();
    int size = Axes.product(shape, 0, shape.length);
    for (int i = 0; i < size; i++) {
      Dim x = a.elements.get(position(i, shape, s));
      Dim y = b.elements.get(position(i, shape, t));
      elements.add(
          condition.elements.get(position(i, shape, c)) instanceof Dim.Known(long v)
              ? v != 0 ? x : y
              : x.sameAs(y) ? x : Dim.UNKNOWN);
    }
    return new Result(shape, elements);
  }

  /** Reduces a vector to one element; other shapes are left alone. */
  private static @Nullable Result reduce(Node node, List<Facts> inputs) {
    Result x = known(inputs, 0);
    if (x == null || x.shape.length != 1 || x.elements.isEmpty()) {
      return null;
    }
    boolean keep = integer(node, "keepdims", 1) != 0;
    String type =
        switch (node.opType()) {
          case "ReduceProd" -> "Mul";
          case "ReduceSum" -> "Add";
          case "ReduceMax" -> "Max";
          default -> "Min";
        };
    if (integer(node, "noop_with_empty_axes", 0) != 0) {
      return null;
    }
    Dim result = x.elements.getFirst();
    for (Dim element : x.elements.subList(1, x.elements.size())) {
      result = DimMath.apply(type, result, element);
    }
    return new Result(keep ? new int[] {1} : new int[0], List.of(result));
  }

  private static int @Nullable [] broadcast(int[] a, int[] b) {
    int rank = Math.max(a.length, b.length);
    int[] shape = new int[rank];
    long size = 1;
    for (int i = 1; i <= rank; i++) {
      int x = i <= a.length ? a[a.length - i] : 1;
      int y = i <= b.length ? b[b.length - i] : 1;
      if (x != y && x != 1 && y != 1) {
        return null;
      }
      shape[rank - i] = x == 1 ? y : x;
      size *= shape[rank - i];
      if (size > Facts.MAX_ELEMENTS) {
        return null;
      }
    }
    return shape;
  }

  private static int position(int index, int[] shape, int[] strides) {
    int position = 0;
    int rest = index;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      position += rest % shape[axis] * strides[axis];
      rest /= shape[axis];
    }
    return position;
  }

  /** Returns the type of an output whose elements were found, given the element type. */
  static Type type(Result result, Type.OfTensor declared) {
    return Type.tensor(declared.elementType(), Shape.of(result.shape));
  }
}
