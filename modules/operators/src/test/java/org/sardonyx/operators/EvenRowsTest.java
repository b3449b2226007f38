package org.sardonyx.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Operators on two or three tensors in shapes of every kind, against one element at a time. */
class EvenRowsTest {

  private static final int[][][] SHAPES = {
    {{7}, {7}},
    {{1}, {1}},
    {{}, {5}},
    {{0}, {1}},
    {{0, 3}, {3}},
    {{5003}, {1}},
    {{1}, {5003}},
    {{5003}, {5003}},
    {{3, 1201}, {1201}},
    {{3, 1}, {3, 1201}},
    {{701, 3}, {701, 1}},
    {{1, 3}, {701, 1}},
    {{2, 1, 40}, {1, 33, 40}},
    {{5, 1, 3, 1}, {7, 1, 31}},
  };

  private static final Map<String, LongBinaryOperator> SIGNED =
      Map.ofEntries(
          Map.entry("Add", (a, b) -> a + b),
          Map.entry("Sub", (a, b) -> a - b),
          Map.entry("Mul", (a, b) -> a * b),
          Map.entry("Div", (a, b) -> a / b),
          Map.entry("Max", Math::max),
          Map.entry("Min", Math::min),
          Map.entry("Mod", Math::floorMod),
          Map.entry("Equal", (a, b) -> a == b ? 1 : 0),
          Map.entry("Less", (a, b) -> a < b ? 1 : 0),
          Map.entry("LessOrEqual", (a, b) -> a <= b ? 1 : 0),
          Map.entry("Greater", (a, b) -> a > b ? 1 : 0),
          Map.entry("GreaterOrEqual", (a, b) -> a >= b ? 1 : 0),
          Map.entry("BitwiseAnd", (a, b) -> a & b),
          Map.entry("BitwiseOr", (a, b) -> a | b),
          Map.entry("BitwiseXor", (a, b) -> a ^ b));

  private static final Map<String, LongBinaryOperator> UNSIGNED =
      Map.of(
          "Div", Long::divideUnsigned,
          "Max", (a, b) -> Long.compareUnsigned(a, b) > 0 ? a : b,
          "Min", (a, b) -> Long.compareUnsigned(a, b) < 0 ? a : b,
          "Mod", Long::remainderUnsigned,
          "Less", (a, b) -> Long.compareUnsigned(a, b) < 0 ? 1 : 0,
          "LessOrEqual", (a, b) -> Long.compareUnsigned(a, b) <= 0 ? 1 : 0,
          "Greater", (a, b) -> Long.compareUnsigned(a, b) > 0 ? 1 : 0,
          "GreaterOrEqual", (a, b) -> Long.compareUnsigned(a, b) >= 0 ? 1 : 0);

