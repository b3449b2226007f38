package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** Operators that read and write elements by their indices. */
final class Indexing {

  private Indexing() {}

  static void register(Map<String, Op> ops) {
    ops.put(
        "embedding",
        (e, a) -> {
          Ten weight = a.ten(0, "weight");
          Ten index = a.ten(1, "indices");
          requireIndex(e, index, "embedding");
          List<Dim> dims = null;
          if (e.hasRank(index)) {
            dims = new ArrayList<>(e.dims(index));
            dims.add(e.dims(weight).get(1));
          } else {
            e.dims(index, 2);
          }
          return e.ten(
              e.call("Gather", e.ref(weight), e.ref(index)).with("axis", 0).output(),
              e.type(weight),
              dims);
        });
    ops.put(
        "index_select",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          Ten index = a.ten(2, "index");
          requireIndex(e, index, "index_select");
          List<Dim> dims = new ArrayList<>(e.dims(x));
          int axis = e.axis(a.integer(1, "dim", 0), dims.size());
          List<Dim> count = e.dims(index, 1);
          Ref flat = count.isEmpty() ? e.node("Unsqueeze", e.ref(index), e.int1(0)) : e.ref(index);
          dims.set(axis, count.isEmpty() ? Dim.of(1) : count.getFirst());
          return e.ten(
              e.call("Gather", e.ref(x), flat).with("axis", axis).output(), e.type(x), dims);
        });
    ops.put(
        "gather",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          Ten index = a.ten(2, "index");
          requireIndex(e, index, "gather");
          int axis = e.axis(a.integer(1, "dim", 0), e.rank(x));
          return e.ten(
              e.call("GatherElements", e.ref(x), e.cast(index, DataType.INT64))
                  .with("axis", axis)
                  .output(),
              e.type(x),
              e.dims(index, e.rank(x)));
        });
    ops.put(
        "take_along_dim",
        (e, a) ->
            ops.get("gather")
                .apply(
                    e,
                    new Args(
                        "gather",
                        java.util.Arrays.asList(
                            a.get(0, "self"), a.get(2, "dim"), a.get(1, "indices")),
                        Map.of())));
    ops.put("scatter", (e, a) -> scatter(e, a, a.text(4, "reduce")));
    ops.put("scatter_add", (e, a) -> scatter(e, a, "add"));
    ops.put(
        "scatter_reduce",
        (e, a) -> {
          String how = a.text(4, "reduce");
          String reduction =
              switch (how == null ? "" : how) {
                case "sum" -> "add";
                case "prod" -> "multiply";
                case "amax" -> "max";
                case "amin" -> "min";
                default -> throw new UnsupportedModel("scatter_reduce by " + how);
              };
          if (!a.flag(5, "include_self", true)) {
            throw new UnsupportedModel("scatter_reduce without what is there before");
          }
          return scatter(e, a, reduction);
        });
    ops.put("index", (e, a) -> index(e, a.ten(0, "self"), Scalars.items(a.need(1, "indices"))));
    ops.put("index_put", Indexing::put);
    ops.put("_index_put_impl", ops.get("index_put"));
    ops.put(
        "index_fill",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          int rank = e.rank(x);
          int axis = e.axis(a.integer(1, "dim", 0), rank);
          List<@Nullable Object> indices = new ArrayList<>();
          for (int i = 0; i < axis; i++) {
            indices.add(null);
          }
          indices.add(a.ten(2, "index"));
          return put(e, x, indices, asTen(e, a.need(3, "value"), e.type(x)), false);
        });
    ops.put(
        "masked_select",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          Ten mask = a.ten(1, "mask");
          e.type(mask, DataType.BOOL);
          Ref shape =
              e.node(
                  "Shape",
                  e.node(
                      "Or",
                      e.cast(mask, DataType.BOOL),
                      e.node("Expand", e.scalar(false, DataType.BOOL), e.shapeOf(x))));
          Ref wide = e.node("Expand", e.ref(x), shape);
          Ref test = e.node("Expand", e.cast(mask, DataType.BOOL), shape);
          Ref flat = e.node("Reshape", wide, e.int1(-1));
          return e.ten(
              e.call("Compress", flat, e.node("Reshape", test, e.int1(-1)))
                  .with("axis", 0)
                  .output(),
              e.type(x),
              e.freshDims(1));
        });
    ops.put(
        "nonzero",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          Ref ref = e.call("Transpose", e.node("NonZero", e.ref(x))).output();
          return e.ten(ref, DataType.INT64, List.of(e.freshDim(), Dim.of(e.rank(x))));
        });
    ops.put("nonzero_numpy", (e, a) -> nonzeroNumpy(e, a.ten(0, "self")));
    ops.put("argwhere", ops.get("nonzero"));
    ops.put(
        "embedding_renorm",
        (e, a) -> {
          // Rows that are longer are made as long as they may be; all, as only those are read.
          Ten weight = a.ten(0, "self");
          double most = a.number(2, "max_norm", 1);
          Object norm =
              Composed.call(
                  e, "norm", weight, a.number(3, "norm_type", 2), e.items(List.of(1L)), true);
          Object scale =
              Composed.call(
                  e,
                  "mul",
                  Composed.call(e, "reciprocal", Composed.call(e, "add", norm, 1e-7)),
                  most);
          return Composed.call(
              e,
              "where",
              Composed.call(e, "gt", norm, most),
              Composed.call(e, "mul", weight, scale),
              weight);
        });
    ops.put(
        "one_hot",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          requireIndex(e, x, "one_hot");
          Object classes = a.has(1, "num_classes") ? a.whole(1, "num_classes") : Long.valueOf(-1);
          if (classes instanceof Long n && n < 0) {
            throw new UnsupportedModel(
                "one_hot without num_classes: the size of its result depends on data");
          }
          List<Dim> dims = new ArrayList<>(e.dims(x));
          dims.add(e.sizeOf(classes));
          Ref ref =
              e.call("OneHot", e.ref(x), e.scalar(classes, DataType.INT64), e.ints(0, 1))
                  .with("axis", -1)
                  .output();
          return e.ten(ref, DataType.INT64, dims);
        });
    ops.put(
        "bucketize",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          Ten bounds = a.ten(1, "boundaries");
          DataType type = Pairs.type(e, true, x, bounds);
          Ten wide = Shaping.unsqueeze(e, x, -1);
          boolean right = a.flag(3, "right", false);
          Ref over =
              e.node(
                  right ? "GreaterOrEqual" : "Greater", e.cast(wide, type), e.cast(bounds, type));
          Ref count =
              e.call("ReduceSum", e.cast(over, DataType.BOOL, DataType.INT64), e.int1(-1))
                  .with("keepdims", 0)
                  .output();
          return e.like(x, count, DataType.INT64);
        });
  }

  static Ten asTen(Emit e, Object value, DataType type) {
    return value instanceof Ten ten ? ten : e.number(value, type);
  }

  /** Indices are integers: of an input that has no type yet, int64. */
  static void requireIndex(Emit e, Ten index, String op) {
    DataType type = e.type(index, DataType.INT64);
    if (!type.isInteger()) {
      throw new Emit.Mismatch(op + " by indices of type " + type.specName());
    }
  }

  static Object nonzeroNumpy(Emit e, Ten x) {
    Ref all = e.node("NonZero", e.ref(x));
    Dim count = e.freshDim();
    List<@Nullable Object> parts = new ArrayList<>();
    for (long i = 0; i < e.rank(x); i++) {
      parts.add(
          e.ten(
              e.call("Gather", all, e.scalar(i, DataType.INT64)).with("axis", 0).output(),
              DataType.INT64,
              List.of(count)));
    }
    return e.items(parts);
  }

  private static Object scatter(Emit e, Args a, @Nullable String reduce) {
    Ten x = a.ten(0, "self");
    Ten index = a.ten(2, "index");
    requireIndex(e, index, "scatter");
    DataType type = e.type(x);
    int axis = e.axis(a.integer(1, "dim", 0), e.rank(x));
    Object source =
        a.has(3, "src") && a.get(3, "src") != null ? a.need(3, "src") : a.need(3, "value");
    Ref updates;
    if (source instanceof Ten ten && !(e.hasRank(ten) && e.rank(ten) == 0)) {
      Ref from = e.cast(ten, type);
      // PyTorch reads as much of the source as there are indices.
      boolean same = e.hasRank(ten) && e.dims(ten).equals(e.dims(index));
      long[] axes = java.util.stream.LongStream.range(0, e.rank(x)).toArray();
      updates =
          same
              ? from
              : e.node(
                  "Slice",
                  from,
                  e.ints(new long[axes.length]),
                  e.node("Shape", e.ref(index)),
                  e.ints(axes));
    } else {
      updates = e.node("Expand", Pairs.cast(e, source, type), e.shapeOf(index));
    }
    var call =
        e.call("ScatterElements", e.ref(x), e.cast(index, DataType.INT64), updates)
            .with("axis", axis);
    if (reduce != null) {
      call =
          call.with(
              "reduction", reduce.equals("multiply") || reduce.equals("mul") ? "mul" : reduce);
    }
    return e.ten(call.output(), type, e.dims(x));
  }

  /** Masks among indices as the indices of their true elements. */
  private static List<@Nullable Ten> integers(Emit e, List<@Nullable Object> indices) {
    List<@Nullable Ten> all = new ArrayList<>();
    for (@Nullable Object index : indices) {
      if (index == null) {
        all.add(null);
      } else if (index instanceof Ten ten) {
        DataType type = e.type(ten, DataType.INT64);
        if (type == DataType.BOOL || type == DataType.UINT8) {
          for (@Nullable Object part : ((Items) nonzeroNumpy(e, ten)).items()) {
            all.add((Ten) part);
          }
        } else {
          requireIndex(e, ten, "index");
          all.add(ten);
        }
      } else {
        throw new UnsupportedModel("an index that is " + Show.kind(index));
      }
    }
    return all;
  }

  /** The axes that are indexed, in front, then the others. */
  private static long[] order(int rank, List<@Nullable Ten> indices) {
    List<Long> front = new ArrayList<>();
    List<Long> rest = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      (i < indices.size() && indices.get(i) != null ? front : rest).add((long) i);
    }
    front.addAll(rest);
    return front.stream().mapToLong(Long::longValue).toArray();
  }

  /** The indices as one tensor whose last axis has one for each axis, and its sizes before. */
  private static Ten together(Emit e, List<@Nullable Ten> indices) {
    List<Ten> given = new ArrayList<>();
    List<Dim> dims = List.of();
    Ref sum = null;
    for (int i = 0; i < indices.size(); i++) {
      Ten index = indices.get(i);
      if (index != null) {
        // Indices may count from the end; GatherND and ScatterND know that, too.
        given.add(index);
        dims = Pairs.broadcast(e, dims, e.dims(index, 1));
        Ref one = e.cast(index, DataType.INT64);
        sum = sum == null ? one : e.node("Add", sum, one);
      }
    }
    if (sum == null) {
      throw new Emit.Mismatch("an index that selects no axis");
    }
    Ref shape = e.node("Shape", sum);
    Ref[] parts = new Ref[given.size()];
    for (int i = 0; i < parts.length; i++) {
      Ref wide =
          parts.length == 1
              ? e.cast(given.get(i), DataType.INT64)
              : e.node("Expand", e.cast(given.get(i), DataType.INT64), shape);
      parts[i] = e.node("Unsqueeze", wide, e.int1(-1));
    }
    List<Dim> all = new ArrayList<>(dims);
    all.add(Dim.of(parts.length));
    return e.ten(
        parts.length == 1 ? parts[0] : e.call("Concat", parts).with("axis", -1).output(),
        DataType.INT64,
        all);
  }

  private static int first(List<@Nullable Ten> indices) {
    int first = -1;
    int last = -1;
    int count = 0;
    for (int i = 0; i < indices.size(); i++) {
      if (indices.get(i) != null) {
        first = first < 0 ? i : first;
        last = i;
        count++;
      }
    }
    return last - first + 1 == count ? first : -1;
  }

  static Ten index(Emit e, Ten x, List<@Nullable Object> given) {
    List<@Nullable Ten> indices = integers(e, given);
    List<Dim> dims = e.dims(x, Math.max(2, indices.size()));
    if (indices.size() > dims.size()) {
      throw new Emit.Mismatch(
          "index by " + indices.size() + " tensors of a tensor of rank " + dims.size());
    }
    long used = indices.stream().filter(i -> i != null).count();
    if (used == 0) {
      return x;
    }
    int first = first(indices);
    if (used == 1) {
      Ten index = java.util.Objects.requireNonNull(indices.get(first));
      List<Dim> result = new ArrayList<>(dims.subList(0, first));
      result.addAll(e.dims(index, 1));
      result.addAll(dims.subList(first + 1, dims.size()));
      return e.ten(
          e.call("Gather", e.ref(x), e.ref(index)).with("axis", first).output(), e.type(x), result);
    }
    long[] order = order(dims.size(), indices);
    Ten front = Shaping.permute(e, x, order);
    Ten all = together(e, indices);
    List<Dim> result = new ArrayList<>(e.dims(all).subList(0, e.rank(all) - 1));
    int block = result.size();
    result.addAll(e.dims(front).subList((int) used, dims.size()));
    Ten gathered = e.ten(e.node("GatherND", e.ref(front), e.ref(all)), e.type(x), result);
    if (first <= 0) {
      return gathered;
    }
    // Indices side by side: what they give stands where they stood.
    long[] perm = new long[result.size()];
    for (int i = 0; i < perm.length; i++) {
      perm[i] = i < first ? block + i : i < first + block ? i - first : i;
    }
    return Shaping.permute(e, gathered, perm);
  }

  private static Object put(Emit e, Args a) {
    return put(
        e,
        a.ten(0, "self"),
        Scalars.items(a.need(1, "indices")),
        a.ten(2, "values"),
        a.flag(3, "accumulate", false));
  }

  private static Ten put(
      Emit e, Ten x, List<@Nullable Object> given, Ten values, boolean accumulate) {
    DataType type = e.type(x);
    boolean mask =
        given.size() == 1
            && given.getFirst() instanceof Ten m
            && e.type(m, DataType.INT64) == DataType.BOOL;
    if (mask
        && !accumulate
        && e.hasRank(values)
        && e.rank(values) == 0
        && given.getFirst() instanceof Ten m) {
      Ten test = m;
      for (int i = e.rank(m); i < e.rank(x); i++) {
        test = Shaping.unsqueeze(e, test, -1);
      }
      return Elementwise.masked(e, x, test, values);
    }
    List<@Nullable Ten> indices = integers(e, given);
    List<Dim> dims = e.dims(x);
    long[] order = order(dims.size(), indices);
    Ten front = Shaping.permute(e, x, order);
    Ten all = together(e, indices);
    long used = indices.stream().filter(i -> i != null).count();
    int first = first(indices);
    int block = e.rank(all) - 1;
    // The sizes of what is written: those of the indices, and of the axes that they leave.
    Ref head = e.call("Shape", e.ref(all)).with("end", -1).output();
    Ref tail = e.call("Shape", e.ref(front)).with("start", used).output();
    Ref updates = e.cast(values, type);
    if (first > 0) {
      // Values stand as the result of index would: bring what is indexed to the front.
      int rank = block + dims.size() - (int) used;
      long[] missing = java.util.stream.LongStream.range(0, rank - e.rank(values)).toArray();
      if (missing.length > 0) {
        updates = e.node("Unsqueeze", updates, e.ints(missing));
      }
      long[] perm = new long[rank];
      for (int i = 0; i < rank; i++) {
        perm[i] = i < block ? first + i : i < block + first ? i - block : i;
      }
      updates = e.call("Transpose", updates).withInts("perm", perm).output();
    }
    Ref wide = e.node("Expand", updates, e.call("Concat", head, tail).with("axis", 0).output());
    var call = e.call("ScatterND", e.ref(front), e.ref(all), wide);
    Ten written =
        e.ten((accumulate ? call.with("reduction", "add") : call).output(), type, e.dims(front));
    long[] back = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      back[(int) order[i]] = i;
    }
    return Shaping.permute(e, written, back);
  }
}
