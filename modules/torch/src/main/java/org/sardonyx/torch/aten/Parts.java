package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** Operators that cut tensors into parts, and put parts together. */
final class Parts {

  private static final long MOST_PIECES = 1 << 16;

  private Parts() {}

  static void register(Map<String, Op> ops) {
    ops.put("cat", Parts::cat);
    ops.put("concat", ops.get("cat"));
    ops.put("concatenate", ops.get("cat"));
    ops.put("stack", Parts::stack);
    ops.put(
        "hstack",
        (e, a) -> {
          List<Ten> all = a.tens(0, "tensors");
          return join(e, all, e.rank(all.getFirst()) < 2 ? 0 : 1);
        });
    ops.put(
        "vstack",
        (e, a) -> {
          List<Ten> rows = new ArrayList<>();
          for (Ten x : a.tens(0, "tensors")) {
            rows.add(e.rank(x) < 2 ? Shaping.unsqueeze(e, x, 0) : x);
          }
          return join(e, rows, 0);
        });
    ops.put("split", Parts::split);
    ops.put("split_with_sizes", Parts::split);
    ops.put(
        "tensor_split",
        (e, a) ->
            a.get(1, "indices") instanceof Items || a.named().containsKey("indices")
                ? between(e, a.ten(0, "self"), a.numbers(1, "indices"), a.integer(2, "dim", 0))
                : chunk(
                    e,
                    a.ten(0, "self"),
                    a.integer(1, "sections", 1),
                    a.integer(2, "dim", 0),
                    true));
    ops.put(
        "chunk",
        (e, a) ->
            chunk(e, a.ten(0, "self"), a.integer(1, "chunks", 1), a.integer(2, "dim", 0), false));
    ops.put("unbind", (e, a) -> unbind(e, a.ten(0, "self"), a.integer(1, "dim", 0)));
    ops.put("slice", Parts::slice);
    ops.put(
        "narrow",
        (e, a) -> {
          Object start = a.whole(2, "start");
          Object end = new Scalars(e).binary("add", start, a.whole(3, "length"));
          Ten cut = cut(e, a.ten(0, "self"), a.integer(1, "dim", 0), start, end, 1);
          List<Dim> dims = new ArrayList<>(e.dims(cut));
          dims.set(e.axis(a.integer(1, "dim", 0), dims.size()), Emit.dimOf(a.whole(3, "length")));
          return e.ten(e.ref(cut), e.type(cut), dims);
        });
    ops.put(
        "select",
        (e, a) -> select(e, a.ten(0, "self"), a.integer(1, "dim", 0), a.need(2, "index")));
  }

  private static Ten stacked(Emit e, Items list, long axis, boolean newAxis) {
    Items.Sequence s = list.sequence();
    if (s.dims() == null) {
      throw new UnsupportedModel("a list of tensors of several ranks is joined");
    }
    int rank = s.dims().size() + (newAxis ? 1 : 0);
    int at = e.axis(axis, rank);
    if (!s.stacked()) {
      Ref ref =
          e.call("ConcatFromSequence", s.ref())
              .with("axis", at)
              .with("new_axis", newAxis ? 1 : 0)
              .output();
      List<Dim> dims = new ArrayList<>(s.dims());
      if (newAxis) {
        dims.add(at, s.length());
      } else {
        dims.set(at, e.freshDim());
      }
      return e.ten(ref, s.type(), dims);
    }
    List<Dim> dims = new ArrayList<>(s.dims());
    dims.addFirst(s.length());
    Ten whole = e.ten(s.ref(), s.type(), dims);
    if (!newAxis && s.dims().isEmpty()) {
      throw new UnsupportedModel("cat of tensors of rank 0");
    }
    // [T, d0, ...] with T moved before the axis, and joined with it for cat.
    long[] perm = new long[dims.size()];
    for (int i = 0, from = 1; i < perm.length; i++) {
      perm[i] = i == at ? 0 : from++;
    }
    Ten moved = Shaping.permute(e, whole, perm);
    return newAxis ? moved : Shaping.flatten(e, moved, at, at + 1);
  }

