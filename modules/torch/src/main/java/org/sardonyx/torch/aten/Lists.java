package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** What programs do with lists and dictionaries. */
final class Lists {

  private Lists() {}

  static void register(Map<String, Op> ops) {
    ops.put("len", (e, a) -> length(e, a.need(0, "self")));
    ops.put("list", (e, a) -> e.items(new ArrayList<>(Scalars.items(a.get(0, "self")))));
    ops.put("append", (e, a) -> append(e, a));
    ops.put(
        "extend",
        (e, a) -> {
          extend(e, list(a), a.get(1, "other"));
          return null;
        });
    ops.put(
        "insert",
        (e, a) -> {
          Items list = list(a);
          e.changing(list);
          if (!list.isKnown()) {
            list.restore(
                Sequences.inserted(
                    e, Sequences.sequence(e, list), a.get(2, "el"), a.whole(1, "idx")));
            return null;
          }
          int size = list.items().size();
          long at = a.integer(1, "idx", 0);
          // As in Python, an index beyond the ends is the end.
          int place = (int) Math.max(0, Math.min(size, at < 0 ? at + size : at));
          list.items().add(place, a.get(2, "el"));
          return null;
        });
    ops.put(
        "pop",
        (e, a) -> {
          if (a.get(0, "self") instanceof Table table) {
            return table.remove(e, a.get(1, "key"));
          }
          Items list = list(a);
          e.changing(list);
          if (list.isKnown()) {
            return list.items().remove(place(list.items(), a.integer(1, "idx", -1)));
          }
          Object at = a.get(1, "idx") == null ? (Object) Long.valueOf(-1) : a.whole(1, "idx");
          @Nullable Object item = item(e, list, at);
          list.restore(Sequences.erased(e, Sequences.sequence(e, list), at));
          return item;
        });
    ops.put(
        "clear",
        (e, a) -> {
          if (a.get(0, "self") instanceof Table table) {
            table.clear(e);
            return null;
          }
          Items list = list(a);
          e.changing(list);
          list.restore(new ArrayList<>());
          return null;
        });
    ops.put(
        "reverse",
        (e, a) -> {
          Items list = list(a);
          e.changing(list);
          if (list.isKnown()) {
            java.util.Collections.reverse(list.items());
          } else {
            list.restore(Sequences.between(e, list, null, null, -1).sequence());
          }
          return null;
        });
    ops.put("__getitem__", (e, a) -> item(e, a.need(0, "list"), a.need(1, "idx")));
    ops.put(
        "_set_item",
        (e, a) -> {
          if (a.get(0, "list") instanceof Table table) {
            table.put(e, a.get(1, "key"), a.get(2, "el"));
            return null;
          }
          Items list = list(a);
          e.changing(list);
          if (list.isKnown()) {
            list.items().set(place(list.items(), a.integer(1, "idx", 0)), a.get(2, "el"));
            return null;
          }
          Object at = a.whole(1, "idx");
          Object place =
              at instanceof Long n && n < 0 ? new Scalars(e).binary("add", length(e, list), n) : at;
          Items.Sequence less = Sequences.erased(e, Sequences.sequence(e, list), place);
          list.restore(Sequences.inserted(e, less, a.get(2, "el"), place));
          return null;
        });
    ops.put(
        "__contains__",
        (e, a) -> {
          if (a.get(0, "list") instanceof Table table) {
            return table.entries().containsKey(Table.key(a.get(1, "key")));
          }
          if (a.get(0, "list") instanceof String text) {
            return text.contains(String.valueOf(a.get(1, "el")));
          }
          Scalars s = new Scalars(e);
          Object found = false;
          for (@Nullable Object item : Scalars.items(a.get(0, "list"))) {
            found = s.or(found, s.compare("eq", item, a.get(1, "el")));
          }
          return found;
        });
    ops.put("keys", (e, a) -> e.items(new ArrayList<>(table(a).entries().keySet())));
    ops.put("values", (e, a) -> e.items(new ArrayList<>(table(a).entries().values())));
    ops.put(
        "items",
        (e, a) -> {
          List<@Nullable Object> pairs = new ArrayList<>();
          table(a).entries().forEach((key, value) -> pairs.add(Several.of(key, value)));
          return e.items(pairs);
        });
    ops.put(
        "get",
        (_, a) -> table(a).entries().getOrDefault(Table.key(a.get(1, "key")), a.get(2, "default")));
    ops.put(
        "sorted",
        (e, a) -> sorted(e, Scalars.items(a.get(0, "input")), a.flag(1, "reverse", false)));
    ops.put(
        "rangelist",
        (e, a) -> {
          List<@Nullable Object> numbers = new ArrayList<>();
          long end = a.integer(0, "n", 0);
          if (end > 1 << 20) {
            throw new UnsupportedModel("a list of " + end + " numbers");
          }
          for (long i = 0; i < end; i++) {
            numbers.add(i);
          }
          return e.items(numbers);
        });
    ops.put("tolist", (e, a) -> toList(e, a.ten(0, "self")));
    ops.put(
        "remove",
        (e, a) -> {
          Items list = list(a);
          e.changing(list);
          list.items().remove(a.get(1, "el"));
          return null;
        });
    ops.put(
        "Delete",
        (e, a) -> {
          if (a.get(0, "self") instanceof Table table) {
            return table.remove(e, a.get(1, "key"));
          }
          Items list = list(a);
          e.changing(list);
          return list.items().remove(place(list.items(), a.integer(1, "idx", 0)));
        });
    ops.put(
        "dict",
        (e, a) -> {
          Table table = e.table(Map.of());
          if (a.count() > 0 && a.get(0, "self") instanceof Table from) {
            from.entries().forEach((key, value) -> table.put(e, key, value));
          } else if (a.count() > 0) {
            for (@Nullable Object pair : Scalars.items(a.get(0, "self"))) {
              table.put(e, Scalars.items(pair).get(0), Scalars.items(pair).get(1));
            }
          }
          return table;
        });
    ops.put(
        "update",
        (e, a) -> {
          if (!(a.get(1, "other") instanceof Table from)) {
            throw new UnsupportedModel("a dictionary that gets " + Show.kind(a.get(1, "other")));
          }
          from.entries().forEach((key, value) -> table(a).put(e, key, value));
          return null;
        });
    ops.put(
        "setdefault",
        (e, a) -> {
          Object key = Table.key(a.get(1, "key"));
          if (!table(a).entries().containsKey(key)) {
            table(a).put(e, key, a.get(2, "default"));
          }
          return table(a).entries().get(key);
        });
  }

