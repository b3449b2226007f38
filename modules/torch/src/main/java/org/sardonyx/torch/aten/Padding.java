package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** Tensors with more around them. */
final class Padding {

  private Padding() {}

  static void register(Map<String, Op> ops) {
    ops.put("pad", Padding::pad);
    ops.put(
        "constant_pad_nd",
        (e, a) -> pad(e, a.ten(0, "self"), a.numbers(1, "pad"), "constant", a.get(2, "value")));
    for (String mode : List.of("reflection", "replication")) {
      for (int d = 1; d <= 3; d++) {
        ops.put(
            mode + "_pad" + d + "d",
            (e, a) ->
                pad(
                    e,
                    a.ten(0, "self"),
                    a.numbers(1, "padding"),
                    mode.equals("reflection") ? "reflect" : "edge",
                    null));
      }
    }
  }

  private static Object pad(Emit e, Args a) {
    String mode = a.text(2, "mode");
    String known =
        switch (mode == null ? "constant" : mode) {
          case "constant" -> "constant";
          case "reflect" -> "reflect";
          case "replicate" -> "edge";
          case "circular" -> "wrap";
          default -> throw new UnsupportedModel("pad of mode " + mode);
        };
    return pad(e, a.ten(0, "self"), a.numbers(1, "pad"), known, a.get(3, "value"));
  }

  static Ten pad(Emit e, Ten x, List<Object> pads, String mode, @Nullable Object value) {
    List<Dim> dims =
        new ArrayList<>(
            e.dims(x, Math.max(3, pads.size() / 2 + (mode.equals("constant") ? 1 : 2))));
    int axes = pads.size() / 2;
    if (axes > dims.size()) {
      throw new Emit.Mismatch("pad of " + axes + " axes of a tensor of rank " + dims.size());
    }
    List<Object> before = new ArrayList<>();
    List<Object> after = new ArrayList<>();
    long[] at = new long[axes];
    // PyTorch begins with the last axis.
    for (int i = 0; i < axes; i++) {
      int axis = dims.size() - axes + i;
      Object left = pads.get(2 * (axes - 1 - i));
      Object right = pads.get(2 * (axes - 1 - i) + 1);
      at[i] = axis;
      before.add(left);
      after.add(right);
      Dim l = left instanceof Long n ? Dim.of(n) : ((Sym) left).dim();
      Dim r = right instanceof Long n ? Dim.of(n) : ((Sym) right).dim();
      Dim sum = dims.get(axis).plus(l).plus(r);
      dims.set(axis, sum instanceof Dim.Unknown ? e.freshDim() : sum);
    }
    before.addAll(after);
    if (before.stream().allMatch(n -> n.equals(0L))) {
      return x;
    }
    DataType type = e.type(x);
    Ref fill = mode.equals("constant") ? e.scalar(value == null ? 0L : value, type) : Ref.ABSENT;
    Ref ref =
        e.call("Pad", e.ref(x), e.vector(before), fill, e.ints(at)).with("mode", mode).output();
    return e.ten(ref, type, dims);
  }
}
