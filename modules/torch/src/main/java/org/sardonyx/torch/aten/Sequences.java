package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** Lists as sequences of the graph, and their parts. */
final class Sequences {

  private Sequences() {}

  /** A list as a sequence of the graph. */
  static Items.Sequence sequence(Emit e, Items list) {
    if (list.isKnown()) {
      List<@Nullable Object> items = list.items();
      if (items.isEmpty()) {
        throw new UnsupportedModel(
            "an empty list is used, and nothing says of what type its tensors are");
      }
      List<Ref> refs = new ArrayList<>();
      List<Dim> dims = null;
      DataType type = null;
      for (@Nullable Object item : items) {
        Ten ten = tensor(e, item);
        if (ten == null) {
          throw new UnsupportedModel(
              "a list that holds " + Show.kind(item) + " and whose length depends on data");
        }
        refs.add(e.ref(ten));
        type = e.type(ten);
        dims = refs.size() == 1 ? e.dims(ten) : merge(e, dims, e.dims(ten));
      }
      return new Items.Sequence(
          e.node("SequenceConstruct", refs.toArray(Ref[]::new)),
          false,
          Objects.requireNonNull(type),
          dims,
          Dim.of(items.size()));
    }
    Items.Sequence s = list.sequence();
    if (!s.stacked()) {
      return s;
    }
    Ref split = e.call("SplitToSequence", s.ref()).with("axis", 0).with("keepdims", 0).output();
    return new Items.Sequence(split, false, s.type(), s.dims(), s.length());
  }

  static @Nullable List<Dim> merge(Emit e, @Nullable List<Dim> a, List<Dim> b) {
    if (a == null || a.size() != b.size()) {
      return null;
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      dims.add(a.get(i).sameAs(b.get(i)) ? a.get(i) : e.freshDim());
    }
    return dims;
  }

  /** An element of a sequence; of rank 0 and whole, it counts as a number, too. */
  static Ten element(Emit e, Ref ref, Items.Sequence s) {
    boolean whole = s.dims() != null && s.dims().isEmpty() && s.type() == DataType.INT64;
    return new Ten(
        e.depth(),
        -1,
        new Ten.State(
            ref,
            s.type(),
            s.dims(),
            null,
            whole ? new Sym(ref, DataType.INT64, e.valueDim()) : null));
  }

  /** An item of a list as a tensor; null where it is neither that nor a number. */
  static @Nullable Ten tensor(Emit e, @Nullable Object item) {
    return item instanceof Ten ten
        ? ten
        : Scalars.isNumber(item)
            ? e.number(Objects.requireNonNull(item), Creating.typeOf(item))
            : null;
  }

  static Items.Sequence inserted(Emit e, Items.Sequence s, @Nullable Object item, Object place) {
    Ten ten = tensor(e, item);
    if (ten == null) {
      throw new UnsupportedModel("a list whose length depends on data gets " + Show.kind(item));
    }
    Ref ref =
        e.node("SequenceInsert", s.ref(), e.cast(ten, s.type()), e.scalar(place, DataType.INT64));
    Dim length = s.length().plus(1);
    return new Items.Sequence(
        ref,
        false,
        s.type(),
        merge(e, s.dims(), e.dims(ten)),
        length instanceof Dim.Unknown ? e.freshDim() : length);
  }

  static Items.Sequence erased(Emit e, Items.Sequence s, Object place) {
    Ref ref = e.node("SequenceErase", s.ref(), e.scalar(place, DataType.INT64));
    return new Items.Sequence(ref, false, s.type(), s.dims(), e.freshDim());
  }

