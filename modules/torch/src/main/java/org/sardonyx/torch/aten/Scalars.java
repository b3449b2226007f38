package org.sardonyx.torch.aten;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** Arithmetic of numbers: computed here where they are known, in the graph where not. */
public final class Scalars {

  private final Emit emit;

  public Scalars(Emit emit) {
    this.emit = emit;
  }

  static boolean isNumber(@Nullable Object value) {
    return value instanceof Long
        || value instanceof Double
        || value instanceof Boolean
        || value instanceof Sym;
  }

  private static DataType type(Object value) {
    return switch (value) {
      case Boolean _ -> DataType.BOOL;
      case Long _ -> DataType.INT64;
      case Double _ -> DataType.DOUBLE;
      case Sym sym -> sym.type();
      default -> throw new UnsupportedModel("a number is expected, not " + Show.kind(value));
    };
  }

  private static double real(Object value) {
    return switch (value) {
      case Boolean b -> b ? 1 : 0;
      case Number number -> number.doubleValue();
      default -> throw new UnsupportedModel("a number is expected, not " + Show.kind(value));
    };
  }

  private static Object integer(Object value) {
    return value instanceof Boolean b ? (Object) (b ? 1L : 0L) : value;
  }

  /** Applies add, sub, mul, div, floordiv, remainder, pow, min or max. */
  Object binary(String op, Object left, Object right) {
    Object a = integer(left);
    Object b = integer(right);
    boolean whole = type(a) == DataType.INT64 && type(b) == DataType.INT64 && !op.equals("div");
    if (!(a instanceof Sym) && !(b instanceof Sym)) {
      return whole && (!op.equals("pow") || (Long) b >= 0)
          ? known(op, (Long) a, (Long) b)
          : known(op, real(a), real(b));
    }
    if (!whole) {
      return mixed(op, a, b);
    }
    Dim x = dim(a);
    Dim y = dim(b);
    Dim dim =
        switch (op) {
          case "add" -> x.plus(y);
          case "sub" -> x.minus(y);
          case "mul" -> x.times(y);
          case "floordiv" -> y.isKnown() && y.sizeOrMinusOne() != 0 ? x.dividedBy(y) : Dim.UNKNOWN;
          case "min" -> x.min(y);
          case "max" -> x.max(y);
          default -> Dim.UNKNOWN;
        };
    if (dim.isKnown()) {
      return dim.sizeOrMinusOne() >= 0 ? dim.sizeOrMinusOne() : ((Dim.Known) dim).size();
    }
    if (a instanceof Sym s
        && ((b.equals(0L) && (op.equals("add") || op.equals("sub")))
            || (b.equals(1L) && (op.equals("mul") || op.equals("floordiv"))))) {
      return s;
    }
    Ref l = emit.scalar(a, DataType.INT64);
    Ref r = emit.scalar(b, DataType.INT64);
    Ref result =
        switch (op) {
          case "add" -> emit.node("Add", l, r);
          case "sub" -> emit.node("Sub", l, r);
          case "mul" -> emit.node("Mul", l, r);
          case "floordiv" -> floorDivide(l, r);
          case "remainder" -> emit.node("Mod", l, r);
          case "fmod" -> emit.call("Mod", l, r).with("fmod", 1).output();
          case "pow" -> emit.node("Pow", l, r);
          case "min" -> emit.node("Min", l, r);
          case "max" -> emit.node("Max", l, r);
          default -> throw new UnsupportedModel(op + " of ints");
        };
    return new Sym(result, DataType.INT64, dim);
  }

  /** (a - a mod b) / b: division rounded towards minus infinity, as ONNX's Mod has b's sign. */
  Ref floorDivide(Ref a, Ref b) {
    return emit.node("Div", emit.node("Sub", a, emit.node("Mod", a, b)), b);
  }

  private Object mixed(String op, Object a, Object b) {
    Ref l = emit.scalar(a, DataType.DOUBLE);
    Ref r = emit.scalar(b, DataType.DOUBLE);
    Ref result =
        switch (op) {
          case "add" -> emit.node("Add", l, r);
          case "sub" -> emit.node("Sub", l, r);
          case "mul" -> emit.node("Mul", l, r);
          case "div" -> emit.node("Div", l, r);
          case "floordiv" -> emit.node("Floor", emit.node("Div", l, r));
          case "remainder" ->
              emit.node("Sub", l, emit.node("Mul", emit.node("Floor", emit.node("Div", l, r)), r));
          case "fmod" -> emit.call("Mod", l, r).with("fmod", 1).output();
          case "pow" -> emit.node("Pow", l, r);
          case "min" -> emit.node("Min", l, r);
          case "max" -> emit.node("Max", l, r);
          default -> throw new UnsupportedModel(op + " of floats");
        };
    return new Sym(result, DataType.DOUBLE, Dim.UNKNOWN);
  }

