package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * What the values of a variable have in common that come out of two branches, or go round a loop:
 * what stays, and what becomes values of the graph.
 */
sealed interface Form {

  /** The same each time. */
  record Same(@Nullable Object value) implements Form {}

  record OfTensor(DataType type, @Nullable List<Dim> dims) implements Form {}

  record OfNumber(DataType type, Dim dim) implements Form {}

  record OfTuple(List<Form> items, List<String> names) implements Form {}

  record OfList(List<Form> items) implements Form {}

  /** A dictionary, or the attributes of an object. */
  record OfEntries(List<Object> keys, List<Form> items) implements Form {}

  record OfSequence(DataType type, @Nullable List<Dim> dims) implements Form {}

  /** Of kinds that do not go together: an error where it is used. */
  record Apart(String why) implements Form {}

  /** Returns the form of one value alone. */
  static Form of(Emit e, @Nullable Object value) {
    return switch (value) {
      case Ten ten ->
          new OfTensor(e.type(ten), e.hasRank(ten) || e.rankIsOpen(ten) ? e.dims(ten) : null);
      case Ten.State state -> new OfTensor(Objects.requireNonNull(state.type()), state.dims());
      case Sym sym -> new OfNumber(sym.type(), sym.dim());
      case Several tuple ->
          new OfTuple(tuple.items().stream().map(i -> of(e, i)).toList(), tuple.names());
      case Items list when list.isKnown() ->
          new OfList(list.items().stream().map(i -> of(e, i)).toList());
      case Table table -> of(e, table.state());
      case Table.State(var keys, var values) ->
          new OfEntries(keys, values.stream().map(i -> of(e, i)).toList());
      case Items list -> new OfSequence(list.sequence().type(), list.sequence().dims());
      case null, default -> new Same(value);
    };
  }

  /** Returns what two forms have in common. */
  static Form join(Emit e, Form a, Form b) {
    if (a.equals(b)) {
      return a;
    }
    return switch (a) {
      case Same(var x) when x == Uninitialized.VALUE -> b;
      case Form _ when b instanceof Same(var y) && y == Uninitialized.VALUE -> a;
      case Same(var x) when x instanceof Number || x instanceof Boolean -> number(e, a, b);
      case OfNumber _ -> number(e, a, b);
      case OfTensor(DataType type, var dims)
          when b instanceof OfTensor(DataType other, var others) ->
          new OfTensor(
              Pairs.promote(type, other),
              dims == null || others == null ? null : Sequences.merge(e, dims, others));
      case OfTuple(var items, var names)
          when b instanceof OfTuple(var others, var _) && items.size() == others.size() ->
          new OfTuple(joined(e, items, others), names);
      case OfList(var items)
          when b instanceof OfList(var others) && items.size() == others.size() ->
          new OfList(joined(e, items, others));
      case OfEntries(var keys, var items)
          when b instanceof OfEntries(var other, var others) && keys.equals(other) ->
          new OfEntries(keys, joined(e, items, others));
      case OfEntries _ when b instanceof OfEntries ->
          new Apart("it is a dictionary that has other keys in one branch than in another");
      case OfList _, OfSequence _ when b instanceof OfList || b instanceof OfSequence ->
          sequence(e, a, b);
      default -> new Apart("it is of several kinds");
    };
  }