  /** a + b. */
  static Items joined(Emit e, Items a, Items b) {
    if (a.isKnown() && b.isKnown()) {
      List<@Nullable Object> all = new ArrayList<>(a.items());
      all.addAll(b.items());
      return e.items(all);
    }
    if (!a.isKnown() && !b.isKnown()) {
      return e.items(stacked(e, List.of(together(e, a.sequence()), together(e, b.sequence()))));
    }
    // The items of the one that is known, before or behind those of the other.
    Items.Sequence s = sequence(e, a.isKnown() ? b : a);
    List<@Nullable Object> items = a.isKnown() ? a.items() : b.items();
    for (int i = 0; i < items.size(); i++) {
      Object place = (long) i;
      if (!a.isKnown()) {
        place = new Sym(e.node("SequenceLength", s.ref()), DataType.INT64, e.freshDim());
      }
      s = inserted(e, s, items.get(i), place);
    }
    return e.items(s);
  }

  private static Items.Sequence stacked(Emit e, List<Ten> parts) {
    Ten all = Parts.join(e, parts, 0);
    List<Dim> dims = e.dims(all);
    return new Items.Sequence(
        e.ref(all), true, e.type(all), dims.subList(1, dims.size()), dims.getFirst());
  }

  /** [x] * times. */
  static Items repeated(Emit e, Items list, Sym times) {
    Ten one = list.items().size() == 1 ? tensor(e, list.items().getFirst()) : null;
    if (one == null) {
      throw new UnsupportedModel(
          "a list of " + list.items().size() + " items, repeated a number of times that is open");
    }
    List<Object> sizes = new ArrayList<>(Shaping.sizes(e, one));
    sizes.addFirst(new Scalars(e).binary("max", times, 0L));
    Ref all = e.node("Expand", e.ref(one), e.vector(sizes));
    return e.items(
        new Items.Sequence(all, true, e.type(one), e.dims(one), e.sizeOf(sizes.getFirst())));
  }

  /** The tensors of a list as one, with an axis in front for the list. */
  static Ten together(Emit e, Items.Sequence s) {
    if (s.dims() == null) {
      throw new UnsupportedModel("a part of a list of tensors of several ranks");
    }
    List<Dim> dims = new ArrayList<>(s.dims());
    dims.addFirst(s.length());
    Ref all =
        s.stacked()
            ? s.ref()
            : e.call("ConcatFromSequence", s.ref()).with("axis", 0).with("new_axis", 1).output();
    return e.ten(all, s.type(), dims);
  }

  /** list[start:end:step]; null where a bound is not given. */
  static Items between(
      Emit e, Items list, @Nullable Object start, @Nullable Object end, long step) {
    if (list.isKnown() && !(start instanceof Sym) && !(end instanceof Sym)) {
      return e.items(known(list.items(), (Long) start, (Long) end, step));
    }
    Ten all = together(e, list.isKnown() ? sequence(e, list) : list.sequence());
    Ten part;
    if (step == -1 && start == null && end == null) {
      part = Repeating.flip(e, all, 0);
    } else if (step > 0) {
      part =
          Parts.cut(
              e, all, 0, start == null ? 0L : start, end == null ? Long.MAX_VALUE : end, step);
    } else {
      throw new UnsupportedModel("a part from behind of a list whose length depends on data");
    }
    List<Dim> dims = e.dims(part);
    return e.items(
        new Items.Sequence(
            e.ref(part), true, e.type(part), dims.subList(1, dims.size()), dims.getFirst()));
  }

  /** As Python takes parts of lists. */
  static List<@Nullable Object> known(
      List<@Nullable Object> items, @Nullable Long start, @Nullable Long end, long step) {
    if (step == 0) {
      throw new Emit.Mismatch("a slice with the step 0");
    }
    long size = items.size();
    long first = step > 0 ? 0 : -1;
    long last = step > 0 ? size : size - 1;
    long from = start == null ? (step > 0 ? 0 : size - 1) : bound(start, size, first, last);
    long to = end == null ? (step > 0 ? size : -1) : bound(end, size, first, last);
    List<@Nullable Object> part = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i = Math.addExact(i, step)) {
      part.add(items.get((int) i));
    }
    return part;
  }

  static long bound(long index, long size, long first, long last) {
    return Math.clamp(index < 0 ? index + size : index, first, last);
  }
}
