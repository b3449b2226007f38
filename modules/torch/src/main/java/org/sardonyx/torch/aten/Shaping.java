package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.type.Dim;

/** Operators that move elements, and views. */
final class Shaping {

  private Shaping() {}

  static void register(Map<String, Op> ops) {
    ops.put("view", (e, a) -> reshape(e, a.ten(0, "self"), a.numbers(1, "size")));
    ops.put("reshape", (e, a) -> reshape(e, a.ten(0, "self"), a.numbers(1, "shape")));
    ops.put("_unsafe_view", ops.get("view"));
    ops.put("view_as", (e, a) -> reshape(e, a.ten(0, "self"), sizes(e, a.ten(1, "other"))));
    ops.put("reshape_as", ops.get("view_as"));
    ops.put(
        "flatten",
        (e, a) ->
            flatten(
                e, a.ten(0, "self"), a.integer(1, "start_dim", 0), a.integer(2, "end_dim", -1)));
    ops.put("unflatten", Shaping::unflatten);
    ops.put(
        "permute",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          long[] axes = a.integers(1, "dims", 0, 0);
          return permute(e, x, axes);
        });
    ops.put(
        "transpose",
        (e, a) -> swap(e, a.ten(0, "self"), a.integer(1, "dim0", 0), a.integer(2, "dim1", 1)));
    ops.put("swapaxes", ops.get("transpose"));
    ops.put("swapdims", ops.get("transpose"));
    ops.put(
        "t",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          return e.rank(x, 2) < 2 ? x : swap(e, x, 0, 1);
        });
    ops.put("numpy_T", (e, a) -> reversed(e, a.ten(0, "self")));
    ops.put("mT", (e, a) -> swap(e, a.ten(0, "self"), -2, -1));
    ops.put("movedim", Shaping::movedim);
    ops.put("unsqueeze", (e, a) -> unsqueeze(e, a.ten(0, "self"), a.integer(1, "dim", 0)));
    ops.put("squeeze", Shaping::squeeze);
    ops.put("expand", (e, a) -> expand(e, a.ten(0, "self"), a.numbers(1, "size")));
    ops.put("broadcast_to", ops.get("expand"));
    ops.put("expand_as", (e, a) -> expand(e, a.ten(0, "self"), sizes(e, a.ten(1, "other"))));
    ops.put(
        "pixel_shuffle",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          long r = a.integer(1, "upscale_factor", 1);
          List<Dim> d = e.dims(x, 4);
          Ref ref =
              e.call("DepthToSpace", e.ref(x)).with("blocksize", r).with("mode", "CRD").output();
          return e.ten(
              ref,
              e.type(x),
              List.of(d.get(0), d.get(1).dividedBy(r * r), d.get(2).times(r), d.get(3).times(r)));
        });
    ops.put(
        "broadcast_tensors",
        (e, a) -> {
          List<Ten> all = a.tens(0, "tensors");
          Ref shape = null;
          List<Dim> dims = List.of();
          for (Ten x : all) {
            dims = Pairs.broadcast(e, dims, e.dims(x));
            Ref one = e.node("ConstantOfShape", e.shapeOf(x));
            shape = shape == null ? one : e.node("Add", shape, one);
          }
          Ref common = e.node("Shape", Objects.requireNonNull(shape));
          List<@Nullable Object> results = new ArrayList<>();
          for (Ten x : all) {
            results.add(e.ten(e.node("Expand", e.ref(x), common), e.type(x), dims));
          }
          return e.items(results);
        });
    for (String same :
        List.of(
            "contiguous",
            "detach",
            "alias",
            "lift_fresh",
            "lift_fresh_copy",
            "positive",
            "resolve_conj",
            "resolve_neg",
            "cpu",
            "pin_memory",
            "requires_grad_",
            "detach_",
            "clone",
            "rename",
            "data")) {
      ops.put(same, (e, a) -> a.ten(0, "self"));
    }
    ops.put("clone", (e, a) -> copy(e, a.ten(0, "self")));
  }

  static Ten copy(Emit e, Ten x) {
    return new Ten(e.depth(), x.origin(), x.now());
  }

  static List<Object> sizes(Emit e, Ten x) {
    List<Object> sizes = new ArrayList<>();
    int rank = e.rank(x);
    for (int i = 0; i < rank; i++) {
      sizes.add(e.size(x, i));
    }
    return sizes;
  }

  static Ten reshape(Emit e, Ten x, List<Object> sizes) {
    List<Dim> dims = new ArrayList<>();
    Dim rest = Dim.of(1);
    int open = -1;
    for (int i = 0; i < sizes.size(); i++) {
      Object size = sizes.get(i);
      if (size.equals(-1L)) {
        open = i;
        dims.add(Dim.UNKNOWN);
      } else {
        dims.add(Emit.dimOf(size));
        rest = rest.times(e.resolve(Emit.dimOf(size)));
      }
    }
    List<Dim> known = x.now().dims();
    Dim total = Dim.of(1);
    for (Dim dim : known == null ? List.of(Dim.UNKNOWN) : e.dims(x)) {
      total = total.times(dim);
    }
    if (open < 0 && total.isKnown() && rest.isKnown() && !total.equals(rest)) {
      throw new Emit.Mismatch("a view of " + known + " as " + dims);
    }
    if (open >= 0) {
      if (total.isKnown() && rest.isKnown()) {
        long parts = Math.max(1, rest.sizeOrMinusOne());
        if (total.sizeOrMinusOne() % parts != 0) {
          throw new Emit.Mismatch("a view of " + known + " as " + sizes);
        }
      }
      dims.set(open, quotient(e, x, total, rest, dims, open));
    } else if (known != null) {
      infer(e, total, rest, dims);
    }
    // -1 for one size that is not known keeps the graph free of computed shapes.
    List<Object> wanted = new ArrayList<>(sizes);
    long computed = sizes.stream().filter(s -> s instanceof Sym).count();
    if (open < 0 && computed == 1) {
      for (int i = 0; i < sizes.size(); i++) {
        if (sizes.get(i) instanceof Sym) {
          wanted.set(i, -1L);
        }
      }
    }
    if (known != null
        && known.size() == dims.size()
        && e.dims(x).equals(dims)
        && dims.stream().noneMatch(d -> d instanceof Dim.Unknown)) {
      return e.shaped(x, e.ref(x), dims);
    }
    return e.shaped(x, e.node("Reshape", e.ref(x), e.vector(wanted)), dims);
  }

  /** The size of an input that is asked to be viewed with all sizes known must fit. */
  private static void infer(Emit e, Dim total, Dim rest, List<Dim> dims) {
    if (rest.isKnown() && total instanceof Dim.Named) {
      e.same(total, rest, "view");
    }
    for (int i = 0; i < dims.size(); i++) {
      dims.set(i, dims.get(i) == Dim.UNKNOWN ? e.freshDim() : dims.get(i));
    }
  }

  private static Dim quotient(Emit e, Ten x, Dim total, Dim rest, List<Dim> dims, int open) {
    List<Dim> known = x.now().dims();
    if (known == null || rest.is(0)) {
      return e.freshDim();
    }
    // Sizes that both have cancel out.
    List<Dim> left = new ArrayList<>(e.dims(x));
    List<Dim> right = new ArrayList<>();
    for (int i = 0; i < dims.size(); i++) {
      if (i != open && !left.remove(e.resolve(dims.get(i)))) {
        right.add(e.resolve(dims.get(i)));
      }
    }
    Dim a = left.stream().reduce(Dim.of(1), Dim::times);
    Dim b = right.stream().reduce(Dim.of(1), Dim::times);
    Dim result = b.is(1) ? a : b.is(0) ? Dim.UNKNOWN : a.dividedBy(b);
    return result instanceof Dim.Unknown || total instanceof Dim.Unknown ? e.freshDim() : result;
  }

  static Ten flatten(Emit e, Ten x, long start, long end) {
    int rank = e.rank(x);
    if (rank == 0) {
      return reshape(e, x, List.of(1L));
    }
    int from = e.axis(start, rank);
    int to = e.axis(end, rank);
    List<Object> sizes = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      if (i == from) {
        sizes.add(from == to ? e.size(x, i) : (Object) Long.valueOf(-1));
      } else if (i < from || i > to) {
        sizes.add(e.size(x, i));
      }
    }
    return from == to ? x : reshape(e, x, sizes);
  }

  private static Object unflatten(Emit e, Args a) {
    Ten x = a.ten(0, "self");
    int rank = e.rank(x);
    int axis = e.axis(a.integer(1, "dim", 0), rank);
    List<Object> sizes = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      if (i == axis) {
        sizes.addAll(a.numbers(2, "sizes"));
      } else {
        sizes.add(e.size(x, i));
      }
    }
    return reshape(e, x, sizes);
  }

  static Ten permute(Emit e, Ten x, long... axes) {
    List<Dim> dims = e.dims(x, axes.length);
    if (dims.size() != axes.length) {
      throw new Emit.Mismatch(
          "permute of a tensor of rank " + dims.size() + " by " + axes.length + " axes");
    }
    long[] perm = new long[axes.length];
    List<Dim> result = new ArrayList<>();
    boolean same = true;
    for (int i = 0; i < axes.length; i++) {
      perm[i] = e.axis(axes[i], axes.length);
      same &= perm[i] == i;
      result.add(dims.get((int) perm[i]));
    }
    Ref ref = same ? e.ref(x) : e.call("Transpose", e.ref(x)).withInts("perm", perm).output();
    return e.shaped(x, ref, result);
  }

  static Ten swap(Emit e, Ten x, long first, long second) {
    int rank = e.rank(x, (int) Math.max(3, Math.max(first, second) + 1));
    long[] axes = new long[rank];
    for (int i = 0; i < rank; i++) {
      axes[i] = i;
    }
    if (rank == 0) {
      return x;
    }
    int a = e.axis(first, rank);
    int b = e.axis(second, rank);
    axes[a] = b;
    axes[b] = a;
    return permute(e, x, axes);
  }

  private static Ten reversed(Emit e, Ten x) {
    long[] axes = new long[e.rank(x, 2)];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = axes.length - 1L - i;
    }
    return permute(e, x, axes);
  }

  private static Object movedim(Emit e, Args a) {
    Ten x = a.ten(0, "self");
    int rank = e.rank(x);
    long[] from = a.integers(1, "source", 1, 0);
    long[] to = a.integers(2, "destination", 1, 0);
    List<Long> order = new ArrayList<>(Collections.nCopies(rank, -1L));
    List<Long> left = new ArrayList<>();
    for (long i = 0; i < rank; i++) {
      left.add(i);
    }
    for (int i = 0; i < from.length; i++) {
      long source = e.axis(from[i], rank);
      order.set(e.axis(to[i], rank), source);
      left.remove(source);
    }
    for (int i = 0; i < rank; i++) {
      if (order.get(i) < 0) {
        order.set(i, left.removeFirst());
      }
    }
    return permute(e, x, order.stream().mapToLong(Long::longValue).toArray());
  }

  static Ten unsqueeze(Emit e, Ten x, long axis) {
    int rank = e.rank(x);
    int at = e.axis(axis < 0 ? axis + rank + 1 : axis, rank + 1);
    List<Dim> dims = new ArrayList<>(e.dims(x));
    dims.add(at, Dim.of(1));
    return e.shaped(x, e.node("Unsqueeze", e.ref(x), e.int1(at)), dims);
  }

  private static Object squeeze(Emit e, Args a) {
    Ten x = a.ten(0, "self");
    List<Dim> dims = e.dims(x);
    long[] axes = a.axes(1, "dim");
    List<Long> gone = new ArrayList<>();
    if (axes == null) {
      for (int i = 0; i < dims.size(); i++) {
        if (dims.get(i).is(1)) {
          gone.add((long) i);
        }
      }
      if (dims.stream().anyMatch(d -> !d.isKnown())) {
        e.note("squeeze without an axis: sizes that are not known when the model is made stay");
      }
    } else {
      for (long axis : axes) {
        if (dims.isEmpty()) {
          continue;
        }
        int at = e.axis(axis, dims.size());
        if (dims.get(at).is(1)) {
          gone.add((long) at);
        } else if (!dims.get(at).isKnown() && isOne(e, dims.get(at))) {
          e.same(dims.get(at), Dim.of(1), "squeeze");
          gone.add((long) at);
        }
      }
    }
    if (gone.isEmpty()) {
      return x;
    }
    Collections.sort(gone);
    List<Dim> left = new ArrayList<>();
    for (int i = 0; i < dims.size(); i++) {
      if (!gone.contains((long) i)) {
        left.add(dims.get(i));
      }
    }
    long[] at = gone.stream().mapToLong(Long::longValue).toArray();
    return e.shaped(x, e.node("Squeeze", e.ref(x), e.ints(at)), left);
  }

  /** Code that squeezes an axis means one of size one; where that cannot be, it means none. */
  private static boolean isOne(Emit e, Dim dim) {
    boolean one = (Boolean) e.choices().choose("squeeze " + dim, List.of(true, false));
    e.note(
        "squeeze of an axis whose size is not known when the model is made: taken to be "
            + (one ? "1" : "more than 1"));
    return one;
  }

  static Ten expand(Emit e, Ten x, List<Object> sizes) {
    List<Dim> dims = e.dims(x);
    int more = sizes.size() - dims.size();
    if (more < 0) {
      throw new Emit.Mismatch("expand of rank " + dims.size() + " to " + sizes.size() + " sizes");
    }
    List<Object> wanted = new ArrayList<>();
    List<Dim> result = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      boolean keep = sizes.get(i).equals(-1L) && i >= more;
      wanted.add(keep ? 1L : sizes.get(i));
      Dim size = Emit.dimOf(sizes.get(i));
      result.add(keep ? dims.get(i - more) : size == Dim.UNKNOWN ? e.freshDim() : size);
    }
    return e.shaped(x, e.node("Expand", e.ref(x), e.vector(wanted)), result);
  }
}
