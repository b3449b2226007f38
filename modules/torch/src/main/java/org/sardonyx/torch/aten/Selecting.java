package org.sardonyx.torch.aten;

import static org.sardonyx.torch.aten.Composed.call;
import static org.sardonyx.torch.aten.Composed.ints;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/**
 * Elements that are chosen by their order or value, and those that indices along an axis change.
 */
final class Selecting {

  private Selecting() {}

  static void register(Map<String, Op> ops) {
    ops.put(
        "kthvalue",
        (e, a) ->
            kth(
                e,
                a.ten(0, "self"),
                a.whole(1, "k"),
                a.integer(2, "dim", -1),
                a.flag(3, "keepdim", false)));
    ops.put(
        "median",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          boolean all = a.get(1, "dim") == null;
          Ten of = all ? Shaping.flatten(e, x, 0, -1) : x;
          long dim = a.integer(1, "dim", 0);
          // Of two in the middle PyTorch takes the lower.
          Scalars s = new Scalars(e);
          Object size = e.size(of, e.axis(dim, e.rank(of)));
          Object k = s.binary("floordiv", s.binary("add", size, 1L), 2L);
          Several both = kth(e, of, k, dim, a.flag(2, "keepdim", false));
          return all ? both.items().getFirst() : both;
        });
    ops.put(
        "msort", (e, a) -> ((Several) call(e, "sort", a.ten(0, "self"), 0L)).items().getFirst());
    ops.put(
        "searchsorted",
        (e, a) -> {
          boolean right = a.flag(-1, "right", false) || "right".equals(a.named().get("side"));
          Ten bounds = a.ten(0, "sorted_sequence");
          Object values = a.need(1, "self");
          Ten x = values instanceof Ten ten ? ten : e.number(values, Creating.typeOf(values));
          if (e.rank(bounds, 1) == 1) {
            return call(e, "bucketize", x, bounds, false, right);
          }
          // Rows of bounds for rows of values.
          Object over =
              call(
                  e,
                  right ? "ge" : "gt",
                  Shaping.unsqueeze(e, x, -1),
                  Shaping.unsqueeze(e, bounds, -2));
          return call(e, "sum", over, ints(e, -1));
        });
    ops.put(
        "isin",
        (e, a) -> {
          Ten x = a.ten(0, "elements");
          Object equal =
              call(
                  e,
                  "eq",
                  Shaping.unsqueeze(e, x, -1),
                  Shaping.flatten(e, a.ten(1, "test_elements"), 0, -1));
          Object any = call(e, "any", equal, -1L);
          return a.flag(3, "invert", false) ? call(e, "logical_not", any) : any;
        });
    ops.put(
        "take",
        (e, a) -> {
          Ten index = a.ten(1, "index");
          Indexing.requireIndex(e, index, "take");
          Ten flat = Shaping.flatten(e, a.ten(0, "self"), 0, -1);
          return e.ten(e.node("Gather", e.ref(flat), e.ref(index)), e.type(flat), e.dims(index));
        });
    ops.put(
        "masked_scatter",
        (e, a) -> {
          // The i-th element that is true gets the i-th of the source.
          Ten x = a.ten(0, "self");
          Ten mask = (Ten) call(e, "expand_as", a.ten(1, "mask"), x);
          Ten flat = Creating.cast(e, Shaping.flatten(e, mask, 0, -1), DataType.INT64);
          Object number = call(e, "clamp", call(e, "sub", call(e, "cumsum", flat, 0L), 1L), 0L);
          Ten source = Shaping.flatten(e, a.ten(2, "source"), 0, -1);
          Ten taken =
              e.ten(
                  e.node("Gather", e.ref(source), e.ref((Ten) number)),
                  e.type(source),
                  e.dims(flat));
          Ten shaped = Shaping.reshape(e, taken, Shaping.sizes(e, x));
          return Elementwise.where(e, mask, shaped, x);
        });
    ops.put(
        "bincount",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          long least = a.integer(2, "minlength", 0);
          Scalars s = new Scalars(e);
          Object most =
              s.binary("max", s.binary("add", s.item((Ten) call(e, "max", x)), 1L), least);
          Object equal = call(e, "eq", Shaping.unsqueeze(e, x, 1), call(e, "arange", most));
          @Nullable Ten weights = a.optional(1, "weights");
          return weights == null
              ? call(e, "sum", equal, ints(e, 0))
              : call(e, "sum", call(e, "mul", equal, Shaping.unsqueeze(e, weights, 1)), ints(e, 0));
        });
    ops.put("index_add", (e, a) -> along(e, a, "add"));
    ops.put("index_copy", (e, a) -> along(e, a, "none"));
    ops.put(
        "index_reduce",
        (e, a) -> {
          if (!a.flag(-1, "include_self", true)) {
            throw new UnsupportedModel("index_reduce without what is there before");
          }
          String how = String.valueOf(a.get(4, "reduce"));
          return along(
              e,
              a,
              switch (how) {
                case "prod" -> "mul";
                case "amax" -> "max";
                case "amin" -> "min";
                default -> throw new UnsupportedModel("index_reduce by " + how);
              });
        });
  }

  /** The k-th smallest of an axis, and where it is. */
  private static Several kth(Emit e, Ten x, Object k, long dim, boolean keep) {
    int axis = e.axis(dim, e.rank(x));
    List<Ref> smallest =
        e.call("TopK", e.ref(x), e.vector(List.of(k)))
            .with("axis", axis)
            .with("largest", 0)
            .with("sorted", 1)
            .outputs(2);
    List<Dim> dims = new ArrayList<>(e.dims(x));
    dims.set(axis, e.freshDim());
    Object[] results = new Object[2];
    for (int i = 0; i < 2; i++) {
      Ten all = e.ten(smallest.get(i), i == 0 ? e.type(x) : DataType.INT64, dims);
      Ten last = Parts.select(e, all, axis, -1L);
      results[i] = keep ? Shaping.unsqueeze(e, last, axis) : last;
    }
    return new Several(Arrays.asList(results), List.of("values", "indices"));
  }

  /** (x, dim, index, source): rows of an axis are written where the indices say. */
  private static Object along(Emit e, Args a, String reduction) {
    Ten x = a.ten(0, "self");
    int axis = e.axis(a.integer(1, "dim", 0), e.rank(x));
    Ten index = a.ten(2, "index");
    Indexing.requireIndex(e, index, a.op());
    Ten source = a.ten(3, "source");
    Object alpha = a.get(-1, "alpha");
    if (alpha != null && !alpha.equals(1L) && !alpha.equals(1.0)) {
      source = (Ten) call(e, "mul", source, alpha);
    }
    Ten front = (Ten) call(e, "movedim", x, (long) axis, 0L);
    Ten rows = (Ten) call(e, "movedim", source, (long) axis, 0L);
    Ref ref =
        e.call(
                "ScatterND",
                e.ref(front),
                e.node("Unsqueeze", e.cast(index, DataType.INT64), e.int1(-1)),
                e.cast(rows, e.type(x)))
            .with("reduction", reduction)
            .output();
    return call(e, "movedim", e.ten(ref, e.type(x), e.dims(front)), 0L, (long) axis);
  }
}
