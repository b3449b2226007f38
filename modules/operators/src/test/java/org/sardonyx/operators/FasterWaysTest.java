package org.sardonyx.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.operators.Samples.shape;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** What takes another way where there are many elements, against one element at a time. */
class FasterWaysTest {

  private static final double[] SPECIAL = {
    Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, -0.0, 1, -1, 1e-7, 60000
  };

  /** Numbers with few different values, so that some are equal, and special ones among them. */
  private static Tensor numbers(DataType type, int seed, int... shape) {
    Random random = new Random(seed);
    Tensor x = Tensor.zeros(type, shape);
    for (int i = 0; i < x.size(); i++) {
      boolean special = random.nextInt(50) == 0;
      x.setDouble(
          i, special ? SPECIAL[random.nextInt(SPECIAL.length)] : random.nextInt(200) / 16.0 - 6);
    }
    return x;
  }

  private static double rounded(DataType type, double value) {
    Tensor one = Tensor.zeros(type, 1);
    one.setDouble(0, value);
    return one.getDouble(0);
  }

  @ParameterizedTest
  @EnumSource(names = {"DOUBLE", "FLOAT16", "BFLOAT16"})
  void functionsOfTwo(DataType type) {
    Tensor a = numbers(type, 1, 7, 701);
    for (Tensor b :
        new Tensor[] {
          numbers(type, 2, 7, 701),
          numbers(type, 3, 701),
          numbers(type, 4, 7, 1),
          numbers(type, 5, 1)
        }) {
      int row = b.rank() == 2 && b.dim(1) == 1 ? 1 : 0;
      for (String name : new String[] {"Add", "Sub", "Mul", "Div", "Less", "Equal"}) {
        Tensor y = OperatorRunner.of(name, 14).run(a, b);
        Tensor z = OperatorRunner.of(name, 14).run(b, a);
        for (int i = 0; i < a.size(); i++) {
          int other = b.size() == a.size() ? i : b.size() == 1 ? 0 : row == 1 ? i / 701 : i % 701;
          check(name, type, a.getDouble(i), b.getDouble(other), y, i);
          check(name, type, b.getDouble(other), a.getDouble(i), z, i);
        }
      }
    }
  }

