package org.sardonyx.passes.simplify;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Columns.Atom;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** The values of a loop's body as sums of products of its states and of what enters it. */
final class BodyAlgebra {

  private static final int DEPTH = 200;

  private final Site site;
  private final Map<String, Node> makers = new HashMap<>();
  private final Map<String, Atom> atoms = new HashMap<>();
  private final Map<String, Columns> known = new HashMap<>();
  private final Map<String, Atom> cuts = new HashMap<>();
  private final Set<String> tainted = new HashSet<>();
  private final Set<String> open = new HashSet<>();
  private final Set<String> inputs = new HashSet<>();
  private int numbers;

  /**
   * @param states the carried values by name in the body, with their widths; -1 where one is no
   *     matrix
   * @param given values that are known otherwise, with their widths
   */
  BodyAlgebra(Graph body, Site site, Map<String, Integer> states, Map<String, Integer> given) {
    this.site = site;
    states.forEach((name, width) -> {
      if (width > 0) {
        atom(name, width);
      }
    });
    given.forEach(this::atom);
    tainted.addAll(states.keySet());
    body.inputs().forEach(input -> inputs.add(input.name()));
    for (Node node : body.nodes()) {
      boolean depends = Graphs.reads(node).stream().anyMatch(tainted::contains);
      for (String output : node.outputs()) {
        makers.put(output, node);
        if (depends && !given.containsKey(output)) {
          tainted.add(output);
        }
      }
    }
  }

  private Atom atom(String name, int width) {
    return atoms.computeIfAbsent(name, n -> new Atom(numbers++, n, width, null, null));
  }

  /** Whether a value of the body depends on states that are not known otherwise. */
  boolean dependsOnStates(String name) {
    return tainted.contains(name);
  }

  /** Returns a value as a sum; null where it is none. */
  @Nullable Columns of(String name) {
    Atom atom = atoms.get(name);
    if (atom != null) {
      return Columns.of(atom);
    }
    Columns before = known.get(name);
    Node node = makers.get(name);
    if (before != null || node == null || !node.isOnnx() || open.size() > DEPTH) {
      return before;
    }
    if (!open.add(name)) {
      return null;
    }
    Columns result = of(node, name);
    open.remove(name);
    if (result != null) {
      known.put(name, result);
    }
    return result;
  }

  private @Nullable Columns of(Node node, String output) {
    List<String> in = node.inputs();
    return switch (node.opType()) {
      case "Identity" -> of(in.getFirst());
      case "Add" -> sum(in.get(0), in.get(1), false);
      case "Sub" -> sum(in.get(0), in.get(1), true);
      case "Mul" -> {
        Columns[] pair = pair(in.get(0), in.get(1));
        yield pair == null ? null : pair[0].times(pair[1]);
      }
      case "Neg" -> {
        Columns x = of(in.getFirst());
        yield x == null ? null : x.negative();
      }
      case "MatMul" -> product(in.get(0), constant(in.get(1)), false, 1);
      case "Gemm" -> gemm(node);
      case "Sigmoid", "Tanh", "Relu" -> function(node, new Columns.Function(node.opType(), 0, 0));
      case "HardSigmoid" ->
          function(
              node,
              new Columns.Function(
                  node.opType(), number(node, "alpha", 0.2f), number(node, "beta", 0.5f)));
      case "Slice" -> slice(node);
      case "Split" -> split(node, output);
      default -> null;
    };
  }

  private @Nullable Columns sum(String left, String right, boolean minus) {
    Columns[] pair = pair(left, right);
    return pair == null ? null : pair[0].plus(minus ? pair[1].negative() : pair[1]);
  }

  /** Returns two operands, a constant among them as wide as the other. */
  private Columns @Nullable [] pair(String left, String right) {
    Columns a = of(left);
    Columns b = of(right);
    if (a == null && b != null) {
      a = row(left, b.width());
    } else if (b == null && a != null) {
      b = row(right, a.width());
    }
    return a == null || b == null || a.width() != b.width() ? null : new Columns[] {a, b};
  }

