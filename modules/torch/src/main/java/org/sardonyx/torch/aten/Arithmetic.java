package org.sardonyx.torch.aten;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;

/** Operators of two operands: arithmetic, comparisons, logic. */
final class Arithmetic {

  private static final Map<String, String> ARITHMETIC =
      Map.of("add", "Add", "sub", "Sub", "mul", "Mul", "maximum", "Max", "minimum", "Min");
  private static final Map<String, String> COMPARISONS =
      Map.of(
          "eq",
          "Equal",
          "ne",
          "",
          "lt",
          "Less",
          "gt",
          "Greater",
          "le",
          "LessOrEqual",
          "ge",
          "GreaterOrEqual");

  private static final long MOST_ITEMS = 1 << 20;

  private Arithmetic() {}

  static void register(Map<String, Op> ops) {
    ARITHMETIC.forEach((op, name) -> ops.put(op, (e, a) -> arithmetic(e, a, op, name)));
    ops.put("subtract", ops.get("sub"));
    ops.put("multiply", ops.get("mul"));
    ops.put(
        "rsub", (e, a) -> arithmetic(e, new Args("sub", swap(a.given()), a.named()), "sub", "Sub"));
    COMPARISONS.forEach((op, name) -> ops.put(op, (e, a) -> compare(e, a, op, name)));
    ops.put("div", (e, a) -> divide(e, a, a.text(2, "rounding_mode")));
    ops.put("divide", ops.get("div"));
    ops.put("true_divide", (e, a) -> divide(e, a, null));
    ops.put("floor_divide", (e, a) -> divide(e, a, "floor"));
    ops.put("floordiv", (e, a) -> divide(e, a, "floor"));
    ops.put("remainder", (e, a) -> remainder(e, a, 0));
    ops.put("fmod", (e, a) -> remainder(e, a, 1));
    ops.put("pow", Arithmetic::pow);
    for (String op : List.of("and", "or", "xor")) {
      String logical = Elementwise.name(op);
      ops.put("logical_" + op, (e, a) -> logical(e, a, logical, ""));
      ops.put("bitwise_" + op, (e, a) -> logical(e, a, logical, "Bitwise" + logical));
      ops.put("__" + op + "__", ops.get("bitwise_" + op));
    }
    ops.put("__lshift__", (e, a) -> shift(e, a, true));
    ops.put("__rshift__", (e, a) -> shift(e, a, false));
    ops.put("bitwise_left_shift", ops.get("__lshift__"));
    ops.put("bitwise_right_shift", ops.get("__rshift__"));
  }

  private static List<@Nullable Object> swap(List<@Nullable Object> given) {
    List<@Nullable Object> swapped = new java.util.ArrayList<>(given);
    swapped.set(0, given.get(1));
    swapped.set(1, given.get(0));
    return swapped;
  }

  private static @Nullable Object arithmetic(Emit e, Args a, String op, String name) {
    Object left = a.need(0, "self");
    Object right = a.need(1, "other");
    if (left instanceof String x && right instanceof String y && op.equals("add")) {
      return x + y;
    }
    if (op.equals("add") && left instanceof Items x && right instanceof Items y) {
      return Sequences.joined(e, x, y);
    }
    if (op.equals("mul") && left instanceof Items x && right instanceof Long times) {
      List<@Nullable Object> all = new java.util.ArrayList<>();
      if (times > MOST_ITEMS || x.items().size() * times > MOST_ITEMS) {
        throw new UnsupportedModel(
            "a list of " + x.items().size() + " items, repeated " + times + " times");
      }
      for (long i = 0; i < times; i++) {
        all.addAll(x.items());
      }
      return e.items(all);
    }
    if (op.equals("mul") && left instanceof Items x && right instanceof Sym times) {
      return Sequences.repeated(e, x, times);
    }
    Object alpha = a.get(2, "alpha");
    if (alpha != null && !alpha.equals(1L) && !alpha.equals(1.0)) {
      right = multiply(e, right, alpha);
    }
    Object x = Pairs.number(left);
    Object y = Pairs.number(right);
    boolean tensor = left instanceof Ten || right instanceof Ten;
    if (x != null && y != null && (!tensor || (isWhole(x) && isWhole(y)))) {
      Object result =
          new Scalars(e)
              .binary(op.equals("maximum") ? "max" : op.equals("minimum") ? "min" : op, x, y);
      return tensor ? e.number(result, Pairs.type(e, false, left, right)) : result;
    }
    DataType type = Pairs.type(e, false, left, right);
    if (type == DataType.BOOL) {
      if (op.equals("sub")) {
        throw new UnsupportedModel("sub of bool, which PyTorch does not have either");
      }
      return Pairs.binary(
          e, op.equals("mul") || op.equals("minimum") ? "And" : "Or", type, left, right);
    }
    return Pairs.binary(e, name, type, left, right);
  }

  private static boolean isWhole(Object number) {
    return number instanceof Long || (number instanceof Sym sym && sym.type() == DataType.INT64);
  }

  private static Object multiply(Emit e, Object x, Object factor) {
    return x instanceof Ten
        ? Pairs.binary(e, "Mul", Pairs.type(e, false, x, factor), x, factor)
        : new Scalars(e).binary("mul", x, factor);
  }

