package org.sardonyx.conformance.sweep;

import java.util.Set;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Reductions, and what else goes along axes. */
final class ReductionRecipes {

  private static final Set<String> EXTREMES = Set.of("ReduceMax", "ReduceMin");

  private ReductionRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(
        ReductionRecipes::reduce,
        "ReduceL1",
        "ReduceL2",
        "ReduceLogSum",
        "ReduceLogSumExp",
        "ReduceMax",
        "ReduceMean",
        "ReduceMin",
        "ReduceProd",
        "ReduceSum",
        "ReduceSumSquare");
    recipes.put(
        d -> {
          int[] shape = shape(d);
          DataType type = d.type();
          Numbers.axis(d, "axis", shape.length, d.version() >= 11, 0);
          d.attr("keepdims", 1L, 0L, 1L);
          d.attr("select_last_index", 0L, 0L, 1L);
          d.in(
              d.flag("equal numbers")
                  ? Numbers.coarse(d, type, shape)
                  : Numbers.of(d, type, shape));
        },
        "ArgMax",
        "ArgMin");
    recipes.put(
        d -> {
          DataType type = d.type();
          int[] shape = d.pick("shape", new int[] {4}, new int[] {3, 4}, new int[] {2, 3, 2});
          d.attr("exclusive", 0L, 0L, 1L);
          d.attr("reverse", 0L, 0L, 1L);
          long axis = d.pick("axis", 0L, -1L, shape.length - 1L, (long) -shape.length);
          d.in(type.isFloat() ? Numbers.of(d, type, shape) : Numbers.coarse(d, type, shape));
          d.param(Tensor.fromLongs(d.type("T2"), new long[] {axis}));
        },
        "CumSum",
        "CumProd");
    recipes.put(ReductionRecipes::topK, "TopK");
    recipes.put(
        d -> {
          DataType type = d.type();
          int[] shape = Numbers.shapeWithAxes(d);
          d.require(shape.length > 1 || d.version() >= 13);
          Numbers.axis(d, "axis", shape.length, d.version() >= 11, d.version() < 13 ? 1 : -1);
          d.in(
              d.flag("equal numbers")
                  ? Numbers.coarse(d, type, shape)
                  : Numbers.of(d, type, shape));
        },
        "Hardmax",
        "LogSoftmax",
        "Softmax");
    recipes.put(
        d -> {
          DataType type = d.type();
          int[] shape = d.pick("shape", new int[] {4}, new int[] {3, 4}, new int[] {2, 3, 2});
          Numbers.axis(d, "axis", shape.length, true, -1);
          d.attr("p", 2L, 1L, 2L);
          d.in(Numbers.of(d, type, shape));
        },
        "LpNormalization");
  }

  private static int[] shape(Draw d) {
    return d.pick(
        "shape",
        new int[] {5},
        new int[] {2, 3},
        new int[] {2, 3, 4},
        new int[] {2, 1, 3, 2},
        new int[] {2, 1, 2, 1, 2, 2});
  }

  private static void reduce(Draw d) {
    DataType type = d.type();
    boolean asInput = d.hasInput("axes");
    int[] shape =
        d.flag("scalar") ? new int[] {} : d.flag("empty") ? new int[] {2, 0, 3} : shape(d);
    // The mean of no integers is not defined.
    d.require(type.isFloat() || !d.operator().equals("ReduceMean") || !isEmpty(shape));
    int rank = shape.length;
    String axes = d.pick("axes", "absent", "first", "last", "two", "all", "none");
    d.attr("keepdims", 1L, 0L, 1L);
    d.attr("noop_with_empty_axes", 0L, 0L, 1L);
    long[] numbers =
        switch (axes) {
          case "first" -> new long[] {0};
          case "last" -> new long[] {d.version() < 11 ? rank - 1 : -1};
          case "two" -> new long[] {0, rank - 1};
          case "all" -> all(rank);
          default -> new long[0];
        };
    d.require(!axes.equals("none") || asInput);
    d.require(rank > 0 || numbers.length == 0);
    d.require(!axes.equals("two") || rank > 1);
    boolean logarithm = d.operator().equals("ReduceLogSum");
    Tensor x =
        logarithm
            ? Numbers.between(d, type, 0.1, 3, shape)
            : d.operator().equals("ReduceProd") && !type.isFloat()
                ? Numbers.integers(d, type, 0, 4, shape)
                // Sums of integers that overflow are nowhere defined.
                : type.isFloat() || EXTREMES.contains(d.operator())
                    ? Numbers.any(d, type, shape)
                    : Numbers.of(d, type, shape);
    // Roots and logarithms that are cut to integers lie on an edge too often.
    d.require(type.isFloat() || !d.operator().startsWith("ReduceLog") || x.size() <= 5);
    d.in(x);
    if (axes.equals("absent")) {
      return;
    }
    d.numbersFor("axes", numbers);
  }

  private static boolean isEmpty(int... shape) {
    return Tensor.checkedSize(shape) == 0;
  }

  private static long[] all(int rank) {
    long[] axes = new long[rank];
    for (int i = 0; i < rank; i++) {
      axes[i] = i;
    }
    return axes;
  }

  private static void topK(Draw d) {
    DataType type = d.type();
    int[] shape = d.pick("shape", new int[] {5}, new int[] {3, 4}, new int[] {2, 3, 2});
    int axis = Numbers.axis(d, "axis", shape.length, true, -1);
    d.attr("largest", 1L, 0L, 1L);
    d.attr("sorted", 1L, 1L);
    int size = shape[axis < 0 ? axis + shape.length : axis];
    long k = d.pick("k", 1L, 2L, 0L, (long) size);
    d.require(k > 0 || d.version() >= 10);
    d.require(k <= size);
    d.set("k", k);
    d.in(d.flag("equal numbers") ? Numbers.coarse(d, type, shape) : Numbers.of(d, type, shape));
    if (d.hasInput("K")) {
      d.param(Tensor.vector(k));
    }
  }
}