  /** Returns a constant that every batch has the same. */
  private @Nullable Columns row(String name, int width) {
    Tensor tensor = constant(name);
    if (tensor == null
        || tensor.rank() > 2
        || (tensor.rank() == 2 && tensor.dim(0) != 1)
        || (tensor.size() != 1 && tensor.size() != width)) {
      return null;
    }
    float[] row = new float[width];
    for (int i = 0; i < width; i++) {
      row[i] = tensor.floats()[tensor.size() == 1 ? 0 : i];
    }
    return Columns.row(row);
  }

  private @Nullable Columns gemm(Node node) {
    List<String> in = node.inputs();
    if (Wiring.attribute(node, "transA", 0) != 0) {
      return null;
    }
    Columns product =
        product(
            in.get(0),
            constant(in.get(1)),
            Wiring.attribute(node, "transB", 0) != 0,
            number(node, "alpha", 1));
    if (product == null || in.size() < 3 || in.get(2).isEmpty()) {
      return product;
    }
    Columns bias = row(in.get(2), product.width());
    float beta = number(node, "beta", 1);
    return bias == null ? null : product.plus(beta == 1 ? bias : bias.times(beta));
  }

  /** Returns a product with a constant matrix; of parts of it where the left side is joined. */
  private @Nullable Columns product(
      String left, @Nullable Tensor right, boolean transposed, float alpha) {
    if (right == null || right.rank() != 2) {
      return null;
    }
    int rows = right.dim(transposed ? 1 : 0);
    Node join = makers.get(left);
    if (join == null || !join.isOnnx("Concat") || !dependsOnStates(left)) {
      return product(left, right, transposed, alpha, 0, rows);
    }
    @Nullable Columns sum = null;
    int row = 0;
    for (String part : join.inputs()) {
      int width = isLast(Wiring.attribute(join, "axis", 0)) ? width(part) : -1;
      Columns product =
          width < 1 || row + width > rows
              ? null
              : product(part, right, transposed, alpha, row, row + width);
      sum = product == null ? null : sum == null ? product : sum.plus(product);
      if (sum == null) {
        return null;
      }
      row += width;
    }
    return row == rows ? sum : null;
  }

  private @Nullable Columns product(
      String left, Tensor right, boolean transposed, float alpha, int from, int to) {
    List<Atom> source;
    if (dependsOnStates(left)) {
      Columns columns = of(left);
      source = columns == null ? null : columns.atoms();
    } else {
      source =
          makers.containsKey(left) || atoms.containsKey(left) || inputs.contains(left)
              ? List.of(atom(left, to - from))
              : null;
    }
    if (source == null || source.getFirst().width != to - from) {
      return null;
    }
    int width = right.dim(transposed ? 0 : 1);
    int rows = right.dim(transposed ? 1 : 0);
    float[] weights = new float[(to - from) * width];
    for (int k = from; k < to; k++) {
      for (int j = 0; j < width; j++) {
        float w = right.floats()[transposed ? j * rows + k : k * width + j];
        weights[(k - from) * width + j] = alpha == 1 ? w : alpha * w;
      }
    }
    return Columns.product(source, weights, width);
  }

  private int width(String name) {
    Columns columns = dependsOnStates(name) ? of(name) : null;
    if (columns != null) {
      return columns.width();
    }
    return site.type(name) instanceof Type.OfTensor(var _, Shape shape)
            && shape.hasRank()
            && shape.rank() == 2
            && shape.dim(1) instanceof Dim.Known(long size)
            && size <= Integer.MAX_VALUE
        ? (int) size
        : -1;
  }

  private @Nullable Columns function(Node node, Columns.Function function) {
    Columns argument = of(node.inputs().getFirst());
    return argument == null
        ? null
        : Columns.of(apply(node.outputs().getFirst(), function, argument));
  }

  private Atom apply(String name, Columns.Function function, Columns argument) {
    return new Atom(numbers++, name, argument.width(), function, argument);
  }