  private static Table table(Args a) {
    if (a.get(0, "self") instanceof Table table) {
      return table;
    }
    throw new UnsupportedModel(a.op() + " of " + Show.kind(a.get(0, "self")));
  }

  private static Items list(Args a) {
    if (a.get(0, "self") instanceof Items list) {
      return list;
    }
    throw new UnsupportedModel(a.op() + " of " + Show.kind(a.get(0, "self")));
  }

  private static int place(List<?> items, long index) {
    long at = index < 0 ? index + items.size() : index;
    if (at < 0 || at >= items.size()) {
      throw new Emit.Mismatch("element " + index + " of a list of " + items.size());
    }
    return (int) at;
  }

  private static Object length(Emit e, Object of) {
    return switch (of) {
      case Items list when !list.isKnown() -> {
        Items.Sequence s = list.sequence();
        Dim length = e.resolve(s.length());
        if (length.isKnown()) {
          yield length.sizeOrMinusOne();
        }
        Ref count =
            s.stacked()
                ? e.node("Squeeze", e.call("Shape", s.ref()).with("end", 1).output(), e.int1(0))
                : e.node("SequenceLength", s.ref());
        yield new Sym(count, DataType.INT64, s.length());
      }
      case String text -> (long) text.length();
      case Table table -> (long) table.entries().size();
      case Ten ten -> e.size(ten, 0);
      default -> (long) Scalars.items(of).size();
    };
  }

  /** What list += other does, too. */
  static Items extend(Emit e, Items list, @Nullable Object other) {
    if (!list.isKnown() && other instanceof Items more && !more.isKnown()) {
      throw new UnsupportedModel("a list of a length that is open gets all of another such list");
    }
    for (@Nullable Object item : new ArrayList<>(Scalars.items(other))) {
      append(e, new Args("append", java.util.Arrays.asList(list, item), Map.of()));
    }
    return list;
  }

