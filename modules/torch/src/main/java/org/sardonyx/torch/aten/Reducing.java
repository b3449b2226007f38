package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;

/** Operators that make one element of many, or of all before. */
final class Reducing {

  private Reducing() {}

  static void register(Map<String, Op> ops) {
    ops.put("sum", (e, a) -> summed(e, a, "ReduceSum"));
    ops.put(
        "mean",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          boolean typed = a.get(1, "dtype") instanceof Long && a.count() == 2;
          DataType type = typed ? a.type(1, "dtype") : a.type(3, "dtype");
          DataType wanted = type == null ? e.type(x) : type;
          return reduce(
              e,
              "ReduceMean",
              x,
              wanted,
              typed ? null : a.axes(1, "dim"),
              a.flag(2, "keepdim", false));
        });
    ops.put(
        "prod",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          return reduce(
              e, "ReduceProd", x, wide(e, x, null), a.axes(1, "dim"), a.flag(2, "keepdim", false));
        });
    ops.put(
        "amax",
        (e, a) ->
            reduce(
                e,
                "ReduceMax",
                a.ten(0, "self"),
                null,
                a.axes(1, "dim"),
                a.flag(2, "keepdim", false)));
    ops.put(
        "amin",
        (e, a) ->
            reduce(
                e,
                "ReduceMin",
                a.ten(0, "self"),
                null,
                a.axes(1, "dim"),
                a.flag(2, "keepdim", false)));
    ops.put("max", (e, a) -> extreme(e, a, "Max"));
    ops.put("min", (e, a) -> extreme(e, a, "Min"));
    ops.put("argmax", (e, a) -> arg(e, a, "ArgMax"));
    ops.put("argmin", (e, a) -> arg(e, a, "ArgMin"));
    ops.put("any", (e, a) -> all(e, a, "ReduceMax", true));
    ops.put("all", (e, a) -> all(e, a, "ReduceMin", false));
    ops.put("var", (e, a) -> variance(e, a, false));
    ops.put("std", (e, a) -> variance(e, a, true));
    ops.put("norm", Reducing::norm);
    ops.put("linalg_vector_norm", Reducing::norm);
    ops.put(
        "frobenius_norm",
        (e, a) -> {
          Ten x = Elementwise.asFloat(e, a.ten(0, "self"));
          return reduce(e, "ReduceL2", x, null, a.axes(1, "dim"), a.flag(2, "keepdim", false));
        });
    ops.put(
        "logsumexp",
        (e, a) ->
            reduce(
                e,
                "ReduceLogSumExp",
                Elementwise.asFloat(e, a.ten(0, "self")),
                null,
                a.axes(1, "dim"),
                a.flag(2, "keepdim", false)));
    ops.put("softmax", (e, a) -> softmax(e, a, "Softmax"));
    ops.put("log_softmax", (e, a) -> softmax(e, a, "LogSoftmax"));
    ops.put("_softmax", (e, a) -> soft(e, a.ten(0, "self"), "Softmax", a.integer(1, "dim", -1)));
    ops.put(
        "_log_softmax", (e, a) -> soft(e, a.ten(0, "self"), "LogSoftmax", a.integer(1, "dim", -1)));
    ops.put(
        "softmin",
        (e, a) ->
            soft(
                e,
                Elementwise.after(e, a.ten(0, "self"), "Neg"),
                "Softmax",
                a.integer(1, "dim", -1)));
    ops.put(
        "cumsum",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          DataType type = wide(e, x, a.type(2, "dtype"));
          int axis = e.axis(a.integer(1, "dim", 0), e.rank(x));
          Ref ref = e.node("CumSum", e.cast(x, type), e.scalar((long) axis, DataType.INT64));
          return e.like(x, ref, type);
        });
    ops.put("topk", Reducing::topk);
    ops.put("sort", (e, a) -> sort(e, a, a.get(1, "dim") instanceof Boolean ? 1 : 0));
    ops.put(
        "argsort",
        (e, a) ->
            ((Several) sort(e, a, a.get(1, "dim") instanceof Boolean ? 1 : 0)).items().get(1));
    ops.put(
        "normalize",
        (e, a) -> {
          Ten x = a.ten(0, "input");
          long axis = a.integer(2, "dim", 1);
          Ten norm = reduce(e, "ReduceL2", x, null, new long[] {axis}, true);
          Ref floor = e.node("Clip", e.ref(norm), e.scalar(a.number(3, "eps", 1e-12), e.type(x)));
          return e.like(x, e.node("Div", e.ref(x), floor), e.type(x));
        });
  }

  /** Sums of integers and truth values are int64. */
  private static DataType wide(Emit e, Ten x, @Nullable DataType given) {
    DataType type = e.type(x);
    return given != null ? given : type.isFloat() ? type : DataType.INT64;
  }

  private static Object summed(Emit e, Args a, String op) {
    if (a.get(0, "self") instanceof Items list) {
      Object sum = 0L;
      for (@Nullable Object item : list.items()) {
        sum = new Scalars(e).binary("add", sum, java.util.Objects.requireNonNull(item));
      }
      return sum;
    }
    Ten x = a.ten(0, "self");
    // sum(x, dtype) and sum(x, dim, keepdim, dtype)
    boolean typed =
        !(a.get(1, "dim") instanceof Items) && a.count() == 2 && a.get(1, "dim") instanceof Long;
    DataType given = typed ? null : a.type(3, "dtype");
    return reduce(e, op, x, wide(e, x, given), a.axes(1, "dim"), a.flag(2, "keepdim", false));
  }

  static Ten reduce(
      Emit e, String op, Ten x, @Nullable DataType type, long @Nullable [] axes, boolean keep) {
    DataType wanted = type == null ? e.type(x) : type;
    Ref in = e.cast(x, wanted);
    if (axes == null) {
      Ref ref = e.call(op, in).with("keepdims", keep ? 1 : 0).output();
      return e.ten(
          ref, wanted, keep ? java.util.Collections.nCopies(e.rank(x), Dim.of(1)) : List.of());
    }
    boolean open = e.rankIsOpen(x) && keep;
    if (open) {
      return e.like(x, e.call(op, in, e.ints(axes)).with("keepdims", 1).output(), wanted);
    }
    List<Dim> dims = e.dims(x);
    if (dims.isEmpty()) {
      return e.ten(in, wanted, dims);
    }
    long[] at = new long[axes.length];
    for (int i = 0; i < at.length; i++) {
      at[i] = e.axis(axes[i], dims.size());
    }
    Ref ref = e.call(op, in, e.ints(at)).with("keepdims", keep ? 1 : 0).output();
    return e.ten(ref, wanted, without(dims, at, keep));
  }

  static List<Dim> without(List<Dim> dims, long[] axes, boolean keep) {
    List<Dim> left = new ArrayList<>();
    for (int i = 0; i < dims.size(); i++) {
      int axis = i;
      boolean reduced = java.util.Arrays.stream(axes).anyMatch(at -> at == axis);
      if (!reduced) {
        left.add(dims.get(i));
      } else if (keep) {
        left.add(Dim.of(1));
      }
    }
    return left;
  }

  private static @Nullable Object extreme(Emit e, Args a, String which) {
    Object first = a.need(0, "self");
    if (first instanceof Items list) {
      Object best = null;
      for (@Nullable Object item : list.items()) {
        best =
            best == null
                ? item
                : new Scalars(e)
                    .binary(
                        which.equals("Max") ? "max" : "min",
                        best,
                        java.util.Objects.requireNonNull(item));
      }
      return best;
    }
    Object second = a.get(1, "dim");
    if (!(first instanceof Ten x)) {
      return new Scalars(e).binary(which.equals("Max") ? "max" : "min", first, a.need(1, "other"));
    }
    if (second instanceof Ten || a.named().get("other") instanceof Ten) {
      Object other = a.need(1, "other");
      return Pairs.binary(e, which, Pairs.type(e, false, x, other), x, other);
    }
    if (second == null) {
      return reduce(e, "Reduce" + which, x, null, null, false);
    }
    long axis = a.integer(1, "dim", 0);
    boolean keep = a.flag(2, "keepdim", false);
    Ten values = reduce(e, "Reduce" + which, x, null, new long[] {axis}, keep);
    return new Several(
        java.util.Arrays.asList(values, arg(e, x, "Arg" + which, axis, keep)),
        List.of("values", "indices"));
  }

  private static Object arg(Emit e, Args a, String op) {
    Ten x = a.ten(0, "self");
    if (a.get(1, "dim") == null) {
      boolean keep = a.flag(2, "keepdim", false);
      Ten index = arg(e, Shaping.flatten(e, x, 0, -1), op, 0, false);
      return keep
          ? Shaping.reshape(
              e, index, new ArrayList<>(java.util.Collections.nCopies(e.rank(x), (Object) 1L)))
          : index;
    }
    return arg(e, x, op, a.integer(1, "dim", 0), a.flag(2, "keepdim", false));
  }

  private static Ten arg(Emit e, Ten x, String op, long dim, boolean keep) {
    List<Dim> dims = e.dims(x);
    int axis = e.axis(dim, dims.size());
    Ref in = e.type(x) == DataType.BOOL ? e.cast(x, DataType.INT32) : e.ref(x);
    Ref ref = e.call(op, in).with("axis", axis).with("keepdims", keep ? 1 : 0).output();
    return e.ten(ref, DataType.INT64, without(dims, new long[] {axis}, keep));
  }

  private static Object all(Emit e, Args a, String op, boolean any) {
    Object first = a.need(0, "self");
    if (!(first instanceof Ten x)) {
      Scalars s = new Scalars(e);
      Object result = !any;
      for (@Nullable Object item : Scalars.items(first)) {
        result = any ? s.or(result, s.truth(item)) : s.and(result, s.truth(item));
      }
      return result;
    }
    Ten truth =
        e.type(x, DataType.BOOL) == DataType.BOOL
            ? x
            : e.like(x, e.cast(x, DataType.BOOL), DataType.BOOL);
    Ten whole = e.like(truth, e.cast(truth, DataType.INT32), DataType.INT32);
    Ten reduced = reduce(e, op, whole, null, a.axes(1, "dim"), a.flag(2, "keepdim", false));
    return e.like(reduced, e.cast(reduced, DataType.BOOL), DataType.BOOL);
  }

  /** var(x, unbiased), var(x, dim, unbiased, keepdim), var(x, dim, *, correction, keepdim). */
  private static Object variance(Emit e, Args a, boolean root) {
    Ten x = Elementwise.asFloat(e, a.ten(0, "self"));
    boolean short2 = a.get(1, "dim") instanceof Boolean;
    long @Nullable [] axes = short2 ? null : a.axes(1, "dim");
    Object unbiased = short2 ? a.get(1, "unbiased") : a.get(2, "unbiased");
    double correction =
        unbiased instanceof Boolean b
            ? (b ? 1 : 0)
            : a.named().containsKey("correction") ? a.number(-1, "correction", 1) : 1;
    boolean keep = a.flag(3, "keepdim", false);
    DataType type = e.type(x);
    int rank = e.rank(x);
    long[] at = axes == null ? java.util.stream.LongStream.range(0, rank).toArray() : axes;
    Ten mean = reduce(e, "ReduceMean", x, null, at, true);
    Ref off = e.node("Sub", e.ref(x), e.ref(mean));
    Ten square = e.like(x, e.node("Mul", off, off), type);
    Ten result;
    if (correction == 0) {
      result = reduce(e, "ReduceMean", square, null, at, keep);
    } else {
      Object count = 1L;
      for (long axis : at) {
        count = new Scalars(e).binary("mul", count, e.size(x, e.axis(axis, rank)));
      }
      Ten sum = reduce(e, "ReduceSum", square, null, at, keep);
      Ref less = e.node("Sub", e.scalar(count, type), e.scalar(correction, type));
      result = e.like(sum, e.node("Div", e.ref(sum), less), type);
    }
    return root ? Elementwise.after(e, result, "Sqrt") : result;
  }

  private static Object norm(Emit e, Args a) {
    Ten x = Elementwise.asFloat(e, a.ten(0, "self"));
    Object p = a.get(1, "p");
    double order = p == null || p instanceof String ? 2 : a.number(1, "p", 2);
    long @Nullable [] axes = a.axes(2, "dim");
    boolean keep = a.flag(3, "keepdim", false);
    if (order == 2) {
      return reduce(e, "ReduceL2", x, null, axes, keep);
    }
    if (order == 1) {
      return reduce(e, "ReduceL1", x, null, axes, keep);
    }
    Ten size = Elementwise.after(e, x, "Abs");
    if (Double.isInfinite(order)) {
      return reduce(e, order > 0 ? "ReduceMax" : "ReduceMin", size, null, axes, keep);
    }
    DataType type = e.type(x);
    Ten sum =
        reduce(
            e,
            "ReduceSum",
            e.like(x, e.node("Pow", e.ref(size), e.scalar(order, type)), type),
            null,
            axes,
            keep);
    return e.like(sum, e.node("Pow", e.ref(sum), e.scalar(1 / order, type)), type);
  }

  private static Object softmax(Emit e, Args a, String op) {
    Ten x = a.ten(0, "self");
    DataType type = a.type(2, "dtype");
    Ten in = type == null || type == e.type(x) ? x : e.like(x, e.cast(x, type), type);
    return soft(e, in, op, a.integer(1, "dim", -1));
  }

  static Ten soft(Emit e, Ten x, String op, long axis) {
    if (e.hasRank(x)) {
      if (e.rank(x) == 0) {
        return op.equals("Softmax")
            ? e.like(x, e.scalar(1.0, e.type(x)))
            : e.like(x, e.scalar(0.0, e.type(x)));
      }
      e.axis(axis, e.rank(x));
    } else if (axis >= 0) {
      e.axis(axis, e.rank(x, (int) Math.max(2, axis + 1)));
    }
    Ten in = Elementwise.asFloat(e, x);
    return e.like(in, e.call(op, e.ref(in)).with("axis", axis).output(), e.type(in));
  }

  private static Object topk(Emit e, Args a) {
    Ten x = a.ten(0, "self");
    List<Dim> dims = new ArrayList<>(e.dims(x));
    int axis = e.axis(a.integer(2, "dim", -1), dims.size());
    Object k = a.whole(1, "k");
    Dim size = Emit.dimOf(k);
    dims.set(axis, size == Dim.UNKNOWN ? e.freshDim() : size);
    List<Ref> both =
        e.call("TopK", e.ref(x), e.vector(List.of(k)))
            .with("axis", axis)
            .with("largest", a.flag(3, "largest", true) ? 1 : 0)
            .with("sorted", 1)
            .outputs(2);
    return new Several(
        java.util.Arrays.asList(
            e.ten(both.get(0), e.type(x), dims), e.ten(both.get(1), DataType.INT64, dims)),
        List.of("values", "indices"));
  }

  /** sort(x, dim, descending); with stable first, one place later. */
  private static Object sort(Emit e, Args a, int later) {
    Ten x = a.ten(0, "self");
    if (e.rank(x) == 0) {
      return Several.of(x, e.constant(Tensor.scalar(0L)));
    }
    boolean stable = later == 1 && a.count() > 2;
    int axis =
        e.axis(
            stable ? a.integer(2, "dim", -1) : later == 1 ? -1 : a.integer(1, "dim", -1),
            e.rank(x));
    boolean descending =
        stable ? a.flag(3, "descending", false) : a.flag(later == 1 ? 1 : 2, "descending", false);
    Object k = e.size(x, axis);
    List<Ref> both =
        e.call("TopK", e.ref(x), e.vector(List.of(k)))
            .with("axis", axis)
            .with("largest", descending ? 1 : 0)
            .with("sorted", 1)
            .outputs(2);
    return Several.of(
        e.ten(both.get(0), e.type(x), e.dims(x)), e.ten(both.get(1), DataType.INT64, e.dims(x)));
  }
}
