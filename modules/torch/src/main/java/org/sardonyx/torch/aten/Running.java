package org.sardonyx.torch.aten;

import static org.sardonyx.torch.aten.Composed.call;

import java.util.List;
import java.util.Map;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/**
 * Products, extremes and sums of all elements before one. ONNX has only the sum: the others reduce
 * the lower triangle of [n, n], which holds for each place those before it.
 */
final class Running {

  private Running() {}

  static void register(Map<String, Op> ops) {
    ops.put("cumprod", (e, a) -> reduced(e, a, "ReduceProd", 1.0));
    ops.put("logcumsumexp", (e, a) -> reduced(e, a, "ReduceLogSumExp", Double.NEGATIVE_INFINITY));
    ops.put("cummax", (e, a) -> extreme(e, a, "Max", Double.NEGATIVE_INFINITY));
    ops.put("cummin", (e, a) -> extreme(e, a, "Min", Double.POSITIVE_INFINITY));
  }

  /** [..., n, n], what is before each place in its row, and what changes nothing behind that. */
  private static Ten triangle(Emit e, Ten x, int axis, double nothing) {
    Ten last = (Ten) call(e, "movedim", x, (long) axis, -1L);
    Object n = e.size(last, e.rank(last) - 1);
    Ten ones = Elementwise.full(e, List.of(n, n), 1L, DataType.INT32);
    Ref low = e.call("Trilu", e.ref(ones)).with("upper", 0).output();
    Ten before = e.ten(e.cast(low, DataType.INT32, DataType.BOOL), DataType.BOOL, e.dims(ones));
    return Elementwise.where(e, before, Shaping.unsqueeze(e, last, -2), nothing);
  }

  private static Object reduced(Emit e, Args a, String op, double nothing) {
    Ten x = a.ten(0, "self");
    DataType given = a.type(2, "dtype");
    DataType type = given != null ? given : e.type(x).isFloat() ? e.type(x) : DataType.INT64;
    Ten in = Creating.cast(e, x, type);
    int rank = e.rank(x);
    if (rank == 0) {
      return in;
    }
    int axis = e.axis(a.integer(1, "dim", 0), rank);
    Ten each = triangle(e, in, axis, nothing);
    Ten result = Reducing.reduce(e, op, Creating.cast(e, each, type), null, new long[] {-1}, false);
    return call(e, "movedim", result, -1L, (long) axis);
  }

  private static Object extreme(Emit e, Args a, String which, double nothing) {
    Ten x = a.ten(0, "self");
    DataType type = e.type(x);
    int axis = e.axis(a.integer(1, "dim", 0), e.rank(x));
    Ten each = triangle(e, Creating.cast(e, x, Elementwise.floatType(e, x)), axis, nothing);
    Ten best = Reducing.reduce(e, "Reduce" + which, each, null, new long[] {-1}, false);
    // Of equals, PyTorch names the last.
    Ref at =
        e.call("Arg" + which, e.ref(each))
            .with("axis", -1)
            .with("keepdims", 0)
            .with("select_last_index", 1)
            .output();
    List<Dim> dims = e.dims(best);
    Ten values = (Ten) call(e, "movedim", Creating.cast(e, best, type), -1L, (long) axis);
    return new Several(
        java.util.Arrays.asList(
            values, call(e, "movedim", e.ten(at, DataType.INT64, dims), -1L, (long) axis)),
        List.of("values", "indices"));
  }
}