  private static @Nullable Object append(Emit e, Args a) {
    Items list = list(a);
    e.changing(list);
    @Nullable Object item = a.get(1, "el");
    if (list.isKnown()) {
      list.add(item);
      return list;
    }
    Ten ten = Sequences.tensor(e, item);
    if (ten == null) {
      throw new UnsupportedModel("a list whose length depends on data gets " + Show.kind(item));
    }
    Items.Sequence s = Sequences.sequence(e, list);
    List<Dim> dims =
        s.dims() == null && s.length().is(0)
            ? e.dims(ten)
            : Sequences.merge(e, s.dims(), e.dims(ten));
    Dim length = s.length().plus(1);
    list.restore(
        new Items.Sequence(
            e.node("SequenceInsert", s.ref(), e.ref(ten)),
            false,
            e.type(ten),
            dims,
            length instanceof Dim.Unknown ? e.freshDim() : length));
    return list;
  }

  static @Nullable Object item(Emit e, Object of, Object index) {
    if (of instanceof Table table) {
      Object key = Table.key(index);
      if (!table.has(key)) {
        throw new Emit.Mismatch("a dictionary without the key that is asked for");
      }
      return table.entries().get(key);
    }
    if (of instanceof Ten ten) {
      return Parts.select(e, ten, 0, index);
    }
    if (of instanceof Items list && !list.isKnown()) {
      Items.Sequence s = list.sequence();
      Ref at = e.scalar(index, DataType.INT64);
      Ref ref =
          s.stacked()
              ? e.call("Gather", s.ref(), at).with("axis", 0).output()
              : e.node("SequenceAt", s.ref(), at);
      return list.part(
          Sequences.element(e, ref, s),
          parts -> (Ten) Objects.requireNonNull(item(e, parts, index)));
    }
    if (of instanceof String text && index instanceof Long n) {
      return String.valueOf(text.charAt(place(text.chars().boxed().toList(), n)));
    }
    List<@Nullable Object> items = Scalars.items(of);
    if (index instanceof Long n) {
      return items.get(place(items, n));
    }
    if (index instanceof Ten ten && Pairs.number(ten) instanceof Long n) {
      return items.get(place(items, n));
    }
    if (!items.isEmpty() && items.stream().allMatch(i -> i instanceof Long || i instanceof Sym)) {
      List<Object> numbers = new ArrayList<>();
      items.forEach(i -> numbers.add(Objects.requireNonNull(i)));
      Ref ref =
          e.call("Gather", e.vector(numbers), e.scalar(index, DataType.INT64))
              .with("axis", 0)
              .output();
      return new Sym(ref, DataType.INT64, e.valueDim());
    }
    if (of instanceof Items list) {
      Items.Sequence s = Sequences.sequence(e, list);
      return Sequences.element(
          e, e.node("SequenceAt", s.ref(), e.scalar(index, DataType.INT64)), s);
    }
    throw new UnsupportedModel("an item of a tuple by an index that is not known");
  }

  private static Object sorted(Emit e, List<@Nullable Object> items, boolean descending) {
    List<@Nullable Object> sorted = new ArrayList<>(items);
    if (items.stream().allMatch(i -> i instanceof String)) {
      sorted.sort(java.util.Comparator.comparing(String::valueOf));
    } else if (items.stream().allMatch(i -> i instanceof Long || i instanceof Double)) {
      sorted.sort(java.util.Comparator.comparingDouble(i -> ((Number) i).doubleValue()));
    } else {
      throw new UnsupportedModel("a list is sorted whose items are not known");
    }
    if (descending) {
      java.util.Collections.reverse(sorted);
    }
    return e.items(sorted);
  }

  /** The elements of a tensor as lists of numbers in each other; sizes must be known. */
  private static Object toList(Emit e, Ten x) {
    List<Dim> dims = e.dims(x);
    if (dims.isEmpty()) {
      return new Scalars(e).item(x);
    }
    if (!dims.getFirst().isKnown()) {
      throw new UnsupportedModel(
          "tolist of a tensor whose size " + dims.getFirst() + " is open: --dim fixes it");
    }
    List<@Nullable Object> items = new ArrayList<>();
    for (long i = 0; i < dims.getFirst().sizeOrMinusOne(); i++) {
      items.add(toList(e, Parts.select(e, x, 0, i)));
    }
    return e.items(items);
  }
}