  private static Object known(String op, long a, long b) {
    if (b == 0 && (op.equals("floordiv") || op.equals("remainder"))) {
      throw new Emit.Mismatch("a division by zero");
    }
    return switch (op) {
      case "add" -> a + b;
      case "sub" -> a - b;
      case "mul" -> a * b;
      case "floordiv" -> Math.floorDiv(a, b);
      case "remainder" -> Math.floorMod(a, b);
      case "fmod" -> a % b;
      case "pow" -> (long) Math.pow((double) a, (double) b);
      case "min" -> Math.min(a, b);
      case "max" -> Math.max(a, b);
      default -> throw new UnsupportedModel(op + " of ints");
    };
  }

  private static Object known(String op, double a, double b) {
    return switch (op) {
      case "add" -> a + b;
      case "sub" -> a - b;
      case "mul" -> a * b;
      case "div" -> a / b;
      case "floordiv" -> Math.floor(a / b);
      case "remainder" -> a - b * Math.floor(a / b);
      case "fmod" -> a % b;
      case "pow" -> Math.pow(a, b);
      case "min" -> Math.min(a, b);
      case "max" -> Math.max(a, b);
      default -> throw new UnsupportedModel(op + " of floats");
    };
  }

  private static Dim dim(Object number) {
    return number instanceof Long n ? Dim.of(n) : ((Sym) number).dim();
  }

  /** Compares: eq, ne, lt, gt, le, ge; a Boolean where that is known. */
  Object compare(String op, @Nullable Object a, @Nullable Object b) {
    if (a instanceof Items || a instanceof Several) {
      return compareLists(op, a, b);
    }
    if (!isNumber(a) || !isNumber(b)) {
      boolean equal = Objects.equals(a, b);
      return switch (op) {
        case "eq" -> equal;
        case "ne" -> !equal;
        default -> throw new UnsupportedModel(op + " of " + Show.kind(a) + " and " + Show.kind(b));
      };
    }
    Object x = integer(Objects.requireNonNull(a));
    Object y = integer(Objects.requireNonNull(b));
    if (!(x instanceof Sym) && !(y instanceof Sym)) {
      int order =
          x instanceof Long l && y instanceof Long r
              ? Long.compare(l, r)
              : Double.compare(real(x), real(y));
      return decide(op, order);
    }
    if (type(x) == DataType.INT64 && type(y) == DataType.INT64) {
      Boolean known = compareSizes(op, emit.resolve(dim(x)), emit.resolve(dim(y)));
      if (known != null) {
        return known;
      }
    }
    DataType common =
        type(x) == type(y) && type(x) != DataType.BOOL
            ? type(x)
            : type(x) == DataType.DOUBLE || type(y) == DataType.DOUBLE
                ? DataType.DOUBLE
                : DataType.INT64;
    Ref l = emit.scalar(x, common);
    Ref r = emit.scalar(y, common);
    Ref result =
        switch (op) {
          case "eq" -> emit.node("Equal", l, r);
          case "ne" -> emit.node("Not", emit.node("Equal", l, r));
          case "lt" -> emit.node("Less", l, r);
          case "gt" -> emit.node("Greater", l, r);
          case "le" -> emit.node("LessOrEqual", l, r);
          case "ge" -> emit.node("GreaterOrEqual", l, r);
          default -> throw new UnsupportedModel(op);
        };
    return new Sym(result, DataType.BOOL, Dim.UNKNOWN);
  }

  private static boolean decide(String op, int order) {
    return switch (op) {
      case "eq" -> order == 0;
      case "ne" -> order != 0;
      case "lt" -> order < 0;
      case "gt" -> order > 0;
      case "le" -> order <= 0;
      case "ge" -> order >= 0;
      default -> throw new UnsupportedModel(op);
    };
  }

  private static @Nullable Boolean compareSizes(String op, Dim x, Dim y) {
    if (x.isKnown() && y.isKnown()) {
      return decide(op, Long.compare(((Dim.Known) x).size(), ((Dim.Known) y).size()));
    }
    if (x.sameAs(y)) {
      return decide(op, 0);
    }
    // A size is never negative.
    if (y instanceof Dim.Known(long n) && n < 0 && Emit.isSize(x)) {
      return decide(op, 1);
    }
    if (y.is(0) && Emit.isSize(x) && (op.equals("ge") || op.equals("lt"))) {
      return op.equals("ge");
    }
    return null;
  }

  private Object compareLists(String op, Object a, @Nullable Object b) {
    List<@Nullable Object> x = items(a);
    if (b == null) {
      return op.equals("ne");
    }
    List<@Nullable Object> y = items(b);
    if (x.size() != y.size()) {
      return decide(op, Integer.compare(x.size(), y.size()));
    }
    Object all = true;
    for (int i = 0; i < x.size(); i++) {
      Object one = compare("eq", x.get(i), y.get(i));
      all = and(all, one);
    }
    return op.equals("ne") ? not(all) : all;
  }

  static List<@Nullable Object> items(@Nullable Object value) {
    return switch (value) {
      case Items list when list.isKnown() -> list.items();
      case Several tuple -> tuple.items();
      case null, default ->
          throw new UnsupportedModel(
              Show.kind(value) + " whose items are not known when the model is made");
    };
  }

