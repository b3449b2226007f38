package org.sardonyx.conformance.sweep;

import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Operators that take indices or give them. */
final class IndexingRecipes {

  private IndexingRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(
        d -> {
          DataType type = d.type();
          int[] data = d.pick("data", new int[] {3}, new int[] {3, 4}, new int[] {2, 3, 4});
          int axis = Numbers.axis(d, "axis", data.length, d.version() >= 11, 0);
          int[] shape =
              d.pick("indices", new int[] {2}, new int[] {}, new int[] {2, 1, 2}, new int[] {0});
          d.in(Numbers.of(d, type, data));
          d.param(indices(d, d.type("Tind"), size(data, axis), d.version() >= 11, shape));
        },
        "Gather");
    recipes.put(
        d -> {
          DataType type = d.type();
          int[] data = d.pick("data", new int[] {3}, new int[] {3, 4}, new int[] {2, 3, 4});
          int axis = Numbers.axis(d, "axis", data.length, true, 0);
          int[] shape = data.clone();
          if (d.flag("fewer")) {
            shape[0] = 1;
          }
          if (d.flag("none")) {
            shape[data.length - 1] = 0;
          }
          d.in(Numbers.of(d, type, data));
          d.param(indices(d, d.type("Tind"), size(data, axis), true, shape));
        },
        "GatherElements");
    recipes.put(
        d -> {
          DataType type = d.type();
          long batch = d.attr("batch_dims", 0L, 0L, 1L);
          int last = d.pick("index", 1, 2, 3);
          d.require(last + batch <= 3);
          int[] data = {2, 3, 2};
          int[] shape = batch == 1 ? new int[] {2, 2, last} : new int[] {3, last};
          if (d.flag("none")) {
            d.require(batch == 0);
            shape[0] = 0;
          }
          DataType index = d.hasType("Tind") ? d.type("Tind") : DataType.INT64;
          d.in(Numbers.of(d, type, data)).param(indices(d, index, 2, true, shape));
        },
        "GatherND",
        "com.microsoft.GatherND");
    recipes.put(IndexingRecipes::scatterElements, "Scatter", "ScatterElements");
    recipes.put(
        d -> {
          DataType type = d.type();
          reduction(d, type);
          int last = d.pick("index", 1, 2);
          boolean repeated = d.flag("repeated");
          d.require(!repeated || reduces(d));
          d.in(Numbers.of(d, type, 3, 4));
          Tensor indices =
              last == 1
                  ? Tensor.of(new long[] {2, repeated ? 2 : 0}, 2, 1)
                  : Tensor.of(new long[] {2, 1, repeated ? 2 : 0, repeated ? 1 : -1}, 2, 2);
          d.param(indices).in(last == 1 ? Numbers.of(d, type, 2, 4) : Numbers.of(d, type, 2));
        },
        "ScatterND");
    recipes.put(
        d -> {
          int[] shape = Numbers.shape(d);
          d.in(d.flag("all") ? Numbers.of(d, d.type(), shape) : Numbers.coarse(d, d.type(), shape));
        },
        "NonZero");
    recipes.put(IndexingRecipes::oneHot, "OneHot");
    recipes.put(
        d -> {
          DataType type = d.type();
          long axis = d.attr("axis", 9L, 0L, 1L, -1L, -2L);
          d.attr("sorted", 1L, 0L, 1L);
          d.in(
              axis == 9
                  ? Numbers.coarse(d, type, d.pick("shape", new int[] {9}, new int[] {3, 4}))
                  : Numbers.coarse(d, type, 4, 3));
        },
        "Unique");
    recipes.put(d -> d.in(Numbers.coarse(d, d.type(), 9)), "com.microsoft.Unique");
    recipes.put(
        d -> {
          DataType type = d.type();
          boolean three = d.flag("rank 3");
          long axis = three ? d.attr("axis", -2L, -2L, 1L) : d.attr("axis", -2L, -2L, 2L);
          String mode = d.attr("mode", "linear", "linear", "circular");
          int[] cache = three ? new int[] {2, 4, 3} : new int[] {2, 2, 4, 3};
          int[] update = cache.clone();
          update[(int) (axis < 0 ? axis + cache.length : axis)] = 2;
          d.in(Numbers.of(d, type, cache)).in(Numbers.of(d, type, update));
          d.optionalParam(
              "write_indices",
              () -> mode.equals("circular") ? Tensor.vector(3, 1) : Tensor.vector(2, 0));
        },
        "TensorScatter");
  }

  private static int size(int[] shape, int axis) {
    return shape[axis < 0 ? axis + shape.length : axis];
  }

  private static Tensor indices(Draw d, DataType type, int size, boolean negative, int... shape) {
    boolean fromEnd = negative && d.flag("negative indices");
    return Numbers.integers(d, type, fromEnd ? -size : 0, size, shape);
  }

  private static boolean reduces(Draw d) {
    return d.label().matches(".* reduction=(add|mul|max|min).*");
  }

  private static void reduction(Draw d, DataType type) {
    if (!d.declares("reduction")) {
      return;
    }
    boolean arithmetic =
        type != DataType.STRING && type != DataType.BOOL && type.kind() != DataType.Kind.COMPLEX;
    String way =
        d.version() >= 18
            ? d.attr("reduction", "none", "none", "add", "mul", "max", "min")
            : d.attr("reduction", "none", "none", "add", "mul");
    d.require(arithmetic || way.equals("none"));
  }

  private static void scatterElements(Draw d) {
    DataType type = d.type();
    int axis = Numbers.axis(d, "axis", 2, d.version() >= 11, 0);
    reduction(d, type);
    boolean repeated = d.flag("repeated");
    d.require(!repeated || reduces(d));
    boolean first = axis == 0 || axis == -2;
    long[] places = repeated ? new long[] {1, 1} : new long[] {2, d.version() >= 11 ? -3 : 0};
    DataType index = d.type("Tind");
    d.in(Numbers.of(d, type, 3, 4));
    if (first) {
      d.param(Tensor.fromLongs(index, places, 2, 1)).in(Numbers.of(d, type, 2, 1));
    } else {
      d.param(Tensor.fromLongs(index, places, 1, 2)).in(Numbers.of(d, type, 1, 2));
    }
  }

  private static void oneHot(Draw d) {
    DataType indices = d.type("T1");
    DataType depth = d.type("T2");
    DataType values = d.type("T3");
    boolean negative = d.version() >= 11;
    if (negative) {
      d.attr("axis", -1L, 0L, 1L, -1L, -2L);
    } else {
      d.attr("axis", -1L, 0L, 1L, -1L);
    }
    int[] shape = d.pick("shape", new int[] {3}, new int[] {2, 2}, new int[] {2, 0});
    boolean outside = d.flag("outside") && negative;
    boolean signed = indices.kind() != DataType.Kind.UNSIGNED;
    d.in(
        Numbers.integers(
            d, indices, negative && signed ? (outside ? -6 : -4) : 0, outside ? 6 : 4, shape));
    Tensor four = Tensor.zeros(depth, d.flag("depth of rank 1") ? new int[] {1} : new int[] {});
    four.setDouble(0, 4);
    d.param(four).in(Numbers.of(d, values, 2));
  }
}
