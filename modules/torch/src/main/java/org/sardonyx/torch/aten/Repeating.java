package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** Elements that are repeated, turned about, or left out of triangles; windows of an axis. */
final class Repeating {

  private Repeating() {}

  static void register(Map<String, Op> ops) {
    ops.put("repeat", (e, a) -> repeat(e, a.ten(0, "self"), a.numbers(1, "repeats")));
    ops.put("repeat_interleave", Repeating::interleave);
    ops.put("flip", (e, a) -> flip(e, a.ten(0, "self"), a.integers(1, "dims", 1, 0)));
    ops.put("roll", Repeating::roll);
    ops.put("tril", (e, a) -> triangle(e, a, 0));
    ops.put("triu", (e, a) -> triangle(e, a, 1));
    ops.put("unfold", Repeating::unfold);
    ops.put("meshgrid", Repeating::meshgrid);
    ops.put("tile", ops.get("repeat"));
  }

  static Ten repeat(Emit e, Ten x, List<Object> repeats) {
    List<Dim> dims = new ArrayList<>(e.dims(x));
    Ref ref = e.ref(x);
    int more = repeats.size() - dims.size();
    List<Object> times = new ArrayList<>(repeats);
    for (int i = more; i < 0; i++) {
      times.addFirst(1L);
    }
    if (more > 0) {
      long[] axes = new long[more];
      for (int i = 0; i < more; i++) {
        axes[i] = i;
        dims.addFirst(Dim.of(1));
      }
      ref = e.node("Unsqueeze", ref, e.ints(axes));
    }
    for (int i = 0; i < dims.size(); i++) {
      Dim product = dims.get(i).times(Emit.dimOf(times.get(i)));
      dims.set(i, product instanceof Dim.Unknown ? e.freshDim() : product);
    }
    return e.ten(e.node("Tile", ref, e.vector(times)), e.type(x), dims);
  }

  private static Object interleave(Emit e, Args a) {
    Ten x = a.ten(0, "self");
    Object times = a.need(1, "repeats");
    Ten flat = a.get(2, "dim") == null ? Shaping.flatten(e, x, 0, -1) : x;
    int rank = e.rank(flat);
    int axis = e.axis(a.integer(2, "dim", 0), rank);
    if (times instanceof Ten && Pairs.number(times) == null) {
      // The place i comes from the first element whose repeats end behind it.
      Ten ends = (Ten) Composed.call(e, "cumsum", a.ten(1, "repeats"), 0L);
      Object total = new Scalars(e).item(Parts.select(e, ends, 0, -1L));
      Ten place = (Ten) Composed.call(e, "arange", total);
      Object ended =
          Composed.call(e, "le", Shaping.unsqueeze(e, ends, 0), Shaping.unsqueeze(e, place, 1));
      return Composed.call(
          e,
          "index_select",
          flat,
          (long) axis,
          Composed.call(e, "sum", ended, Composed.ints(e, 1)));
    }
    Object count = a.whole(1, "repeats");
    Ten wide = Shaping.unsqueeze(e, flat, axis + 1);
    List<Object> repeats = new ArrayList<>(Collections.nCopies(rank + 1, 1L));
    repeats.set(axis + 1, count);
    Ten repeated = repeat(e, wide, repeats);
    return Shaping.flatten(e, repeated, axis, axis + 1);
  }

  static Ten flip(Emit e, Ten x, long... axes) {
    int rank = e.rank(x);
    long[] at = new long[axes.length];
    long[] start = new long[axes.length];
    long[] end = new long[axes.length];
    for (int i = 0; i < axes.length; i++) {
      at[i] = e.axis(axes[i], rank);
      start[i] = -1;
      end[i] = Long.MIN_VALUE + 1;
    }
    Ref ref = e.node("Slice", e.ref(x), e.ints(start), e.ints(end), e.ints(at), e.ints(start));
    return e.ten(ref, e.type(x), e.dims(x));
  }