  private static void check(String name, DataType type, double l, double r, Tensor y, int i) {
    switch (name) {
      case "Less" -> assertEquals(l < r ? 1 : 0, y.getLong(i));
      case "Equal" -> assertEquals(l == r ? 1 : 0, y.getLong(i));
      default -> {
        double wide =
            switch (name) {
              case "Add" -> l + r;
              case "Sub" -> l - r;
              case "Mul" -> l * r;
              default -> l / r;
            };
        double expected = rounded(type, type == DataType.DOUBLE ? wide : (float) wide);
        assertEquals(expected, y.getDouble(i), name + " of " + l + ", " + r);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DOUBLE", "FLOAT16", "BFLOAT16"})
  void functionsOfOne(DataType type) {
    Tensor x = numbers(type, 6, 4099);
    for (String name :
        new String[] {"Abs", "Neg", "Sqrt", "Reciprocal", "Relu", "Floor", "Ceil", "Round"}) {
      if (type == DataType.BFLOAT16 && name.equals("Round")) {
        continue;
      }
      Tensor y = OperatorRunner.of(name, name.equals("Round") ? 22 : 14).run(x);
      for (int i = 0; i < x.size(); i++) {
        double v = x.getDouble(i);
        double expected =
            switch (name) {
              case "Abs" -> Math.abs(v);
              case "Neg" -> -v;
              case "Sqrt" -> Math.sqrt(v);
              case "Reciprocal" -> 1 / v;
              case "Relu" -> v < 0 ? 0 : v;
              case "Floor" -> Math.floor(v);
              case "Ceil" -> Math.ceil(v);
              default -> Math.rint(v);
            };
        expected = rounded(type, type == DataType.DOUBLE ? expected : (float) expected);
        assertEquals(expected + 0.0, y.getDouble(i) + 0.0, name + " of " + v);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"-1.5, 2", "0, 2", "-1, -0.0", "NaN, 1", "2, -2", "-Infinity, Infinity"})
  void clipOfDoubles(double least, double greatest) {
    Tensor x = numbers(DataType.DOUBLE, 7, 1031);
    Tensor y =
        OperatorRunner.of("Clip", 13)
            .run(
                x,
                Tensor.of(new double[] {least}, shape()),
                Tensor.of(new double[] {greatest}, shape()));
    for (int i = 0; i < x.size(); i++) {
      double v = x.getDouble(i) < least ? least : x.getDouble(i);
      assertEquals(v > greatest ? greatest : v, y.getDouble(i), "of " + x.getDouble(i));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 5, 1030", "3, 40, 7", "700, 5, 1", "1, 300, 1", "2, 1, 600", "0, 3, 4"})
  void extremes(int outer, int length, int inner) {
    Tensor x = numbers(DataType.FLOAT, 8, outer, length, inner);
    for (String name : new String[] {"ArgMax", "ArgMin"}) {
      for (int last = 0; last < 2; last++) {
        Tensor y =
            OperatorRunner.of(name, 13)
                .attribute("axis", 1)
                .attribute("select_last_index", last)
                .run(x);
        for (int i = 0; i < y.size(); i++) {
          int start = i / inner * length * inner + i % inner;
          int found = 0;
          for (int k = 1; k < length; k++) {
            float so = x.floats()[start + found * inner];
            float v = x.floats()[start + k * inner];
            boolean beyond = name.equals("ArgMax") ? v > so : v < so;
            boolean same = v == so || (Float.isNaN(v) && Float.isNaN(so));
            if (((beyond || Float.isNaN(v)) && !Float.isNaN(so)) || (last == 1 && same)) {
              found = k;
            }
          }
          assertEquals(found, y.getLong(i), name + " " + i);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"8, 8", "64, 130", "9, 1001", "3, 700", "71, 15", "1, 20"})
  void transposedBytes(int rows, int columns) {
    Tensor x = Tensor.zeros(DataType.UINT8, 2, rows, columns);
    new Random(9).nextBytes(x.bytes());
    Tensor y = OperatorRunner.of("Transpose", 13).ints("perm", 0, 2, 1).run(x);
    for (int n = 0; n < 2; n++) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          int at = n * rows * columns;
          assertEquals(x.bytes()[at + i * columns + j], y.bytes()[at + j * rows + i]);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"FLOAT", "INT64", "COMPLEX64"})
  void tilesOfShortRuns(DataType type) {
    Tensor x = Tensor.zeros(type, 2, 3, 5, 1);
    for (int i = 0; i < 30; i++) {
      if (type == DataType.COMPLEX64) {
        x.floats()[2 * i] = i;
        x.floats()[2 * i + 1] = -i;
      } else {
        x.setDouble(i, i);
      }
    }
    Tensor repeats = Tensor.of(new long[] {3, 2, 29, 1}, 4);
    Tensor y = OperatorRunner.of("Tile", 13).run(x, repeats);
    int unit = type == DataType.COMPLEX64 ? 2 : 1;
    for (int i = 0; i < y.size(); i++) {
      int c = i % 145 % 5;
      int from = i / 145 / 6 % 2 * 15 + i / 145 % 3 * 5 + c;
      if (unit == 2) {
        assertEquals(from, y.floats()[2 * i]);
        assertEquals(-from, y.floats()[2 * i + 1]);
      } else {
        assertEquals(from, y.getDouble(i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DOUBLE", "FLOAT16", "BFLOAT16"})
  void reductions(DataType type) {
    Tensor x = Tensor.zeros(type, 5, 37, 1029);
    Random random = new Random(10);
    for (int i = 0; i < x.size(); i++) {
      x.setDouble(i, random.nextInt(16) - 4);
    }
    x.setDouble(40_000, Double.NaN);
    x.setDouble(80_000, Double.POSITIVE_INFINITY);
    for (int axis = 0; axis < 3; axis++) {
      for (String name : new String[] {"ReduceSum", "ReduceMax", "ReduceMin", "ReduceMean"}) {
        Tensor wide = Tensor.of(x.toFloats(), x.shape());
        Tensor axes = Tensor.of(new long[] {axis}, 1);
        int opset = name.equals("ReduceSum") ? 13 : 18;
        Tensor y = OperatorRunner.of(name, opset).run(x, axes);
        Tensor z = OperatorRunner.of(name, opset).kernels(Kernels.scalar()).run(wide, axes);
        for (int i = 0; i < y.size(); i++) {
          double expected = rounded(type, z.getDouble(i));
          assertEquals(
              expected,
              y.getDouble(i),
              Double.isNaN(expected) ? 1 : Math.min(1, Math.abs(expected)) * 1e-6 + 1e-9,
              name + " " + i);
        }
      }
    }
  }

  @Test
  void softmaxOfShortRows() {
    for (String name : new String[] {"Softmax", "LogSoftmax"}) {
      Tensor x = numbers(DataType.FLOAT, 11, 771, 10);
      for (int i = 0; i < x.size(); i++) {
        x.floats()[i] = Math.clamp(x.floats()[i], -20, 20);
      }
      Tensor wide = Tensor.of(x.toDoubles(), x.shape());
      Tensor y = OperatorRunner.of(name, 13).attribute("axis", -1).run(x);
      Tensor z = OperatorRunner.of(name, 13).attribute("axis", -1).run(wide);
      for (int i = 0; i < y.size(); i++) {
        assertEquals(z.getDouble(i), y.getDouble(i), 1e-5, name + " " + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 2 3", "1", "0 1 2 3", "2 3"})
  void meansAndVariances(String axes) {
    Tensor x = Samples.random(DataType.FLOAT, 12, 2, 3, 5, 7);
    Tensor wide = Tensor.of(x.toDoubles(), x.shape());
    long[] ints = Arrays.stream(axes.split(" ", -1)).mapToLong(Long::parseLong).toArray();
    Tensor y = OperatorRunner.of("MeanVarianceNormalization", 13).ints("axes", ints).run(x);
    Tensor z = OperatorRunner.of("MeanVarianceNormalization", 13).ints("axes", ints).run(wide);
    for (int i = 0; i < y.size(); i++) {
      assertEquals(z.getDouble(i), y.getDouble(i), 1e-5);
    }
  }

  @Test
  void powersOfIntegers() {
    Tensor x = Tensor.of(new long[] {-3, 2, 5, Long.MAX_VALUE}, 2, 2);
    Tensor two = Tensor.of(DataType.INT32, new int[] {2}, 1);
    Tensor column = Tensor.of(DataType.INT32, new int[] {3, 2}, 2, 1);
    Samples.assertExact(OperatorRunner.of("Pow", 13).run(x, two), 9, 4, 25, 1);
    Samples.assertExact(OperatorRunner.of("Pow", 13).run(x, column), -27, 8, 25, 1);
  }
}
