package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;

/** Operators that make tensors of numbers, and other types of tensors. */
final class Creating {

  private Creating() {}

  static void register(Map<String, Op> ops) {
    for (Map.Entry<String, Object> entry :
        Map.<String, Object>of("zeros", 0L, "ones", 1L, "empty", 0L).entrySet()) {
      Object value = entry.getValue();
      String name = entry.getKey();
      ops.put(
          name,
          (e, a) ->
              Elementwise.full(
                  e, a.numbers(0, "size"), value, or(a.type(1, "dtype"), DataType.FLOAT)));
      ops.put(name + "_like", (e, a) -> likeFull(e, a.ten(0, "self"), value, a.type(1, "dtype")));
      ops.put(
          "new_" + name,
          (e, a) ->
              Elementwise.full(
                  e, a.numbers(1, "size"), value, type(e, a.ten(0, "self"), a.type(2, "dtype"))));
    }
    ops.put(
        "full",
        (e, a) -> {
          Object value = a.scalar(1, "fill_value");
          return Elementwise.full(
              e, a.numbers(0, "size"), value, or(a.type(2, "dtype"), typeOf(value)));
        });
    ops.put(
        "full_like",
        (e, a) -> likeFull(e, a.ten(0, "self"), a.scalar(1, "fill_value"), a.type(2, "dtype")));
    ops.put(
        "new_full",
        (e, a) ->
            Elementwise.full(
                e,
                a.numbers(1, "size"),
                a.scalar(2, "fill_value"),
                type(e, a.ten(0, "self"), a.type(3, "dtype"))));
    ops.put("fill", (e, a) -> likeFull(e, a.ten(0, "self"), a.need(1, "value"), null));
    ops.put("zero", (e, a) -> likeFull(e, a.ten(0, "self"), 0L, null));
    ops.put(
        "scalar_tensor",
        (e, a) -> e.number(a.need(0, "s"), or(a.type(1, "dtype"), typeOf(a.need(0, "s")))));
    ops.put("tensor", (e, a) -> tensor(e, a.need(0, "data"), a.type(1, "dtype")));
    ops.put("as_tensor", ops.get("tensor"));
    ops.put("arange", Creating::arange);
    ops.put(
        "linspace",
        (e, a) -> {
          double from = a.number(0, "start", 0);
          double to = a.number(1, "end", 0);
          int steps = (int) a.integer(2, "steps", 100);
          if (steps < 0 || steps > 1 << 20) {
            throw new UnsupportedModel("linspace of " + steps + " steps");
          }
          Tensor values = Tensor.zeros(or(a.type(3, "dtype"), DataType.FLOAT), steps);
          for (int i = 0; i < steps; i++) {
            values.setDouble(i, steps == 1 ? from : from + (to - from) * i / (steps - 1));
          }
          return e.constant(values);
        });
    ops.put(
        "eye",
        (e, a) -> {
          Object rows = a.need(0, "n");
          Object columns =
              a.get(1, "m") instanceof Long || a.get(1, "m") instanceof Sym ? a.need(1, "m") : rows;
          DataType type = or(a.type(2, "dtype"), DataType.FLOAT);
          Ten base = Elementwise.full(e, List.of(rows, columns), 0L, type);
          return e.ten(e.node("EyeLike", e.ref(base)), type, e.dims(base));
        });
    ops.put("to", Creating::to);
    ops.put("_to_copy", (e, a) -> cast(e, a.ten(0, "self"), a.type(-1, "dtype")));
    ops.put("type_as", (e, a) -> cast(e, a.ten(0, "self"), e.type(a.ten(1, "other"))));
    for (Map.Entry<String, DataType> entry :
        Map.of(
                "float",
                DataType.FLOAT,
                "double",
                DataType.DOUBLE,
                "half",
                DataType.FLOAT16,
                "long",
                DataType.INT64,
                "int",
                DataType.INT32,
                "bool",
                DataType.BOOL,
                "bfloat16",
                DataType.BFLOAT16)
            .entrySet()) {
      ops.put(entry.getKey(), (e, a) -> cast(e, a.ten(0, "self"), entry.getValue()));
      ops.put("_cast_" + Elementwise.name(entry.getKey()), ops.get(entry.getKey()));
    }
    for (String name : List.of("randn", "rand")) {
      String op = name.equals("randn") ? "RandomNormal" : "RandomUniform";
      ops.put(
          name,
          (e, a) ->
              random(
                  e,
                  op,
                  Elementwise.full(
                      e, a.numbers(0, "size"), 0L, or(a.type(1, "dtype"), DataType.FLOAT))));
      ops.put(name + "_like", (e, a) -> random(e, op, a.ten(0, "self")));
    }
    ops.put(
        "copy",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          Ten source = Indexing.asTen(e, a.need(1, "src"), e.type(x));
          Ten right = cast(e, source, e.type(x));
          if (e.hasRank(right) && e.hasRank(x) && e.dims(right).equals(e.dims(x))) {
            return Shaping.copy(e, right);
          }
          return e.ten(e.node("Expand", e.ref(right), e.shapeOf(x)), e.type(x), e.dims(x));
        });
    ops.put("uniform", (e, a) -> random(e, "RandomUniform", a.ten(0, "self")));
    ops.put("normal", (e, a) -> random(e, "RandomNormal", a.ten(0, "self")));
  }

  private static DataType or(@Nullable DataType given, DataType otherwise) {
    return given == null ? otherwise : given;
  }

  private static DataType type(Emit e, Ten x, @Nullable DataType given) {
    return given == null ? e.type(x) : given;
  }

  static DataType typeOf(Object value) {
    return switch (value) {
      case Boolean _ -> DataType.BOOL;
      case Long _ -> DataType.INT64;
      case Sym sym -> sym.type() == DataType.DOUBLE ? DataType.FLOAT : sym.type();
      default -> DataType.FLOAT;
    };
  }

  private static Ten random(Emit e, String op, Ten x) {
    e.note("the model draws random numbers: its outputs differ from run to run");
    return e.ten(e.call(op + "Like", e.ref(x)).output(), e.type(x), e.dims(x));
  }

  private static Ten likeFull(Emit e, Ten x, Object value, @Nullable DataType given) {
    DataType type = type(e, x, given);
    if (value instanceof Ten ten) {
      return e.ten(e.node("Expand", e.cast(ten, type), e.shapeOf(x)), type, e.dims(x));
    }
    if (e.rankIsOpen(x)) {
      return e.like(x, e.node("Expand", e.scalar(value, type), e.shapeOf(x)), type);
    }
    return Elementwise.full(e, Shaping.sizes(e, x), value, type);
  }

  private static Ten tensor(Emit e, Object data, @Nullable DataType given) {
    if (data instanceof Ten ten) {
      return given == null ? ten : cast(e, ten, given);
    }
    if (!(data instanceof Items list)) {
      return e.number(data, or(given, typeOf(data)));
    }
    if (!list.isKnown()) {
      return cast(e, Sequences.together(e, list.sequence()), given);
    }
    List<Ten> rows = new ArrayList<>();
    for (@Nullable Object item : list.items()) {
      rows.add(Shaping.unsqueeze(e, tensor(e, java.util.Objects.requireNonNull(item), given), 0));
    }
    if (rows.isEmpty()) {
      return e.constant(Tensor.zeros(or(given, DataType.FLOAT), 0));
    }
    boolean known =
        list.items().stream()
            .allMatch(i -> i instanceof Long || i instanceof Double || i instanceof Boolean);
    if (known) {
      DataType type = given;
      for (Ten row : rows) {
        type =
            given != null ? given : type == null ? e.type(row) : Pairs.promote(type, e.type(row));
      }
      Tensor all = Tensor.zeros(java.util.Objects.requireNonNull(type), rows.size());
      for (int i = 0; i < rows.size(); i++) {
        Object item = java.util.Objects.requireNonNull(list.items().get(i));
        if (item instanceof Double d && all.dataType().isFloat()) {
          all.setDouble(i, d);
        } else if (item instanceof Long n && !all.dataType().isFloat()) {
          all.setLong(i, n);
        } else {
          Tensor one = Emit.scalarTensor(item, all.dataType());
          System.arraycopy(one.array(), 0, all.array(), i, 1);
        }
      }
      return e.constant(all);
    }
    return Parts.join(e, rows, 0);
  }

  /** arange(end), arange(start, end) or arange(start, end, step). */
  private static Object arange(Emit e, Args a) {
    List<Object> numbers = new ArrayList<>();
    for (int i = 0; i < Math.min(3, a.count()); i++) {
      Object number = Pairs.number(a.get(i, ""));
      if (number == null) {
        if (a.get(i, "") instanceof Ten ten) {
          number = new Scalars(e).item(ten);
        } else {
          break;
        }
      }
      numbers.add(number);
    }
    for (String name : List.of("start", "end", "step")) {
      Object given = a.named().get(name);
      if (given != null) {
        numbers.add(given);
      }
    }
    Object start = numbers.size() == 1 ? 0L : numbers.get(0);
    Object end = numbers.size() == 1 ? numbers.getFirst() : numbers.get(1);
    Object step = numbers.size() > 2 ? numbers.get(2) : (Object) 1L;
    boolean real = numbers.stream().anyMatch(n -> typeOf(n) == DataType.FLOAT);
    DataType type =
        or(
            a.named().get("dtype") instanceof Long ? a.type(-1, "dtype") : null,
            real ? DataType.FLOAT : DataType.INT64);
    DataType range =
        type.isFloat() && type.bits() == 16
            ? DataType.FLOAT
            : type == DataType.BOOL ? DataType.INT64 : type;
    Ref ref = e.node("Range", e.scalar(start, range), e.scalar(end, range), e.scalar(step, range));
    Scalars s = new Scalars(e);
    Dim length =
        real
            ? e.freshDim()
            : Emit.dimOf(
                step.equals(1L)
                    ? s.binary("sub", end, start)
                    : s.negate(s.binary("floordiv", s.binary("sub", start, end), step)));
    return e.ten(
        e.cast(ref, range, type),
        type,
        List.of(length instanceof Dim.Unknown ? e.freshDim() : length));
  }

  static Ten cast(Emit e, Ten x, @Nullable DataType to) {
    if (to == null || (e.hasType(x) && e.type(x) == to)) {
      return x;
    }
    Object scalar = x.now().scalar();
    if (scalar != null && x.now().ref() == null) {
      return e.number(
          scalar instanceof Double d && !to.isFloat() && to != DataType.BOOL
              ? (Object) (long) (double) d
              : scalar,
          to);
    }
    if (!e.hasType(x)) {
      // An input that is only converted: of the type that it is converted to.
      e.type(x, to);
    }
    Ten result = e.like(x, e.cast(x, to), to);
    return scalar instanceof Sym sym && !to.isFloat()
        ? new Ten(e.depth(), -1, new Ten.State(e.ref(result), to, List.of(), null, sym))
        : result;
  }

  /** to(x, dtype, ...), to(x, device, dtype, ...), to(x, other, ...). */
  private static Object to(Emit e, Args a) {
    Ten x = a.ten(0, "self");
    for (int i = 1; i < Math.min(a.count(), 3); i++) {
      Object given = a.get(i, "");
      if (given instanceof Long code) {
        return cast(e, x, Args.dataType(code));
      }
      if (given instanceof Ten other) {
        return cast(e, x, e.type(other));
      }
    }
    return cast(e, x, a.named().get("dtype") instanceof Long ? a.type(-1, "dtype") : null);
  }
}
