package org.sardonyx.torch.aten;

import java.util.List;
import java.util.Map;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;

/**
 * Nested tensors, as encoders make them of padded ones: they stay padded, and the mask goes with
 * them.
 */
final class Nesting {

  private Nesting() {}

  /**
   * A nested tensor: what it was made of, and which of its elements it has.
   *
   * @param padded [batch, time, features]
   * @param keep [batch, time]
   */
  record Nested(Ten padded, Ten keep) {}

  static void register(Map<String, Op> ops) {
    // Where it is not so, PyTorch computes without nested tensors: see shown.
    ops.put("_nested_tensor_from_mask_left_aligned", (_, _) -> true);
    ops.put("is_nested", (_, a) -> a.get(0, "self") instanceof Nested);
    for (String name : List.of("dim", "dtype")) {
      Op plain = java.util.Objects.requireNonNull(ops.get(name));
      ops.put(
          name,
          (e, a) ->
              a.get(0, "self") instanceof Nested(Ten padded, Ten _)
                  ? plain.apply(e, new Args(a.op(), List.of(padded), Map.of()))
                  : plain.apply(e, a));
    }
    ops.put("_nested_tensor_from_mask", (_, a) -> new Nested(a.ten(0, "t"), a.ten(1, "mask")));
    ops.put(
        "to_padded_tensor",
        (e, a) -> {
          if (!(a.get(0, "self") instanceof Nested(Ten padded, Ten keep))) {
            throw new UnsupportedModel("to_padded_tensor of what was not nested here");
          }
          if (a.get(2, "output_size") == null) {
            e.note("a nested tensor is padded to the sizes that it was made of");
          }
          return Elementwise.where(
              e, Shaping.unsqueeze(e, shown(e, keep), -1), padded, a.number(1, "padding", 0));
        });
  }

  /**
   * Which elements are more than padding: those that are kept. Where padding stands before what is
   * kept, tensors cannot be nested, and all are computed.
   */
  private static Ten shown(Emit e, Ten keep) {
    Ref ref = e.cast(keep, DataType.BOOL);
    Ref whole = e.cast(ref, DataType.BOOL, DataType.INT64);
    Ref count = e.call("ReduceSum", whole, e.int1(1)).with("keepdims", 1).output();
    Ref steps =
        e.node(
            "Range",
            e.scalar(0L, DataType.INT64),
            e.scalar(e.size(keep, 1), DataType.INT64),
            e.scalar(1L, DataType.INT64));
    Ref same = e.node("Equal", e.node("Less", steps, count), ref);
    Ref all =
        e.call("ReduceMin", e.cast(same, DataType.BOOL, DataType.INT64))
            .with("keepdims", 0)
            .output();
    Ref mixed = e.node("Equal", all, e.scalar(0L, DataType.INT64));
    return e.ten(e.node("Or", ref, mixed), DataType.BOOL, e.dims(keep));
  }
}