  private static Object cat(Emit e, Args a) {
    Object list = a.need(0, "tensors");
    long axis = a.integer(1, "dim", 0);
    if (list instanceof Items items && !items.isKnown()) {
      return stacked(e, items, axis, false);
    }
    return join(e, a.tens(0, "tensors"), axis);
  }

  static Ten join(Emit e, List<Ten> all, long axis) {
    List<Ten> parts = new ArrayList<>(all);
    // PyTorch lets an empty vector be joined with anything.
    parts.removeIf(
        x -> all.size() > 1 && e.hasRank(x) && e.dims(x).size() == 1 && e.dims(x).getFirst().is(0));
    if (parts.isEmpty()) {
      throw new UnsupportedModel("cat of no tensors");
    }
    Integer[] likely = {};
    for (Ten x : parts) {
      likely = e.hasRank(x) ? new Integer[] {e.rank(x)} : likely;
    }
    int rank = e.rank(parts.getFirst(), likely);
    int at = e.axis(axis, rank);
    DataType type = Pairs.type(e, false, parts.toArray());
    List<Dim> dims = new ArrayList<>(e.dims(parts.getFirst()));
    Dim sum = Dim.of(0);
    Ref[] refs = new Ref[parts.size()];
    for (int i = 0; i < refs.length; i++) {
      List<Dim> other = e.dims(parts.get(i), rank);
      if (other.size() != rank) {
        throw new Emit.Mismatch("cat of tensors of ranks " + rank + " and " + other.size());
      }
      sum = sum.plus(other.get(at));
      for (int d = 0; d < rank; d++) {
        if (d != at) {
          e.same(dims.get(d), other.get(d), "cat");
          dims.set(d, e.resolve(dims.get(d)));
        }
      }
      refs[i] = e.cast(parts.get(i), type);
    }
    dims.set(at, sum instanceof Dim.Unknown ? e.freshDim() : sum);
    Ref ref = refs.length == 1 ? refs[0] : e.call("Concat", refs).with("axis", at).output();
    return e.ten(ref, type, dims);
  }

  private static Object stack(Emit e, Args a) {
    Object list = a.need(0, "tensors");
    long axis = a.integer(1, "dim", 0);
    if (list instanceof Items items && !items.isKnown()) {
      return stacked(e, items, axis, true);
    }
    List<Ten> wide = new ArrayList<>();
    for (Ten x : a.tens(0, "tensors")) {
      wide.add(Shaping.unsqueeze(e, x, axis));
    }
    return join(e, wide, axis);
  }

  /** The rank of what is cut along an axis: the last one, if it is counted from the front. */
  private static int likely(long axis) {
    return axis < 0 ? 3 : (int) Math.max(2, Math.min(axis, 5) + 1);
  }

  private static Object split(Emit e, Args a) {
    Ten x = a.ten(0, "self");
    long given = a.integer(2, "dim", 0);
    int axis = e.axis(given, e.rank(x, likely(given)));
    Object sizes = a.need(1, "split_size");
    Dim dim = e.dims(x).get(axis);
    List<Object> each = new ArrayList<>();
    if (sizes instanceof Items || sizes instanceof Several) {
      each.addAll(a.numbers(1, "split_sizes"));
    } else if (dim.isKnown() && sizes instanceof Long size) {
      requirePieces(size <= 0 ? -1 : dim.sizeOrMinusOne() / size);
      for (long left = dim.sizeOrMinusOne(); left > 0; left -= size) {
        each.add(Math.min(left, size));
      }
    } else {
      Ref ref =
          e.call("SplitToSequence", e.ref(x), e.scalar(sizes, DataType.INT64))
              .with("axis", axis)
              .output();
      List<Dim> dims = new ArrayList<>(e.dims(x));
      dims.set(axis, e.freshDim());
      return e.items(new Items.Sequence(ref, false, e.type(x), dims, e.freshDim()));
    }
    return pieces(e, x, axis, each);
  }

  /** Refuses numbers of pieces that would not fit a list here. */
  private static void requirePieces(long count) {
    if (count < 0 || count > MOST_PIECES) {
      throw new UnsupportedModel("a tensor in " + count + " pieces");
    }
  }