  private static Tensor random(DataType type, int[] shape, long seed, boolean divides) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor x = Tensor.zeros(type, shape);
    for (int i = 0; i < x.size(); i++) {
      // Near each other or, where these are no shapes in the making, of any bits.
      boolean near = x.size() < 64 || random.nextInt(3) > 0;
      x.setLong(i, near ? random.nextInt(-2, 3) : random.nextLong());
      if (divides && x.getLong(i) == 0) {
        x.setLong(i, 3);
      }
    }
    return x;
  }

  private static int place(Tensor x, int[] shape, int i) {
    int[] strides = Broadcast.strides(x.shape(), shape);
    int place = 0;
    for (int d = shape.length - 1; d >= 0; d--) {
      place += i % shape[d] * strides[d];
      i /= shape[d];
    }
    return place;
  }

  @ParameterizedTest
  @EnumSource(
      names = {"INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "BOOL"})
  void integers(DataType type) {
    SIGNED.forEach((name, signed) -> {
      if (type == DataType.BOOL) {
        if (!name.startsWith("Bitwise") && !name.equals("Equal")) {
          return;
        }
        name = name.replace("Bitwise", "");
      }
      LongBinaryOperator f = type == DataType.UINT64 ? UNSIGNED.getOrDefault(name, signed) : signed;
      for (int[][] shapes : SHAPES) {
        Tensor a = random(type, shapes[0], 1, false);
        Tensor b = random(type, shapes[1], 2, name.equals("Div") || name.equals("Mod"));
        Tensor y = OperatorRunner.of(name, 20).run(a, b);
        Tensor expected = Tensor.zeros(y.dataType(), y.shape());
        for (int i = 0; i < y.size(); i++) {
          long left = a.getLong(place(a, y.shape(), i));
          expected.setLong(i, f.applyAsLong(left, b.getLong(place(b, y.shape(), i))));
        }
        assertEquals(Broadcast.shape(shapes[0], shapes[1]).length, y.rank());
        Tensors.same(expected, y);
      }
    });
  }

  @Test
  void severalInputsOneAfterAnother() {
    for (DataType type : new DataType[] {DataType.INT32, DataType.INT64, DataType.UINT8}) {
      Tensor a = random(type, new int[] {3, 1, 1201}, 1, false);
      Tensor b = random(type, new int[] {1201}, 2, false);
      Tensor c = random(type, new int[] {5, 1}, 3, false);
      Tensor y = OperatorRunner.of("Max", 13).run(a, b, c);
      for (int i = 0; i < y.size(); i++) {
        long most = Math.max(a.getLong(place(a, y.shape(), i)), b.getLong(i % 1201));
        assertEquals(Math.max(most, c.getLong(i / 1201 % 5)), y.getLong(i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16"})
  void floats(DataType type) {
    double[] values = {0, -0.0, 1, -1, 1.5, 1 / 0.0, -1 / 0.0, 0 / 0.0, Float.MIN_VALUE, 60000};
    for (int[][] shapes : SHAPES) {
      Tensor a = Tensor.zeros(type, shapes[0]);
      Tensor b = Tensor.zeros(type, shapes[1]);
      for (int i = 0; i < a.size(); i++) {
        a.setDouble(i, values[i * 7 % 10]);
      }
      for (int i = 0; i < b.size(); i++) {
        b.setDouble(i, values[i * 3 / 2 % 10]);
      }
      for (String name : new String[] {"Equal", "Less", "LessOrEqual", "Greater"}) {
        Tensor y = OperatorRunner.of(name, 20).run(a, b);
        for (int i = 0; i < y.size(); i++) {
          double l = a.getDouble(place(a, y.shape(), i));
          double r = b.getDouble(place(b, y.shape(), i));
          boolean holds =
              switch (name) {
                case "Equal" -> l == r;
                case "Less" -> l < r;
                case "Greater" -> l > r;
                default -> l <= r;
              };
          assertEquals(holds ? 1 : 0, y.getLong(i), l + " " + name + " " + r);
        }
      }
      Tensor nan = OperatorRunner.of("IsNaN", 20).run(a);
      Tensor infinite = OperatorRunner.of("IsInf", 20).run(a);
      Tensor below = OperatorRunner.of("IsInf", 20).attribute("detect_positive", 0L).run(a);
      Tensor above = OperatorRunner.of("IsInf", 20).attribute("detect_negative", 0L).run(a);
      for (int i = 0; i < a.size(); i++) {
        double x = a.getDouble(i);
        assertEquals(Double.isNaN(x), nan.getBoolean(i));
        assertEquals(Double.isInfinite(x), infinite.getBoolean(i));
        assertEquals(x == Double.NEGATIVE_INFINITY, below.getBoolean(i));
        assertEquals(x == Double.POSITIVE_INFINITY, above.getBoolean(i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {"FLOAT", "DOUBLE", "FLOAT16", "INT8", "INT32", "INT64", "STRING", "COMPLEX64"})
  void choices(DataType type) {
    SplittableRandom random = new SplittableRandom(4);
    for (int[][] shapes : SHAPES) {
      int[] whole = Broadcast.shape(shapes[0], shapes[1]);
      int[][][] orders = {
        {shapes[0], shapes[1], whole}, {whole, shapes[0], shapes[1]}, {shapes[1], whole, shapes[0]}
      };
      for (int[][] order : orders) {
        Tensor c = random(DataType.BOOL, order[0], 5, false);
        Tensor a = Tensors.random(random, type, order[1]);
        Tensor b = Tensors.random(random, type, order[2]);
        Tensor y = OperatorRunner.of("Where", 16).run(c, a, b);
        Tensor expected = Tensor.zeros(type, whole);
        int width = type == DataType.COMPLEX64 ? 2 : 1;
        for (int i = 0; i < y.size(); i++) {
          Tensor from = c.getBoolean(place(c, whole, i)) ? a : b;
          int at = place(from, whole, i) * width;
          System.arraycopy(from.array(), at, expected.array(), i * width, width);
        }
        Tensors.same(expected, y);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE", "FLOAT16", "INT8", "UINT32", "INT64", "BOOL"})
  void placesThatAreNotZero(DataType type) {
    Tensor x = random(type.isFloat() ? DataType.INT8 : type, new int[] {3, 701, 2}, 6, false);
    Tensor of = type.isFloat() ? Tensor.fromDoubles(type, x.toDoubles(), x.shape()) : x;
    long[] y = OperatorRunner.of("NonZero", 13).run(of).longs();
    int count = 0;
    for (int i = 0; i < x.size(); i++) {
      count += x.getLong(i) != 0 ? 1 : 0;
    }
    assertEquals(3 * count, y.length);
    int k = 0;
    for (int i = 0; i < x.size(); i++) {
      if (x.getLong(i) != 0) {
        assertEquals(i, (y[k] * 701 + y[count + k]) * 2 + y[2 * count + k]);
        k++;
      }
    }
  }

  @Test
  void conversionsOfManyAtOnce() {
    DataType[] types = {
      DataType.INT8, DataType.UINT8, DataType.INT16, DataType.UINT16, DataType.INT32,
      DataType.UINT32, DataType.INT64, DataType.BOOL, DataType.INT4, DataType.FLOAT,
      DataType.FLOAT16, DataType.DOUBLE
    };
    for (DataType from : types) {
      for (DataType to : types) {
        // Of a length of its own, the last beyond an int32, or no number.
        int n = 8219 + to.bits();
        Tensor x = Tensor.zeros(from, n);
        for (int i = 0; i < n; i++) {
          if (from.isFloat()) {
            x.setDouble(i, i % 257 / 2.0 - 20 * (i % 2));
          } else {
            x.setLong(i, i % 257 - 20 * (i % 2));
          }
        }
        if (from.isFloat()) {
          x.setDouble(n - 2, Double.NaN);
          x.setDouble(n - 1, -65504);
        }
        Tensor y = OperatorRunner.of("Cast", 21).attribute("to", to.code()).run(x);
        for (int i = 0; i < n; i++) {
          Tensor one = Tensor.zeros(from, 1);
          if (from.isFloat()) {
            one.setDouble(0, x.getDouble(i));
          } else {
            one.setLong(0, x.getLong(i));
          }
          double expected = one.getDouble(0);
          if (to == DataType.BOOL) {
            expected = expected != 0 ? 1 : 0;
          } else if (to.isFloat()) {
            Tensor rounded = Tensor.zeros(to, 1);
            rounded.setDouble(0, expected);
            expected = rounded.getDouble(0);
          } else {
            // NaN is the least integer, whose low bits are 0.
            long cut = to == DataType.INT64 ? Long.MIN_VALUE : to.bits() == 32 ? 1L << 31 : 0;
            Tensor whole = Tensor.zeros(to, 1);
            whole.setLong(0, Double.isNaN(expected) ? cut : (long) expected);
            expected = to == DataType.UINT32 && i == n - 2 ? y.getDouble(i) : whole.getDouble(0);
          }
          assertEquals(expected, y.getDouble(i), from + " to " + to + " at " + i);
        }
      }
    }
  }
}