  private static List<Form> joined(Emit e, List<Form> a, List<Form> b) {
    List<Form> joined = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      joined.add(join(e, a.get(i), b.get(i)));
    }
    return joined;
  }

  private static Form number(Emit e, Form a, Form b) {
    DataType x = typeOf(a);
    DataType y = typeOf(b);
    if (x == null || y == null) {
      return new Apart("it is of several kinds");
    }
    DataType type =
        x == y
            ? x
            : x == DataType.DOUBLE || y == DataType.DOUBLE ? DataType.DOUBLE : DataType.INT64;
    return new OfNumber(type, type == DataType.INT64 ? e.valueDim() : Dim.UNKNOWN);
  }

  private static @Nullable DataType typeOf(Form form) {
    return switch (form) {
      case OfNumber(DataType type, var _) -> type;
      case Same(Long _) -> DataType.INT64;
      case Same(Double _) -> DataType.DOUBLE;
      case Same(Boolean _) -> DataType.BOOL;
      default -> null;
    };
  }

  private static Form sequence(Emit e, Form a, Form b) {
    OfSequence result = null;
    for (Form form : List.of(a, b)) {
      List<Form> items = form instanceof OfList(var list) ? list : List.of(form);
      for (Form item : items) {
        DataType whole = typeOf(item);
        OfSequence one =
            item instanceof OfTensor(DataType type, var dims)
                ? new OfSequence(type, dims)
                : item instanceof OfSequence s
                    ? s
                    : whole != null ? new OfSequence(whole, List.of()) : null;
        if (one == null) {
          return new Apart("it is a list, of other than tensors, of several lengths");
        }
        List<Dim> before = result == null ? null : result.dims();
        List<Dim> dims = one.dims();
        result =
            result == null
                ? one
                : new OfSequence(
                    one.type(),
                    before == null || dims == null ? null : Sequences.merge(e, before, dims));
      }
    }
    return result == null ? new Apart("it is an empty list") : result;
  }

  /** Sizes that are called otherwise are no other form. */
  static boolean alike(Form a, Form b) {
    if (a instanceof OfNumber(DataType x, var _) && b instanceof OfNumber(DataType y, var _)) {
      return x == y;
    }
    if (a instanceof OfTensor(DataType x, var p) && b instanceof OfTensor(DataType y, var q)) {
      return x == y && alike(p, q);
    }
    if (a instanceof OfSequence(DataType x, var p) && b instanceof OfSequence(DataType y, var q)) {
      return x == y && alike(p, q);
    }
    if (a instanceof OfTuple(var p, var _) && b instanceof OfTuple(var q, var _)) {
      return allAlike(p, q);
    }
    if (a instanceof OfList(var p) && b instanceof OfList(var q)) {
      return allAlike(p, q);
    }
    if (a instanceof OfEntries(var k, var p) && b instanceof OfEntries(var l, var q)) {
      return k.equals(l) && allAlike(p, q);
    }
    return a.equals(b);
  }

  static boolean allAlike(List<Form> a, List<Form> b) {
    boolean alike = a.size() == b.size();
    for (int i = 0; alike && i < a.size(); i++) {
      alike = alike(a.get(i), b.get(i));
    }
    return alike;
  }

  static boolean alike(@Nullable List<Dim> a, @Nullable List<Dim> b) {
    if (a == null || b == null) {
      return a == null && b == null;
    }
    boolean alike = a.size() == b.size();
    for (int i = 0; alike && i < a.size(); i++) {
      // A size that came to differ has a new name; that it has one is what counts.
      alike = a.get(i).equals(b.get(i)) || (isLoose(a.get(i)) && isLoose(b.get(i)));
    }
    return alike;
  }

  static boolean isLoose(Dim dim) {
    return dim instanceof Dim.Named(String name) && name.startsWith("size_");
  }

  /** Returns the types of the values of the graph that this is made of. */
  static void types(Form form, List<Type> into) {
    switch (form) {
      case Same _, Apart _ -> {}
      case OfTensor(DataType type, var dims) -> into.add(tensor(type, dims));
      case OfNumber(DataType type, var _) -> into.add(Type.tensor(type, Shape.SCALAR));
      case OfTuple(var items, var _) -> items.forEach(item -> types(item, into));
      case OfList(var items) -> items.forEach(item -> types(item, into));
      case OfEntries(var _, var items) -> items.forEach(item -> types(item, into));
      case OfSequence(DataType type, var dims) -> into.add(new Type.OfSequence(tensor(type, dims)));
    }
  }

  static Type tensor(DataType type, @Nullable List<Dim> dims) {
    return Type.tensor(
        type,
        dims == null
            ? Shape.UNKNOWN
            : Shape.of(dims.stream().map(d -> d.isKnown() ? d : Dim.UNKNOWN).toList()));
  }

  /** Adds the values of the graph that a value has in this form. */
  static void refs(Emit e, Form form, @Nullable Object value, List<Ref> into) {
    switch (form) {
      case Same _, Apart _ -> {}
      case OfTensor(DataType type, var _) ->
          into.add(
              value instanceof Ten ten
                  ? e.cast(ten, type)
                  : value instanceof Ten.State state
                      ? e.cast(new Ten(0, -1, state), type)
                      : e.scalar(0L, type)); // uninitialized: never read
      case OfNumber(DataType type, var _) ->
          into.add(e.scalar(value == Uninitialized.VALUE || value == null ? 0L : value, type));
      case OfTuple(var items, var _) -> all(e, items, value, into);
      case OfList(var items) -> all(e, items, value, into);
      case OfEntries(var _, var items) -> all(e, items, entries(value), into);
      case OfSequence(DataType type, var _) -> {
        if (value instanceof Items list && !(list.isKnown() && list.items().isEmpty())) {
          into.add(Sequences.sequence(e, list).ref());
        } else {
          into.add(e.call("SequenceEmpty").with("dtype", type.code()).output());
        }
      }
    }
  }

  private static void all(Emit e, List<Form> items, @Nullable Object value, List<Ref> into) {
    List<@Nullable Object> values =
        value == Uninitialized.VALUE
            ? java.util.Collections.nCopies(items.size(), value)
            : Scalars.items(value);
    for (int i = 0; i < items.size(); i++) {
      refs(e, items.get(i), values.get(i), into);
    }
  }

  private static @Nullable Object entries(@Nullable Object value) {
    return switch (value) {
      case Table table -> entries(table.state());
      case Table.State(var _, var values) -> new Several(values, List.of());
      case null, default -> value;
    };
  }

  /** Returns a value of this form, made of these values of the graph. */
  static @Nullable Object value(Emit e, Form form, Iterator<Ref> refs) {
    return switch (form) {
      case Same(var value) -> value;
      case Apart apart -> apart;
      case OfTensor(DataType type, var dims) -> {
        Ref ref = refs.next();
        boolean whole = dims != null && dims.isEmpty() && type == DataType.INT64;
        yield new Ten(
            e.depth(),
            -1,
            new Ten.State(ref, type, dims, null, whole ? new Sym(ref, type, e.valueDim()) : null));
      }
      case OfNumber(DataType type, Dim dim) -> new Sym(refs.next(), type, dim);
      case OfTuple(var items, var names) -> {
        List<@Nullable Object> values = new ArrayList<>();
        items.forEach(item -> values.add(value(e, item, refs)));
        yield new Several(values, names);
      }
      case OfList(var items) -> {
        List<@Nullable Object> values = new ArrayList<>();
        items.forEach(item -> values.add(value(e, item, refs)));
        yield e.items(values);
      }
      case OfEntries(var keys, var items) -> {
        Table table = e.table(java.util.Map.of());
        List<@Nullable Object> values = new ArrayList<>();
        items.forEach(item -> values.add(value(e, item, refs)));
        table.restore(new Table.State(keys, values));
        yield table;
      }
      case OfSequence(DataType type, var dims) ->
          e.items(new Items.Sequence(refs.next(), false, type, dims, e.freshDim()));
    };
  }

  /** Returns the same value as a cell keeps it. */
  static Object state(@Nullable Object value) {
    return switch (value) {
      case Ten ten -> ten.now();
      case Items list -> list.state();
      case Table table -> table.state();
      case null, default ->
          throw new UnsupportedModel("what is changed in place is of several kinds");
    };
  }

  /** A variable that was not given a value, in a branch that never ends. */
  enum Uninitialized {
    VALUE
  }
}
