package org.sardonyx.torch.aten;

import static org.sardonyx.torch.aten.Composed.call;
import static org.sardonyx.torch.aten.Composed.ints;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/**
 * Pools to a size: the output i of n over an axis of size s is made of the elements from floor(i s
 * / n) to ceil((i + 1) s / n).
 */
final class Adaptive {

  private Adaptive() {}

  static void register(Map<String, Op> ops) {
    for (int d = 1; d <= 3; d++) {
      int axes = d;
      ops.put("adaptive_avg_pool" + d + "d", (e, a) -> pool(e, a, axes, "Average"));
      ops.put("_adaptive_avg_pool" + d + "d", ops.get("adaptive_avg_pool" + d + "d"));
      ops.put(
          "adaptive_max_pool" + d + "d",
          (e, a) -> Several.of(pool(e, a, axes, "Max"), null)); // the places are not given
    }
  }

  private static Object pool(Emit e, Args a, int axes, String kind) {
    List<@Nullable Object> sizes =
        new ArrayList<>(
            Scalars.items(
                a.get(1, "output_size") instanceof Long n
                    ? Several.of(n)
                    : a.need(1, "output_size")));
    if (sizes.isEmpty()) {
      throw new Emit.Mismatch(a.op() + " to no size");
    }
    while (sizes.size() < axes) {
      sizes.add(sizes.getFirst());
    }
    return Windows.batched(
        e,
        a.ten(0, "self"),
        axes,
        "adaptive pool",
        x -> {
          if (sizes.stream().allMatch(s -> Long.valueOf(1).equals(s))) {
            List<Dim> result = new ArrayList<>(e.dims(x).subList(0, 2));
            sizes.forEach(_ -> result.add(Dim.of(1)));
            return e.ten(e.node("Global" + kind + "Pool", e.ref(x)), e.type(x), result);
          }
          Ten even = even(e, x, axes, sizes, kind);
          if (even != null) {
            return even;
          }
          Ten result = x;
          for (int i = 0; i < axes; i++) {
            @Nullable Object size = sizes.get(i);
            if (size != null) {
              result = axis(e, result, i + 2, size, kind.equals("Max"));
            }
          }
          return result;
        });
  }

  /** Windows of one size, where all sizes divide what is there. */
  private static @Nullable Ten even(
      Emit e, Ten x, int axes, List<@Nullable Object> sizes, String kind) {
    long[] kernel = new long[axes];
    List<Dim> dims = e.dims(x);
    List<Dim> result = new ArrayList<>(dims.subList(0, 2));
    for (int i = 0; i < axes; i++) {
      long in = dims.get(i + 2).sizeOrMinusOne();
      @Nullable Object wanted = sizes.get(i);
      if (wanted == null) {
        kernel[i] = 1;
        result.add(dims.get(i + 2));
      } else if (wanted instanceof Long size && size > 0 && in >= 0 && in % size == 0) {
        kernel[i] = in / size;
        result.add(Dim.of(size));
      } else {
        return null;
      }
    }
    Ref ref =
        e.call(kind + "Pool", e.ref(x))
            .withInts("kernel_shape", kernel)
            .withInts("strides", kernel)
            .output();
    return e.ten(ref, e.type(x), result);
  }

  private static Ten axis(Emit e, Ten x, int axis, Object size, boolean greatest) {
    DataType type = e.type(x);
    Object in = e.size(x, axis);
    Object out = call(e, "arange", size);
    Object from = call(e, "floor_divide", call(e, "mul", out, in), size);
    Object to =
        call(
            e,
            "neg",
            call(
                e,
                "floor_divide",
                call(e, "mul", call(e, "neg", call(e, "add", out, 1L)), in),
                size));
    // [in, out]: whether an element counts for an output.
    Object place = call(e, "unsqueeze", call(e, "arange", in), 1L);
    Ten counts = (Ten) call(e, "logical_and", call(e, "ge", place, from), call(e, "lt", place, to));
    Ten last = (Ten) call(e, "movedim", x, (long) axis, -1L);
    Ten result;
    if (greatest) {
      Ten each =
          Elementwise.where(e, counts, Shaping.unsqueeze(e, last, -1), Double.NEGATIVE_INFINITY);
      result = Reducing.reduce(e, "ReduceMax", each, null, new long[] {-2}, false);
    } else {
      Object share =
          call(
              e,
              "div",
              Creating.cast(e, counts, type),
              Creating.cast(e, (Ten) call(e, "sub", to, from), type));
      result = (Ten) call(e, "matmul", last, share);
    }
    return (Ten) call(e, "movedim", result, ints(e, -1), ints(e, axis));
  }
}