  private static Object roll(Emit e, Args a) {
    Ten x = a.ten(0, "self");
    long[] shifts = a.integers(1, "shifts", 1, 0);
    if (a.axes(2, "dims") == null) {
      Ten row = Shaping.flatten(e, x, 0, -1);
      Object rolled =
          roll(
              e, new Args(a.op(), java.util.Arrays.asList(row, a.need(1, "shifts"), 0L), Map.of()));
      return Shaping.reshape(e, (Ten) rolled, Shaping.sizes(e, x));
    }
    long[] axes = a.integers(2, "dims", 1, 0);
    Ten result = x;
    for (int i = 0; i < shifts.length; i++) {
      int axis = e.axis(axes[i], e.rank(x));
      Ref tail = Parts.slice(e, e.ref(result), axis, e.int1(-shifts[i]), e.int1(Long.MAX_VALUE));
      Ref head = Parts.slice(e, e.ref(result), axis, e.int1(0), e.int1(-shifts[i]));
      if (shifts[i] != 0) {
        result =
            e.ten(e.call("Concat", tail, head).with("axis", axis).output(), e.type(x), e.dims(x));
      }
    }
    return result;
  }

  private static Object triangle(Emit e, Args a, long upper) {
    Ten x = a.ten(0, "self");
    Object k = a.get(1, "diagonal");
    Ref ref =
        e.call("Trilu", e.ref(x), e.scalar(k == null ? 0L : k, DataType.INT64))
            .with("upper", upper)
            .output();
    return e.like(x, ref, e.type(x));
  }

  /** unfold(dim, size, step): windows of an axis become a last axis, by a gather. */
  private static Object unfold(Emit e, Args a) {
    Ten x = a.ten(0, "self");
    List<Dim> dims = e.dims(x);
    int axis = e.axis(a.integer(1, "dimension", 0), dims.size());
    long size = a.integer(2, "size", 1);
    long step = a.integer(3, "step", 1);
    Scalars s = new Scalars(e);
    Object count =
        s.binary("add", s.binary("floordiv", s.binary("sub", e.size(x, axis), size), step), 1L);
    Ref starts =
        e.node(
            "Range",
            e.scalar(0L, DataType.INT64),
            e.scalar(s.binary("mul", count, step), DataType.INT64),
            e.scalar(step, DataType.INT64));
    long[] offsets = new long[(int) size];
    for (int i = 0; i < size; i++) {
      offsets[i] = i;
    }
    Ref index = e.node("Add", e.node("Unsqueeze", starts, e.int1(1)), e.ints(offsets));
    Ref gathered = e.call("Gather", e.ref(x), index).with("axis", axis).output();
    List<Dim> result = new ArrayList<>(dims);
    result.set(axis, Emit.dimOf(count));
    result.add(axis + 1, Dim.of(size));
    Ten windows = e.ten(gathered, e.type(x), result);
    long[] perm = new long[dims.size() + 1];
    for (int i = 0, at = 0; i <= dims.size(); i++) {
      if (i != axis + 1) {
        perm[at++] = i;
      }
    }
    perm[dims.size()] = axis + 1L;
    return Shaping.permute(e, windows, perm);
  }

  private static Object meshgrid(Emit e, Args a) {
    List<Ten> all = a.tens(0, "tensors");
    boolean xy = "xy".equals(a.text(1, "indexing"));
    int n = all.size();
    List<Object> sizes = new ArrayList<>();
    for (Ten x : all) {
      sizes.add(e.size(Shaping.flatten(e, x, 0, -1), 0));
    }
    List<@Nullable Object> grids = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      List<Object> shape = new ArrayList<>(Collections.nCopies(n, 1L));
      shape.set(i, -1L);
      Ten grid = Shaping.expand(e, Shaping.reshape(e, all.get(i), shape), sizes);
      grids.add(xy && n > 1 ? Shaping.swap(e, grid, 0, 1) : grid);
    }
    return e.items(grids);
  }
}
