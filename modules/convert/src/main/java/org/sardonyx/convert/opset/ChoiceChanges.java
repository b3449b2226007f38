package org.sardonyx.convert.opset;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.sardonyx.graph.Attribute;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/** What compares, what chooses by a condition, and remainders. */
final class ChoiceChanges {

  private static final Attribute TO_INT64 = Attribute.of("to", (long) DataType.INT64.code());
  private static final Attribute TO_DOUBLE = Attribute.of("to", (long) DataType.DOUBLE.code());

  private static final Set<DataType> UNSIGNED =
      Set.of(DataType.UINT8, DataType.UINT16, DataType.UINT32, DataType.UINT64);

  private ChoiceChanges() {}

  static void add(Changes all) {
    all.change("Equal", 11, Adapter.KEEP, ChoiceChanges::equal);
    all.types("Equal", 13, 19);
    all.since("IsNaN", 9, ChoiceChanges::isNaN);
    all.types("IsNaN", 13, 20);
    all.since("IsInf", 10, ChoiceChanges::isInf);
    all.types("IsInf", 20);
    all.since("Where", 9, ChoiceChanges::where);
    all.types("Where", 16);
    all.since("Shrink", 9, ChoiceChanges::shrink);
    all.since("Mod", 10, ChoiceChanges::mod);
    all.types("Mod", 13);
    all.change("Mod", 28, Adapter.KEEP, ChoiceChanges::modOfFloats);
  }

  /**
   * Before version 11 only bool, int32 and int64 can be equal; others are neither more nor less.
   */
  private static void equal(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    List<String> inputs = rewrite.node().inputs();
    if (type == DataType.BOOL || type == DataType.INT32 || type == DataType.INT64) {
      rewrite.keep();
      return;
    }
    if (type.isInteger() && type != DataType.UINT64) {
      rewrite.last(
          "Equal", inputs.stream().map(input -> rewrite.op("Cast", input, TO_INT64)).toList());
      return;
    }
    String apart =
        rewrite.op("Or", List.of(rewrite.op("Less", inputs), rewrite.op("Greater", inputs)));
    if (type.isFloat()) {
      String none = rewrite.op("Or", inputs.stream().map(i -> rewrite.op("IsNaN", i)).toList());
      apart = rewrite.op("Or", List.of(apart, none));
    }
    rewrite.last("Not", List.of(apart));
  }

  /**
   * Before version 9 only floats are compared. What has more digits than a double is taken apart
   * into {@code q 2^31 + r}: either q decides, or r where they are equal.
   */
  static void compared(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    if (type.isFloat()) {
      rewrite.keep();
      return;
    }
    String operator = rewrite.node().opType();
    List<String> inputs = rewrite.node().inputs();
    if (type != DataType.INT64 && type != DataType.UINT64) {
      rewrite.last(operator, inputs.stream().map(i -> rewrite.op("Cast", i, TO_DOUBLE)).toList());
      return;
    }
    String base = rewrite.constant(Tensor.fromLongs(type, new long[] {1L << 31}));
    List<String> quotients = new ArrayList<>();
    List<String> rests = new ArrayList<>();
    for (String input : inputs) {
      String quotient = rewrite.op("Div", List.of(input, base));
      String whole = rewrite.op("Mul", List.of(quotient, base));
      quotients.add(rewrite.op("Cast", quotient, TO_DOUBLE));
      rests.add(rewrite.op("Cast", rewrite.op("Sub", List.of(input, whole)), TO_DOUBLE));
    }
    String opposite = operator.equals("Less") ? "Greater" : "Less";
    String first = rewrite.op(operator, quotients);
    String not = rewrite.op("Not", rewrite.op(opposite, quotients));
    String second = rewrite.op("And", List.of(not, rewrite.op(operator, rests)));
    rewrite.last("Or", List.of(first, second));
  }

  /** What is a number is less than 1 or more than 0. */
  private static void isNaN(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    String less = rewrite.op("Less", List.of(rewrite.in(0), rewrite.scalar(type, 1)));
    String more = rewrite.op("Greater", List.of(rewrite.in(0), rewrite.scalar(type, 0)));
    rewrite.last("Not", List.of(rewrite.op("Or", List.of(less, more))));
  }

  private static void isInf(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    double most = type == DataType.DOUBLE ? Double.MAX_VALUE : Float.MAX_VALUE;
    boolean low = rewrite.integer("detect_negative", 1) != 0;
    boolean high = rewrite.integer("detect_positive", 1) != 0;
    String x = rewrite.in(0);
    if (low && high) {
      x = rewrite.op("Abs", x);
    }
    if (high) {
      rewrite.last("Greater", List.of(x, rewrite.scalar(type, most)));
    } else {
      // Nothing is less than itself.
      rewrite.last("Less", List.of(x, low ? rewrite.scalar(type, -most) : x));
    }
  }

  private static void where(Rewrite rewrite) {
    chosen(rewrite, rewrite.in(0), rewrite.in(1), rewrite.in(2), true);
  }