  private static @Nullable Object compare(Emit e, Args a, String op, String name) {
    Object left = a.get(0, "self");
    Object right = a.get(1, "other");
    if (!(left instanceof Ten) && !(right instanceof Ten)) {
      return new Scalars(e).compare(op, left, right);
    }
    Object l = java.util.Objects.requireNonNull(left);
    Object r = a.need(1, "other");
    Object x = Pairs.number(l);
    Object y = Pairs.number(r);
    if (x != null && y != null && isWhole(x) && isWhole(y)) {
      return e.number(new Scalars(e).compare(op, x, y), DataType.BOOL);
    }
    DataType type = Pairs.type(e, true, l, r);
    if (type == DataType.BOOL && !op.equals("eq") && !op.equals("ne")) {
      type = DataType.INT32;
    }
    Ref ref =
        e.node(name.isEmpty() ? "Equal" : name, Pairs.cast(e, l, type), Pairs.cast(e, r, type));
    return Pairs.result(e, name.isEmpty() ? e.node("Not", ref) : ref, DataType.BOOL, l, r);
  }

  private static @Nullable Object divide(Emit e, Args a, @Nullable String rounding) {
    Object left = a.need(0, "self");
    Object right = a.need(1, "other");
    Object x = Pairs.number(left);
    Object y = Pairs.number(right);
    boolean tensor = left instanceof Ten || right instanceof Ten;
    if (x != null && y != null && (!tensor || (rounding != null && isWhole(x) && isWhole(y)))) {
      Object result = new Scalars(e).binary(rounding == null ? "div" : "floordiv", x, y);
      return tensor ? e.number(result, Pairs.type(e, false, left, right)) : result;
    }
    DataType type = Pairs.type(e, false, left, right);
    if (rounding == null) {
      return Pairs.binary(e, "Div", type.isFloat() ? type : DataType.FLOAT, left, right);
    }
    if (type.isFloat()) {
      Ten quotient = Pairs.binary(e, "Div", type, left, right);
      return rounding.equals("floor")
          ? Elementwise.after(e, quotient, "Floor")
          : Elementwise.trunc(e, quotient);
    }
    Ref l = Pairs.cast(e, left, type);
    Ref r = Pairs.cast(e, right, type);
    Ref ref = rounding.equals("floor") ? new Scalars(e).floorDivide(l, r) : e.node("Div", l, r);
    return Pairs.result(e, ref, type, left, right);
  }

  private static @Nullable Object remainder(Emit e, Args a, long fmod) {
    Object left = a.need(0, "self");
    Object right = a.need(1, "other");
    if (!(left instanceof Ten) && !(right instanceof Ten)) {
      return new Scalars(e).binary(fmod == 0 ? "remainder" : "fmod", left, right);
    }
    DataType type = Pairs.type(e, false, left, right);
    Ref l = Pairs.cast(e, left, type);
    Ref r = Pairs.cast(e, right, type);
    if (type.isFloat() && fmod == 0) {
      Ref whole = e.node("Mul", e.node("Floor", e.node("Div", l, r)), r);
      return Pairs.result(e, e.node("Sub", l, whole), type, left, right);
    }
    return Pairs.result(e, e.call("Mod", l, r).with("fmod", fmod).output(), type, left, right);
  }

  private static @Nullable Object pow(Emit e, Args a) {
    Object base = a.need(0, "self");
    Object power = a.need(1, "exponent");
    if (!(base instanceof Ten) && !(power instanceof Ten)) {
      return new Scalars(e).binary("pow", base, power);
    }
    DataType type = Pairs.type(e, false, base, power);
    if (base instanceof Ten x && (power.equals(2L) || power.equals(2.0)) && e.type(x) == type) {
      return e.like(x, e.node("Mul", e.ref(x), e.ref(x)), type);
    }
    return Pairs.binary(e, "Pow", type, base, power);
  }

  private static @Nullable Object logical(Emit e, Args a, String bool, String bits) {
    Object left = a.need(0, "self");
    Object right = a.need(1, "other");
    Scalars scalars = new Scalars(e);
    if (!(left instanceof Ten) && !(right instanceof Ten)) {
      return switch (bool) {
        case "And" -> scalars.and(scalars.truth(left), scalars.truth(right));
        case "Or" -> scalars.or(scalars.truth(left), scalars.truth(right));
        default -> scalars.compare("ne", scalars.truth(left), scalars.truth(right));
      };
    }
    DataType type = bits.isEmpty() ? DataType.BOOL : Pairs.type(e, true, left, right);
    return Pairs.binary(e, type == DataType.BOOL ? bool : bits, type, left, right);
  }

  /** x 2^n, and x / 2^n rounded towards minus infinity: shifts of signed integers. */
  private static @Nullable Object shift(Emit e, Args a, boolean left) {
    Object x = a.need(0, "self");
    Object n = a.need(1, "other");
    if (x instanceof Long value && n instanceof Long by) {
      return left ? value << by : value >> by;
    }
    Object factor =
        n instanceof Long by
            ? (Object) (1L << by)
            : Aten.call(e, "pow", java.util.Arrays.asList(2L, n), Map.of());
    return Aten.call(
        e, left ? "mul" : "floor_divide", java.util.Arrays.asList(x, factor), Map.of());
  }
}