  /** Returns a part of an atom, the same each time; null for values of the body. */
  private @Nullable Atom cut(Atom atom, int from, int to) {
    Columns.Function function = atom.function;
    Columns argument = atom.argument;
    if (from == 0 && to == atom.width) {
      return atom;
    }
    if (function == null || argument == null) {
      return null;
    }
    String key = atom.name + "\0" + from + "\0" + to;
    Atom before = cuts.get(key);
    Columns part = before != null ? null : argument.slice(from, to, this::cut);
    if (part != null) {
      before = apply(key, function, part);
      cuts.put(key, before);
    }
    return before;
  }

  private @Nullable Columns slice(Node node) {
    List<String> in = node.inputs();
    boolean old = node.attribute("starts") != null;
    long @Nullable [] starts = old ? ints(node, "starts") : ints(in, 1);
    long @Nullable [] ends = old ? ints(node, "ends") : ints(in, 2);
    long @Nullable [] axes = old ? ints(node, "axes") : ints(in, 3);
    long @Nullable [] steps = in.size() > 4 && !in.get(4).isEmpty() ? ints(in, 4) : new long[] {1};
    if (starts == null || ends == null || axes == null || steps == null) {
      return null;
    }
    boolean one = starts.length == 1 && ends.length == 1 && axes.length == 1;
    Columns x = one && isLast(axes[0]) && steps[0] == 1 ? of(in.getFirst()) : null;
    if (x == null) {
      return null;
    }
    long from = Math.clamp(starts[0] < 0 ? starts[0] + x.width() : starts[0], 0, x.width());
    long to = Math.clamp(ends[0] < 0 ? ends[0] + x.width() : ends[0], 0, x.width());
    return from < to ? x.slice((int) from, (int) to, this::cut) : null;
  }

  private @Nullable Columns split(Node node, String output) {
    Columns x = isLast(Wiring.attribute(node, "axis", 0)) ? of(node.inputs().getFirst()) : null;
    if (x == null) {
      return null;
    }
    int count = node.outputs().size();
    boolean stated = node.inputs().size() > 1 && !node.inputs().get(1).isEmpty();
    long[] sizes =
        stated
            ? ints(node.inputs(), 1)
            : node.attribute("split") != null ? ints(node, "split") : new long[0];
    if (sizes == null || (sizes.length == 0 && x.width() % count != 0)) {
      return null;
    }
    int at = node.outputs().indexOf(output);
    int from = 0;
    int to = 0;
    for (int i = 0; i <= at; i++) {
      from = to;
      to += sizes.length == 0 ? x.width() / count : (int) sizes[i];
    }
    return from < to && to <= x.width() ? x.slice(from, to, this::cut) : null;
  }

  /** Whether an axis of a value of rank 2 is the last. */
  private static boolean isLast(long axis) {
    return axis == 1 || axis == -1;
  }

  private long @Nullable [] ints(List<String> inputs, int index) {
    Tensor tensor = index < inputs.size() ? site.constant(inputs.get(index)) : null;
    return tensor == null || !tensor.dataType().isInteger() ? null : tensor.toLongs();
  }

  private static long @Nullable [] ints(Node node, String name) {
    Attribute attribute = node.attribute(name);
    return attribute != null && attribute.value() instanceof Attribute.OfInts(List<Long> values)
        ? values.stream().mapToLong(Long::longValue).toArray()
        : null;
  }

  private static float number(Node node, String name, float otherwise) {
    Attribute attribute = node.attribute(name);
    return attribute != null && attribute.value() instanceof Attribute.OfFloat(float value)
        ? value
        : otherwise;
  }

  /** Returns a constant of floats that the body defines or sees; null where it is none. */
  @Nullable Tensor constant(String name) {
    Tensor tensor = site.constant(name);
    TensorData data = tensor == null ? site.initializer(name) : null;
    if (data != null && data.dataType() == DataType.FLOAT) {
      tensor = Contents.load(data);
    }
    return tensor != null && tensor.dataType() == DataType.FLOAT ? tensor : null;
  }
}
