package org.sardonyx.torch.aten;

import static org.sardonyx.torch.aten.Composed.call;
import static org.sardonyx.torch.aten.Composed.ints;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;

/** Diagonals of matrices, read and written. */
final class Diagonals {

  private Diagonals() {}

  static void register(Map<String, Op> ops) {
    ops.put(
        "diagonal",
        (e, a) ->
            diagonal(
                e,
                a.ten(0, "self"),
                a.integer(1, "offset", 0),
                a.integer(2, "dim1", 0),
                a.integer(3, "dim2", 1)));
    ops.put(
        "linalg_diagonal",
        (e, a) -> diagonal(e, a.ten(0, "A"), a.integer(-1, "offset", 0), -2, -1));
    ops.put("trace", (e, a) -> call(e, "sum", diagonal(e, a.ten(0, "self"), 0, 0, 1)));
    ops.put("diag_embed", (e, a) -> embed(e, a.ten(0, "self"), a.integer(1, "offset", 0)));
    ops.put(
        "diag",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          long offset = a.integer(1, "diagonal", 0);
          return e.rank(x, 1) == 1 ? embed(e, x, offset) : diagonal(e, x, offset, 0, 1);
        });
    for (boolean upper : new boolean[] {false, true}) {
      ops.put(
          upper ? "triu_indices" : "tril_indices",
          (e, a) ->
              indices(
                  e,
                  a.integer(0, "row", 0),
                  a.integer(1, "col", 0),
                  a.integer(2, "offset", 0),
                  upper));
    }
  }

  /** The matrix as a row, of which every (columns + 1)th element is on the diagonal. */
  private static Ten diagonal(Emit e, Ten x, long offset, long dim1, long dim2) {
    int rank = e.rank(x, 2);
    long first = e.axis(dim1, rank);
    long second = e.axis(dim2, rank);
    Ten last = (Ten) call(e, "movedim", x, ints(e, first, second), ints(e, -2, -1));
    Scalars s = new Scalars(e);
    Object rows = e.size(last, rank - 2);
    Object columns = e.size(last, rank - 1);
    Object length =
        s.binary(
            "max",
            s.binary(
                "min",
                s.binary("sub", rows, Math.max(0, -offset)),
                s.binary("sub", columns, Math.max(0, offset))),
            0L);
    Ten index =
        (Ten)
            call(
                e,
                "add",
                call(e, "mul", call(e, "arange", length), s.binary("add", columns, 1L)),
                s.binary(
                    "add", s.binary("mul", columns, Math.max(0, -offset)), Math.max(0, offset)));
    Ten flat = Shaping.flatten(e, last, rank - 2, rank - 1);
    List<Dim> dims = new ArrayList<>(e.dims(last).subList(0, rank - 2));
    Dim size = Emit.dimOf(length);
    dims.add(size instanceof Dim.Unknown ? e.freshDim() : size);
    Ref ref = e.call("Gather", e.ref(flat), e.ref(index)).with("axis", rank - 2).output();
    return e.ten(ref, e.type(x), dims);
  }

  private static Object embed(Emit e, Ten x, long offset) {
    if (offset != 0) {
      throw new UnsupportedModel("a matrix with elements beside its diagonal: diag of offset 0");
    }
    Object n = e.size(x, e.rank(x) - 1);
    Ten eye = (Ten) call(e, "eye", n);
    return Elementwise.where(
        e, Creating.cast(e, eye, DataType.BOOL), Shaping.unsqueeze(e, x, -1), 0L);
  }

  private static Ten indices(Emit e, long rows, long columns, long offset, boolean upper) {
    if (rows < 0 || columns < 0 || rows * columns > 1 << 22) {
      throw new UnsupportedModel("indices of a triangle of [" + rows + ", " + columns + "]");
    }
    List<long[]> all = new ArrayList<>();
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < columns; j++) {
        if (upper ? j - i >= offset : j - i <= offset) {
          all.add(new long[] {i, j});
        }
      }
    }
    Tensor values = Tensor.zeros(DataType.INT64, 2, all.size());
    for (int i = 0; i < all.size(); i++) {
      values.setLong(i, all.get(i)[0]);
      values.setLong(all.size() + i, all.get(i)[1]);
    }
    return e.constant(values);
  }
}