  /** {@code x + bias} below {@code -lambd}, {@code x - bias} above {@code lambd}, else 0. */
  private static void shrink(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    if (!type.isFloat()) {
      throw rewrite.refuse(type.specName() + " could not be compared");
    }
    String x = rewrite.in(0);
    String bias = rewrite.scalar(type, rewrite.real("bias", 0));
    String lambd = rewrite.scalar(type, rewrite.real("lambd", 0.5f));
    String low = rewrite.op("Less", List.of(x, rewrite.op("Neg", lambd)));
    String high = rewrite.op("Greater", List.of(x, lambd));
    String zero = rewrite.scalar(type, 0);
    String upper = chosen(rewrite, high, rewrite.op("Sub", List.of(x, bias)), zero, false);
    chosen(rewrite, low, rewrite.op("Add", List.of(x, bias)), upper, true);
  }

  /**
   * Takes each element from one of two tensors, as Where does, by laying them one behind the other
   * and gathering: so that what is not chosen cannot be NaN times 0.
   */
  private static String chosen(
      Rewrite rewrite, String condition, String a, String b, boolean last) {
    Shape shape = rewrite.shapeOf(rewrite.out(0));
    if (!shape.isKnown()) {
      throw rewrite.refuse("the sizes of its output are not known");
    }
    long[] sizes = LongStream.range(0, shape.rank()).map(i -> known(shape, (int) i)).toArray();
    long count = LongStream.of(sizes).reduce(1, (x, y) -> x * y);
    if (count == 0 || count > 1 << 24) {
      throw rewrite.refuse("its output has no elements, or very many");
    }
    String to = rewrite.longs(sizes);
    Attribute first = Attribute.of("axis", 0L);
    String both =
        rewrite.op(
            "Concat", List.of(flat(rewrite, a, shape, to), flat(rewrite, b, shape, to)), first);
    String no =
        rewrite.op("Cast", rewrite.op("Not", flat(rewrite, condition, shape, to)), TO_INT64);
    String own = rewrite.longs(LongStream.range(0, count).toArray());
    String far = rewrite.op("Mul", List.of(no, rewrite.longs(count)));
    String all = rewrite.op("Gather", List.of(both, rewrite.op("Add", List.of(own, far))), first);
    if (last) {
      rewrite.last("Reshape", List.of(all, to));
      return rewrite.out(0);
    }
    return rewrite.op("Reshape", List.of(all, to));
  }

  private static long known(Shape shape, int axis) {
    return shape.dim(axis) instanceof org.sardonyx.type.Dim.Known(long size) ? size : -1;
  }

  private static String flat(Rewrite rewrite, String value, Shape shape, String sizes) {
    boolean whole = rewrite.shapeOf(value).equals(shape);
    String expanded = whole ? value : rewrite.op("Expand", List.of(value, sizes));
    return rewrite.op("Reshape", List.of(expanded, rewrite.longs(-1)));
  }

  /** Of integers, {@code t = a - a / b b}, and b more where t has the other sign. */
  private static void mod(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    if (type.isFloat()) {
      throw rewrite.refuse("remainders of floats were not to be had");
    }
    boolean narrow = type.bits() < 32;
    Attribute wide = Attribute.of("to", (long) DataType.INT32.code());
    String a = narrow ? rewrite.op("Cast", rewrite.in(0), wide) : rewrite.in(0);
    String b = narrow ? rewrite.op("Cast", rewrite.in(1), wide) : rewrite.in(1);
    String whole = rewrite.op("Mul", List.of(rewrite.op("Div", List.of(a, b)), b));
    String t = rewrite.op("Sub", List.of(a, whole));
    if (rewrite.integer("fmod", 0) == 0 && !UNSIGNED.contains(type)) {
      String zero = rewrite.scalar(DataType.DOUBLE, 0);
      String rest = rewrite.op("Cast", t, TO_DOUBLE);
      String less = rewrite.op("Less", List.of(rest, zero));
      String more = rewrite.op("Greater", List.of(rest, zero));
      String below = rewrite.op("Less", List.of(rewrite.op("Cast", b, TO_DOUBLE), zero));
      String other =
          rewrite.op(
              "And",
              List.of(
                  rewrite.op("Or", List.of(less, more)), rewrite.op("Xor", List.of(less, below))));
      DataType in = narrow ? DataType.INT32 : type;
      String once = rewrite.op("Cast", other, Attribute.of("to", (long) in.code()));
      t = rewrite.op("Add", List.of(t, rewrite.op("Mul", List.of(b, once))));
    }
    rewrite.last("Cast", List.of(t), Attribute.of("to", (long) type.code()));
  }

  /** Remainders of floats by the sign of the divisor came with version 28. */
  private static void modOfFloats(Rewrite rewrite) {
    if (rewrite.element(0).isFloat() && rewrite.integer("fmod", 0) == 0) {
      throw rewrite.refuse("of floats only fmod = 1 was to be had");
    }
    rewrite.keep();
  }
}