  Object and(Object a, Object b) {
    if (a instanceof Boolean x) {
      return x ? b : false;
    }
    if (b instanceof Boolean y) {
      return y ? a : false;
    }
    return new Sym(
        emit.node("And", emit.scalar(a, DataType.BOOL), emit.scalar(b, DataType.BOOL)),
        DataType.BOOL,
        Dim.UNKNOWN);
  }

  Object or(Object a, Object b) {
    return not(and(not(a), not(b)));
  }

  Object not(Object a) {
    return a instanceof Boolean x
        ? (Object) !x
        : new Sym(
            emit.node("Not", emit.scalar(truth(a), DataType.BOOL)), DataType.BOOL, Dim.UNKNOWN);
  }

  /** Returns whether a value counts as true: a Boolean or a Sym. */
  public Object truth(@Nullable Object value) {
    return switch (value) {
      case Boolean b -> b;
      case Long n -> n != 0;
      case Double d -> d != 0;
      case Sym sym -> sym.type() == DataType.BOOL ? sym : convert(sym, DataType.BOOL);
      case Ten ten -> truth(item(ten));
      case String text -> !text.isEmpty();
      case Items list when list.isKnown() -> !list.items().isEmpty();
      case null, default -> throw new UnsupportedModel("the truth of " + Show.kind(value));
    };
  }

  /** Returns the only element of a tensor as a number. */
  public Object item(Ten ten) {
    Ten.State now = ten.now();
    if (now.scalar() != null) {
      return now.scalar();
    }
    emit.alone(ten);
    if (now.dims() != null && now.dims().stream().anyMatch(d -> !d.is(1))) {
      emit.choices().unlikely("the only element of a tensor of rank " + now.dims().size());
    }
    DataType type = emit.type(ten, DataType.INT64);
    DataType wanted =
        type == DataType.BOOL ? DataType.BOOL : type.isInteger() ? DataType.INT64 : DataType.DOUBLE;
    Ref flat =
        now.dims() != null && now.dims().isEmpty()
            ? emit.ref(ten)
            : emit.node("Reshape", emit.ref(ten), emit.ints());
    Ref ref = emit.cast(flat, type, wanted);
    return new Sym(ref, wanted, wanted == DataType.INT64 ? emit.valueDim() : Dim.UNKNOWN);
  }

  /** Converts a number to INT64, DOUBLE or BOOL. */
  public Object convert(@Nullable Object value, DataType to) {
    return switch (value) {
      case Ten ten -> convert(item(ten), to);
      case Boolean b -> to == DataType.BOOL ? b : convert(b ? 1L : 0L, to);
      case Long n ->
          to == DataType.INT64
              ? n
              : to == DataType.DOUBLE ? (Object) (double) n : (Object) (n != 0);
      case Double d ->
          to == DataType.DOUBLE ? d : to == DataType.INT64 ? (Object) (long) (double) d : d != 0;
      case Sym sym ->
          sym.type() == to
              ? sym
              : new Sym(
                  emit.cast(sym.ref(), sym.type(), to),
                  to,
                  to == DataType.INT64 ? emit.valueDim() : Dim.UNKNOWN);
      case String text -> parse(text, to);
      case null, default -> throw new UnsupportedModel("a number of " + Show.kind(value));
    };
  }

  private static Object parse(String text, DataType to) {
    try {
      String number = text.strip();
      return to == DataType.INT64
          ? (Object) Long.valueOf(number)
          : switch (number) {
            case "inf", "+inf", "infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            case "nan" -> Double.NaN;
            default -> Double.valueOf(number);
          };
    } catch (NumberFormatException e) {
      throw new Emit.Mismatch("a text that is no number");
    }
  }

  Object negate(Object value) {
    return value instanceof Long n
        ? (Object) (-n)
        : value instanceof Double d ? (Object) (-d) : binary("sub", 0L, value);
  }

  /** Applies a function of one number. */
  Object unary(String op, Object value) {
    if (!(value instanceof Sym sym)) {
      double x = real(value);
      return switch (op) {
        case "floor" -> (long) Math.floor(x);
        case "ceil" -> (long) Math.ceil(x);
        case "round" -> Math.rint(x);
        case "sqrt" -> Math.sqrt(x);
        case "exp" -> Math.exp(x);
        case "log" -> Math.log(x);
        case "sin" -> Math.sin(x);
        case "cos" -> Math.cos(x);
        case "abs" -> value instanceof Long n ? (Object) Math.abs(n) : (Object) Math.abs(x);
        default -> throw new UnsupportedModel(op + " of a number");
      };
    }
    Ref real = emit.scalar(sym, DataType.DOUBLE);
    if (op.equals("floor") || op.equals("ceil")) {
      Ref rounded = emit.node(op.equals("floor") ? "Floor" : "Ceil", real);
      return new Sym(
          emit.cast(rounded, DataType.DOUBLE, DataType.INT64), DataType.INT64, emit.valueDim());
    }
    String name = Character.toUpperCase(op.charAt(0)) + op.substring(1);
    return new Sym(emit.node(name, real), DataType.DOUBLE, Dim.UNKNOWN);
  }
}
