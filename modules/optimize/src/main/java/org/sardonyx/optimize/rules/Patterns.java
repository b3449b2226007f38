package org.sardonyx.optimize.rules;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.optimize.rules.Pattern.Diagonal;
import org.sardonyx.optimize.rules.Pattern.Index;
import org.sardonyx.passes.simplify.Contents;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** Finds the diagonals of masks, in constants and in what computes them for any sizes. */
final class Patterns {

  private static final int DEPTH = 24;

  private final Wiring wiring;
  private final Site site;

  Patterns(Wiring wiring, Site site) {
    this.wiring = wiring;
    this.site = site;
  }

  /** Returns the diagonal of a value; null where it is not known to be one. */
  @Nullable Diagonal diagonal(String value) {
    return diagonal(value, DEPTH);
  }

  private @Nullable Diagonal diagonal(String value, int depth) {
    return of(value, depth) instanceof Diagonal diagonal ? diagonal : null;
  }

  private @Nullable Index index(String value, int depth) {
    List<Dim> elements = site.elements(value);
    if (elements != null && elements.size() == 1) {
      return new Index(0, 0, elements.getFirst());
    }
    return of(value, depth) instanceof Index index ? index : null;
  }

  private @Nullable Pattern of(String value, int depth) {
    Tensor constant = site.constant(value);
    if (constant != null) {
      return constant(constant);
    }
    TensorData initializer = site.initializer(value);
    if (initializer != null) {
      Tensor tensor = Contents.load(initializer);
      return tensor == null ? null : constant(tensor);
    }
    Node node = wiring.maker(value);
    if (node == null || !node.isOnnx() || depth == 0 || node.inputs().isEmpty()) {
      return null;
    }
    String x = node.inputs().get(0);
    String y = node.inputs().size() > 1 ? node.inputs().get(1) : "";
    int next = depth - 1;
    return switch (node.opType()) {
      case "Identity" -> of(x, next);
      case "Expand", "Reshape" -> keepsLastTwo(x, value) ? of(x, next) : spread(node, x, next);
      case "Unsqueeze" -> unsqueezed(node, next);
      case "Cast" -> cast(node, of(x, next));
      case "ConstantOfShape" -> filled(node);
      case "Range" -> range(node);
      case "Slice" -> sliced(node, diagonal(x, next));
      case "Trilu" -> triangle(node, diagonal(x, next));
      case "Not" -> map(diagonal(x, next), Diagonal.all(0), (a, _) -> a == 0 ? 1 : 0);
      case "Where" -> where(node, next);
      case "LessOrEqual" -> compared(x, y, 0, next);
      case "Less" -> compared(x, y, 1, next);
      case "GreaterOrEqual" -> compared(y, x, 0, next);
      case "Greater" -> compared(y, x, 1, next);
      case "Equal" -> map(x, y, next, (a, b) -> a == b ? 1 : 0);
      case "And" -> map(x, y, next, (a, b) -> a * b);
      case "Or" -> map(x, y, next, Math::max);
      case "Mul" -> map(x, y, next, (a, b) -> a * b);
      case "Add" -> sum(x, y, 1, next);
      case "Sub" -> sum(x, y, -1, next);
      default -> null;
    };
  }

  /** Returns a constant's diagonal: one number in all of it, or two that a diagonal parts. */
  private static @Nullable Diagonal constant(Tensor tensor) {
    boolean truth = tensor.dataType() == DataType.BOOL;
    if (tensor.size() == 0
        || !(truth || tensor.dataType().isFloat() || tensor.dataType().isInteger())) {
      return null;
    }
    double[] all = tensor.toDoubles();
    int columns = tensor.rank() < 2 ? all.length : tensor.dim(tensor.rank() - 1);
    int rows = tensor.rank() < 2 ? 1 : tensor.dim(tensor.rank() - 2);
    int first = 0;
    while (first < columns && Double.compare(all[first], all[0]) == 0) {
      first++;
    }
    if (first == columns && rows > 1) {
      first = columns + rows; // nothing but one number, or the diagonal starts below
    }
    double above = first < columns ? all[first] : all[0];
    for (int n = 0; n < all.length; n++) {
      int i = n / columns % rows;
      int j = n % columns;
      if (Double.compare(all[n], j - i < first ? all[0] : above) != 0) {
        return null;
      }
    }
    return new Diagonal(Dim.of(first - 1L), all[0], above);
  }

  private boolean keepsLastTwo(String a, String b) {
    Shape one = Read.shape(site, a);
    Shape two = Read.shape(site, b);
    if (!one.hasRank() || !two.hasRank() || one.rank() < 2 || two.rank() < 2) {
      return false;
    }
    for (int i = 1; i <= 2; i++) {
      if (!one.dim(one.rank() - i).sameAs(two.dim(two.rank() - i))) {
        return false;
      }
    }
    return true;
  }

  /** What is the same everywhere stays so; [n] becomes a column; rows or columns are repeated. */
  private @Nullable Pattern spread(Node node, String x, int depth) {
    Pattern pattern = of(x, depth);
    if (!(pattern instanceof Index(long row, long column, Dim offset))) {
      return pattern instanceof Diagonal diagonal && diagonal.isUniform() ? pattern : null;
    }
    Shape from = Read.shape(site, x);
    Shape to = Read.shape(site, node.outputs().getFirst());
    if (!from.hasRank() || !to.hasRank()) {
      return null;
    }
    boolean turns =
        from.rank() == 1 && to.rank() == 2 && to.dim(0).sameAs(from.dim(0)) && to.dim(1).is(1);
    return turns && row == 0
        ? new Index(column, 0, offset)
        : node.isOnnx("Expand") && from.rank() == to.rank() ? pattern : null;
  }

