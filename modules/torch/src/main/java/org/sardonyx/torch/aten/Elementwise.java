package org.sardonyx.torch.aten;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;

/** Operators of each element by itself. */
final class Elementwise {

  private static final List<String> SAME = List.of("abs", "neg", "sign", "floor", "ceil", "round");
  private static final List<String> FLOAT =
      List.of(
          "exp",
          "log",
          "sqrt",
          "sin",
          "cos",
          "tan",
          "asin",
          "acos",
          "atan",
          "sinh",
          "cosh",
          "asinh",
          "acosh",
          "atanh",
          "erf",
          "sigmoid",
          "tanh",
          "reciprocal",
          "softsign");

  private Elementwise() {}

  static void register(Map<String, Op> ops) {
    for (String op : SAME) {
      String name = name(op);
      ops.put(
          op,
          (e, a) -> {
            if (a.get(0, "self") instanceof Ten x) {
              DataType type = e.type(x);
              boolean nothing = !type.isFloat() && List.of("floor", "ceil", "round").contains(op);
              return nothing ? x : e.like(x, e.node(name, e.ref(x)), type);
            }
            Object value = a.need(0, "self");
            return op.equals("neg")
                ? new Scalars(e).negate(value)
                : new Scalars(e).unary(op, value);
          });
    }
    for (String op : FLOAT) {
      String name = name(op);
      ops.put(
          op,
          (e, a) ->
              a.get(0, "self") instanceof Ten
                  ? unary(e, a, name)
                  : new Scalars(e).unary(op, a.need(0, "self")));
    }
    ops.put("absolute", ops.get("abs"));
    ops.put("negative", ops.get("neg"));
    ops.put(
        "relu",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          return e.like(x, e.node("Relu", e.ref(x)), e.type(x));
        });
    ops.put("logical_not", (e, a) -> not(e, a.need(0, "self"), false));
    ops.put("bitwise_not", (e, a) -> not(e, a.need(0, "self"), true));
    ops.put("where", Elementwise::where);
    ops.put(
        "masked_fill", (e, a) -> masked(e, a.ten(0, "self"), a.ten(1, "mask"), a.need(2, "value")));
    ops.put("clamp", (e, a) -> clamp(e, a, a.get(1, "min"), a.get(2, "max")));
    ops.put("clip", ops.get("clamp"));
    ops.put("clamp_min", (e, a) -> clamp(e, a, a.get(1, "min"), null));
    ops.put("clamp_max", (e, a) -> clamp(e, a, null, a.get(1, "max")));
    ops.put(
        "square",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          return e.like(x, e.node("Mul", e.ref(x), e.ref(x)), e.type(x));
        });
    ops.put("rsqrt", (e, a) -> after(e, unary(e, a, "Sqrt"), "Reciprocal"));
    ops.put("log1p", (e, a) -> after(e, plus(e, a, 1.0), "Log"));
    ops.put(
        "expm1",
        (e, a) -> Pairs.binary(e, "Sub", floatType(e, a.ten(0, "self")), unary(e, a, "Exp"), 1.0));
    ops.put("log2", (e, a) -> scaled(e, unary(e, a, "Log"), 1 / Math.log(2)));
    ops.put("log10", (e, a) -> scaled(e, unary(e, a, "Log"), 1 / Math.log(10)));
    ops.put(
        "exp2", (e, a) -> after(e, scaled(e, asFloat(e, a.ten(0, "self")), Math.log(2)), "Exp"));
    ops.put("trunc", (e, a) -> trunc(e, a.ten(0, "self")));
    ops.put(
        "frac",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          return Pairs.binary(e, "Sub", e.type(x), x, trunc(e, x));
        });
    ops.put("isnan", (e, a) -> test(e, a.ten(0, "self"), "IsNaN"));
    ops.put("isinf", (e, a) -> test(e, a.ten(0, "self"), "IsInf"));
    ops.put(
        "isfinite",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          Ref any = e.node("Or", e.node("IsNaN", e.ref(x)), e.node("IsInf", e.ref(x)));
          return e.like(x, e.node("Not", any), DataType.BOOL);
        });
    ops.put("addcmul", (e, a) -> accumulate(e, a, "Mul"));
    ops.put("addcdiv", (e, a) -> accumulate(e, a, "Div"));
    ops.put(
        "lerp",
        (e, a) -> {
          Ten from = a.ten(0, "self");
          Ten to = a.ten(1, "end");
          DataType type = Pairs.type(e, false, from, to);
          Ten step =
              Pairs.binary(
                  e, "Mul", type, Pairs.binary(e, "Sub", type, to, from), a.need(2, "weight"));
          return Pairs.binary(e, "Add", type, from, step);
        });
    ops.put(
        "nan_to_num",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          DataType type = e.type(x);
          Ref zero = e.scalar(a.number(1, "nan", 0), type);
          Ref clean = e.node("Where", e.node("IsNaN", e.ref(x)), zero, e.ref(x));
          double most = type == DataType.DOUBLE ? Double.MAX_VALUE : Float.MAX_VALUE;
          return e.like(
              x,
              e.node(
                  "Clip",
                  clean,
                  e.scalar(a.number(3, "neginf", -most), type),
                  e.scalar(a.number(2, "posinf", most), type)),
              type);
        });
  }

  static String name(String op) {
    return op.substring(0, 1).toUpperCase(Locale.ROOT) + op.substring(1);
  }

  static DataType floatType(Emit e, Ten x) {
    DataType type = e.type(x);
    return type.isFloat() ? type : DataType.FLOAT;
  }

  static Ten asFloat(Emit e, Ten x) {
    DataType type = floatType(e, x);
    return type == e.type(x) ? x : e.like(x, e.cast(x, type), type);
  }

  static Ten unary(Emit e, Args a, String name) {
    return after(e, asFloat(e, a.ten(0, "self")), name);
  }

  static Ten after(Emit e, Ten x, String name) {
    return e.like(x, e.node(name, e.ref(x)), e.type(x));
  }

  static Ten scaled(Emit e, Ten x, double factor) {
    return e.like(x, e.node("Mul", e.ref(x), e.scalar(factor, e.type(x))), e.type(x));
  }

  private static Ten plus(Emit e, Args a, double summand) {
    Ten x = asFloat(e, a.ten(0, "self"));
    return e.like(x, e.node("Add", e.ref(x), e.scalar(summand, e.type(x))), e.type(x));
  }

  static Ten trunc(Emit e, Ten x) {
    Ref down = e.node("Floor", e.node("Abs", e.ref(x)));
    return e.like(x, e.node("Mul", e.node("Sign", e.ref(x)), down), e.type(x));
  }

  private static Ten test(Emit e, Ten x, String name) {
    if (!e.type(x).isFloat()) {
      Ref zero = e.node("And", e.cast(x, DataType.BOOL), e.scalar(false, DataType.BOOL));
      return e.like(x, zero, DataType.BOOL);
    }
    return e.like(x, e.node(name, e.ref(x)), DataType.BOOL);
  }

  private static Object not(Emit e, Object value, boolean bitwise) {
    if (!(value instanceof Ten x)) {
      return new Scalars(e).not(value);
    }
    DataType type = e.type(x, DataType.BOOL);
    if (type != DataType.BOOL && bitwise) {
      return e.like(x, e.node("BitwiseNot", e.ref(x)), type);
    }
    return e.like(x, e.node("Not", e.cast(x, DataType.BOOL)), DataType.BOOL);
  }

  private static @Nullable Object where(Emit e, Args a) {
    Ten condition = a.ten(0, "condition");
    if (a.count() == 1) {
      return Indexing.nonzeroNumpy(e, condition);
    }
    e.type(condition, DataType.BOOL);
    return where(e, condition, a.need(1, "self"), a.need(2, "other"));
  }

  static Ten where(Emit e, Ten condition, Object then, Object otherwise) {
    DataType type = Pairs.type(e, false, then, otherwise);
    Ref test = e.cast(condition, DataType.BOOL);
    Ref ref = e.node("Where", test, Pairs.cast(e, then, type), Pairs.cast(e, otherwise, type));
    return Pairs.result(e, ref, type, condition, then, otherwise);
  }

  static Ten masked(Emit e, Ten x, Ten mask, Object value) {
    DataType type = e.type(x);
    e.type(mask, DataType.BOOL);
    Ref ref = e.node("Where", e.cast(mask, DataType.BOOL), Pairs.cast(e, value, type), e.ref(x));
    return Pairs.result(e, ref, type, x, mask);
  }

  private static @Nullable Object clamp(
      Emit e, Args a, @Nullable Object min, @Nullable Object max) {
    Ten x = a.ten(0, "self");
    DataType type = e.type(x);
    boolean floats = min instanceof Double || max instanceof Double;
    DataType wanted = floats && !type.isFloat() ? DataType.FLOAT : type;
    Ten result = type == wanted ? x : e.like(x, e.cast(x, wanted), wanted);
    boolean tensors = min instanceof Ten || max instanceof Ten;
    if (!tensors) {
      Ref low = min == null ? Ref.ABSENT : e.scalar(min, wanted);
      Ref high = max == null ? Ref.ABSENT : e.scalar(max, wanted);
      return e.like(
          result,
          max == null
              ? e.node("Clip", e.ref(result), low)
              : e.node("Clip", e.ref(result), low, high),
          wanted);
    }
    if (min != null) {
      result = Pairs.binary(e, "Max", wanted, result, min);
    }
    return max == null ? result : Pairs.binary(e, "Min", wanted, result, max);
  }

  private static Ten accumulate(Emit e, Args a, String op) {
    Ten x = a.ten(0, "self");
    DataType type = Pairs.type(e, false, x, a.ten(1, "tensor1"), a.ten(2, "tensor2"));
    Object product = Pairs.binary(e, op, type, a.ten(1, "tensor1"), a.ten(2, "tensor2"));
    Object value = a.get(3, "value");
    if (value != null && !value.equals(1L) && !value.equals(1.0)) {
      product = Pairs.binary(e, "Mul", type, product, value);
    }
    return Pairs.binary(e, "Add", type, x, product);
  }

  /** A tensor full of one number. */
  static Ten full(Emit e, List<Object> sizes, Object value, DataType type) {
    List<Dim> dims =
        sizes.stream().map(Emit::dimOf).map(d -> d == Dim.UNKNOWN ? e.freshDim() : d).toList();
    if (sizes.isEmpty()) {
      return e.number(value, type);
    }
    if (value instanceof Sym || type == DataType.BFLOAT16) {
      return e.ten(e.node("Expand", e.scalar(value, type), e.vector(sizes)), type, dims);
    }
    Tensor one = Tensor.zeros(type, 1);
    Emit.fill(one, value);
    Ref ref = e.call("ConstantOfShape", e.vector(sizes)).with("value", one).output();
    if (one.getDouble(0) == 0) {
      e.zero(ref);
    }
    return e.ten(ref, type, dims);
  }
}