  private static Items pieces(Emit e, Ten x, int axis, List<Object> sizes) {
    List<Dim> dims = e.dims(x);
    List<@Nullable Object> parts = new ArrayList<>();
    if (sizes.size() == 1) {
      parts.add(x);
      return e.items(parts);
    }
    Dim total = Dim.of(0);
    for (Object size : sizes) {
      total = total.plus(Emit.dimOf(size));
    }
    e.same(dims.get(axis), total, "split");
    List<Ref> refs =
        e.call("Split", e.ref(x), e.vector(sizes)).with("axis", axis).outputs(sizes.size());
    for (int i = 0; i < refs.size(); i++) {
      List<Dim> part = new ArrayList<>(dims);
      part.set(axis, Emit.dimOf(sizes.get(i)));
      parts.add(e.ten(refs.get(i), e.type(x), part));
    }
    return e.items(parts);
  }

  /** Pieces that end before the indices, and the rest. */
  private static Items between(Emit e, Ten x, List<Object> ends, long dim) {
    List<@Nullable Object> parts = new ArrayList<>();
    Object start = 0L;
    for (Object end : ends) {
      parts.add(cut(e, x, dim, start, end, 1));
      start = end;
    }
    parts.add(cut(e, x, dim, start, Long.MAX_VALUE, 1));
    return e.items(parts);
  }

