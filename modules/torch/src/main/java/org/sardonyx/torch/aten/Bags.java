package org.sardonyx.torch.aten;

import static org.sardonyx.torch.aten.Composed.call;
import static org.sardonyx.torch.aten.Composed.ints;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** Bags of embeddings: rows are scattered to the bags that they belong to. */
final class Bags {

  private Bags() {}

  static void register(Map<String, Op> ops) {
    for (String name : List.of("embedding_bag", "_embedding_bag", "_embedding_bag_forward_only")) {
      ops.put(name, Bags::bag);
    }
  }

  /**
   * (weight, indices, offsets, scale_grad_by_freq, mode, sparse, per_sample_weights,
   * include_last_offset, padding_idx); mode 0 is the sum, 1 the mean, 2 the greatest.
   */
  private static Object bag(Emit e, Args a) {
    Ten weight = a.ten(0, "weight");
    Ten indices = a.ten(1, "indices");
    Indexing.requireIndex(e, indices, "embedding_bag");
    Ten offsets = a.ten(2, "offsets");
    e.type(offsets, DataType.INT64);
    long mode = a.integer(4, "mode", 0);
    if (mode < 0 || mode > 2) {
      throw new UnsupportedModel("embedding_bag of mode " + mode);
    }
    e.dims(indices, 1);
    List<Dim> bags = e.dims(offsets, 1);
    if (bags.size() != 1 || e.rank(indices) != 1 || e.rank(weight) != 2) {
      throw new Emit.Mismatch("embedding_bag of indices of rank " + e.rank(indices));
    }
    DataType type = e.type(weight);
    Ten starts =
        a.flag(7, "include_last_offset", false)
            ? (Ten) call(e, "slice", offsets, 0L, 0L, -1L, 1L)
            : offsets;
    Object count = e.size(starts, 0);
    Dim width = e.dims(weight).getLast();
    // An index is in the last bag that begins at it or before.
    Object place = call(e, "arange", e.size(indices, 0));
    Object begun =
        call(
            e,
            "le",
            call(e, "unsqueeze", Creating.cast(e, starts, DataType.INT64), 0L),
            call(e, "unsqueeze", place, 1L));
    Ten of = (Ten) call(e, "sub", call(e, "sum", begun, ints(e, 1)), 1L);
    Ten rows = (Ten) call(e, "embedding", weight, indices);
    @Nullable Ten factors = a.optional(6, "per_sample_weights");
    if (factors != null) {
      rows = (Ten) call(e, "mul", rows, call(e, "unsqueeze", factors, 1L));
    }
    long padding = a.integer(8, "padding_idx", -1);
    Ten counted = Elementwise.full(e, List.of(e.size(indices, 0)), 1L, DataType.INT64);
    double nothing = mode == 2 ? Double.NEGATIVE_INFINITY : 0;
    if (padding >= 0) {
      Ten real = (Ten) call(e, "ne", indices, padding);
      counted = Creating.cast(e, real, DataType.INT64);
      rows = Elementwise.where(e, Shaping.unsqueeze(e, real, 1), rows, nothing);
    }
    Ref at = e.node("Unsqueeze", e.ref(of), e.int1(1));
    Ten sizes =
        e.ten(
            e.call(
                    "ScatterND",
                    e.ref(Elementwise.full(e, List.of(count), 0L, DataType.INT64)),
                    at,
                    e.ref(counted))
                .with("reduction", "add")
                .output(),
            DataType.INT64,
            List.of(e.dims(starts).getFirst()));
    Ten empty = Elementwise.full(e, List.of(count, e.size(weight, 1)), nothing, type);
    List<Dim> dims = new ArrayList<>(List.of(e.dims(starts).getFirst(), width));
    Ten sum =
        e.ten(
            e.call("ScatterND", e.ref(empty), at, e.cast(rows, type))
                .with("reduction", mode == 2 ? "max" : "add")
                .output(),
            type,
            dims);
    Object result = sum;
    if (mode == 1) {
      Object divisor = call(e, "clamp", sizes, 1L);
      result = call(e, "div", sum, call(e, "unsqueeze", Creating.cast(e, (Ten) divisor, type), 1L));
    } else if (mode == 2) {
      Ten none = (Ten) call(e, "unsqueeze", call(e, "eq", sizes, 0L), 1L);
      result = Elementwise.where(e, none, 0.0, sum);
    }
    return Several.of(result, of, sizes, null);
  }
}