  private @Nullable Pattern unsqueezed(Node node, int depth) {
    Pattern pattern = of(node.inputs().getFirst(), depth);
    long[] axes = Read.ints(site, node, "axes", 1);
    int rank = wiring.rank(node.outputs().getFirst());
    if (axes == null || rank < 1 || pattern == null) {
      return null;
    }
    if (pattern instanceof Diagonal diagonal && diagonal.isUniform()) {
      return pattern;
    }
    for (long each : axes) {
      long axis = each < 0 ? each + rank : each;
      if (axis >= rank - 2) {
        // [n] becomes [n, 1] or [1, n]
        return pattern instanceof Index(long row, long column, Dim offset)
                && row == 0
                && axes.length == 1
                && rank == 2
            ? axis == 1 ? new Index(column, 0, offset) : pattern
            : null;
      }
    }
    return pattern;
  }

  private static @Nullable Pattern cast(Node node, @Nullable Pattern pattern) {
    Attribute to = node.attribute("to");
    if (to == null || !(to.value() instanceof Attribute.OfInt(long code)) || pattern == null) {
      return null;
    }
    if (pattern instanceof Diagonal(Dim last, double below, double above)) {
      return code == DataType.BOOL.code()
          ? new Diagonal(last, below == 0 ? 0 : 1, above == 0 ? 0 : 1)
          : pattern;
    }
    return code == DataType.BOOL.code() ? null : pattern;
  }

  private static @Nullable Diagonal filled(Node node) {
    Attribute fill = node.attribute("value");
    if (fill == null) {
      return Diagonal.all(0);
    }
    return fill.value() instanceof Attribute.OfTensor(TensorData data)
        ? constant(data.load())
        : null;
  }

  private @Nullable Index range(Node node) {
    List<Dim> start = site.elements(node.inputs().getFirst());
    Tensor step = site.constant(node.inputs().get(2));
    return start != null && start.size() == 1 && step != null && step.getDouble(0) == 1
        ? new Index(0, 1, start.getFirst())
        : null;
  }

  /** Returns the diagonal of what begins further down, or further to the right. */
  private @Nullable Diagonal sliced(Node node, @Nullable Diagonal whole) {
    if (whole == null || whole.isUniform() || node.inputs().size() < 4) {
      return whole;
    }
    List<Dim> starts = site.elements(node.inputs().get(1));
    long[] axes = Read.ints(site, node, "axes", 3);
    boolean stepped = node.inputs().size() > 4 && !node.inputs().get(4).isEmpty();
    long[] steps = stepped ? Read.ints(site, node, "steps", 4) : new long[] {1};
    int rank = wiring.rank(node.inputs().getFirst());
    if (starts == null
        || axes == null
        || steps == null
        || starts.size() != axes.length
        || rank < 2) {
      return null;
    }
    Dim last = whole.last();
    for (int i = 0; i < axes.length; i++) {
      long axis = axes[i] < 0 ? axes[i] + rank : axes[i];
      Dim start = starts.get(i);
      boolean forward = steps[Math.min(i, steps.length - 1)] == 1 && start.isNeverNegative();
      if (axis >= rank - 2 && !forward) {
        return null;
      }
      last = axis == rank - 1 ? last.minus(start) : axis == rank - 2 ? last.plus(start) : last;
    }
    return new Diagonal(last, whole.below(), whole.above());
  }

  private @Nullable Diagonal triangle(Node node, @Nullable Diagonal of) {
    boolean given = node.inputs().size() > 1 && !node.inputs().get(1).isEmpty();
    List<Dim> at = given ? site.elements(node.inputs().get(1)) : List.of(Dim.of(0));
    if (of == null || !of.isUniform() || at == null || at.size() != 1) {
      return null;
    }
    return Wiring.attribute(node, "upper", 1) == 1
        ? new Diagonal(at.getFirst().minus(Dim.of(1)), 0, of.below())
        : new Diagonal(at.getFirst(), of.below(), 0);
  }

  private @Nullable Diagonal where(Node node, int depth) {
    Diagonal condition = diagonal(node.inputs().get(0), depth);
    Diagonal yes = condition == null ? null : diagonal(node.inputs().get(1), depth);
    Diagonal no = yes == null ? null : diagonal(node.inputs().get(2), depth);
    if (condition == null || yes == null || no == null || !yes.meets(no)) {
      return null;
    }
    Diagonal other = yes.isUniform() ? no : yes;
    return condition.meets(other)
        ? condition.with(
            other,
            condition.below() == 0 ? no.below() : yes.below(),
            condition.above() == 0 ? no.above() : yes.above())
        : null;
  }

  /** Returns where {@code x - y + more <= 0}. */
  private @Nullable Diagonal compared(String x, String y, int more, int depth) {
    Index a = index(x, depth);
    Index b = a == null ? null : index(y, depth);
    return a == null || b == null
        ? null
        : a.plus(b, -1).plus(new Index(0, 0, Dim.of(more)), 1).notPositive();
  }

  private @Nullable Pattern sum(String x, String y, int sign, int depth) {
    Index a = index(x, depth);
    Index b = a == null ? null : index(y, depth);
    return a != null && b != null
        ? a.plus(b, sign)
        : map(x, y, depth, (one, two) -> one + sign * two);
  }

  private @Nullable Diagonal map(String x, String y, int depth, DoubleBinaryOperator operator) {
    Diagonal b = diagonal(y, depth);
    return b == null ? null : map(diagonal(x, depth), b, operator);
  }

  private static @Nullable Diagonal map(
      @Nullable Diagonal a, Diagonal b, DoubleBinaryOperator operator) {
    return a == null || !a.meets(b)
        ? null
        : a.with(
            b,
            operator.applyAsDouble(a.below(), b.below()),
            operator.applyAsDouble(a.above(), b.above()));
  }
}