  private static Object chunk(Emit e, Ten x, long count, long dim, boolean even) {
    int axis = e.axis(dim, e.rank(x, likely(dim)));
    Object size = e.size(x, axis);
    requirePieces(count == 0 ? -1 : count);
    List<Object> sizes = new ArrayList<>();
    if (size instanceof Long known) {
      long each = (known + count - 1) / count;
      for (long i = 0, left = known; even ? i < count : left > 0; i++) {
        long part = even ? known / count + (i < known % count ? 1 : 0) : Math.min(left, each);
        sizes.add(part);
        left -= part;
      }
      return pieces(e, x, axis, sizes);
    }
    // As many chunks as asked for, the last one smaller: fewer only where the axis is short.
    Scalars s = new Scalars(e);
    Object each = s.binary("floordiv", s.binary("add", size, count - 1), count);
    List<@Nullable Object> parts = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      Object end = i == count - 1 ? (Object) Long.MAX_VALUE : s.binary("mul", each, i + 1);
      Ten part = cut(e, x, axis, s.binary("mul", each, i), end, 1);
      List<Dim> dims = new ArrayList<>(e.dims(part));
      dims.set(axis, i == count - 1 ? e.freshDim() : Emit.dimOf(each));
      parts.add(e.ten(e.ref(part), e.type(x), dims));
    }
    return e.items(parts);
  }

  static Items unbind(Emit e, Ten x, long dim) {
    int axis = e.axis(dim, e.rank(x));
    List<Dim> dims = new ArrayList<>(e.dims(x));
    Dim length = dims.remove(axis);
    if (!length.isKnown()) {
      Ten front = axis == 0 ? x : movedFront(e, x, axis);
      return e.items(new Items.Sequence(e.ref(front), true, e.type(x), dims, length));
    }
    requirePieces(length.sizeOrMinusOne());
    List<@Nullable Object> parts = new ArrayList<>();
    for (long i = 0; i < length.sizeOrMinusOne(); i++) {
      parts.add(select(e, x, axis, i));
    }
    return e.items(parts);
  }

  private static Ten movedFront(Emit e, Ten x, int axis) {
    long[] perm = new long[e.rank(x)];
    for (int i = 1, from = 0; i < perm.length; i++, from++) {
      from += from == axis ? 1 : 0;
      perm[i] = from;
    }
    perm[0] = axis;
    return Shaping.permute(e, x, perm);
  }

  static Ten select(Emit e, Ten x, long dim, Object index) {
    int rank = e.rank(x, (int) Math.max(dim + 1, 2));
    int axis = e.axis(dim, rank);
    if (rank == 0) {
      throw new Emit.Mismatch("select of a tensor of rank 0");
    }
    List<Dim> dims = new ArrayList<>(e.dims(x));
    Dim size = dims.remove(axis);
    Object number = Pairs.number(index);
    if (!(number instanceof Long || (number instanceof Sym s && s.type() == DataType.INT64))) {
      throw new Emit.Mismatch("an index of an axis that is no int");
    }
    if (number instanceof Long n
        && size.isKnown()
        && (n >= size.sizeOrMinusOne() || n < -size.sizeOrMinusOne())) {
      throw new Emit.Mismatch("element " + n + " of an axis of size " + size);
    }
    Ref ref =
        e.call("Gather", e.ref(x), e.scalar(number, DataType.INT64)).with("axis", axis).output();
    return e.shaped(x, ref, dims);
  }

  private static @Nullable Object slice(Emit e, Args a) {
    Object of = a.need(0, "self");
    if (of instanceof Items || of instanceof Several) {
      Items list = of instanceof Items items ? items : e.items(Scalars.items(of));
      return Sequences.between(
          e,
          list,
          a.get(1, "start") == null ? null : a.whole(1, "start"),
          a.get(2, "end") == null ? null : a.whole(2, "end"),
          a.integer(3, "step", 1));
    }
    if (of instanceof String text) {
      int from = clip(a.integer(1, "start", 0), text.length());
      int to = clip(a.integer(2, "end", Long.MAX_VALUE), text.length());
      return from < to ? text.substring(from, to) : "";
    }
    return cut(
        e,
        a.ten(0, "self"),
        a.integer(1, "dim", 0),
        a.get(2, "start") == null ? 0L : a.whole(2, "start"),
        a.get(3, "end") == null ? Long.MAX_VALUE : a.whole(3, "end"),
        a.integer(4, "step", 1));
  }

  private static int clip(long index, int size) {
    long at = index < 0 ? index + size : index;
    return (int) Math.max(0, Math.min(at, size));
  }

  static Ref slice(Emit e, Ref x, int axis, Ref start, Ref end) {
    return e.node("Slice", x, start, end, e.int1(axis), e.int1(1));
  }

  /** x[start:end:step] of an axis. */
  static Ten cut(Emit e, Ten x, long dim, Object start, Object end, long step) {
    if (step <= 0) {
      throw new Emit.Mismatch("a slice with the step " + step);
    }
    boolean whole =
        start.equals(0L) && end instanceof Long n && n >= Integer.MAX_VALUE && step == 1;
    if (whole) {
      return x;
    }
    List<Dim> dims = new ArrayList<>(e.dims(x));
    int axis = e.axis(dim, dims.size());
    Dim size = dims.get(axis);
    Dim from = bound(size, start);
    Dim to = end instanceof Long n && n >= Integer.MAX_VALUE ? size : bound(size, end);
    Dim length =
        size.equals(to) && from.is(0) ? size : from.is(0) ? upTo(size, to, end) : to.minus(from);
    if (start instanceof Long n && n < -1 && to.equals(size)) {
      length = size.min(Dim.of(-n)); // all, where there are fewer
    }
    if (size.isKnown() && start instanceof Long s && end instanceof Long n) {
      int a = clip(s, (int) size.sizeOrMinusOne());
      int b = clip(n, (int) size.sizeOrMinusOne());
      length = Dim.of((Math.max(0, b - a) + step - 1) / step);
    } else if (step != 1) {
      length = e.freshDim();
    }
    dims.set(
        axis,
        length instanceof Dim.Unknown || length.sizeOrMinusOne() < -1 ? e.freshDim() : length);
    Ref ref =
        e.node(
            "Slice",
            e.ref(x),
            e.vector(List.of(start)),
            e.vector(List.of(end)),
            e.int1(axis),
            e.int1(step));
    return e.shaped(x, ref, dims);
  }

  private static Dim bound(Dim size, Object at) {
    return at instanceof Long n ? n < 0 ? size.plus(n) : Dim.of(n) : ((Sym) at).dim();
  }

  /** What is cut to a size that is not known is of that size: code that means less says so. */
  private static Dim upTo(Dim size, Dim to, Object end) {
    return end instanceof Long n ? n < 0 ? to : size.min(to) : to;
  }
}
