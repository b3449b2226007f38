package org.sardonyx.operators.reduction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.operators.Samples.assertClose;
import static org.sardonyx.operators.Samples.assertExact;
import static org.sardonyx.operators.Samples.random;
import static org.sardonyx.operators.Samples.shape;
import static org.sardonyx.operators.Samples.tensor;
import static org.sardonyx.operators.Samples.vector;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class ReduceTest {

  private static final double INF = Double.POSITIVE_INFINITY;

  private static final Map<String, ToDoubleFunction<double[]>> FUNCTIONS =
      Map.of(
          "ReduceSum", x -> DoubleStream.of(x).sum(),
          "ReduceMean", x -> DoubleStream.of(x).sum() / x.length,
          "ReduceMax", x -> DoubleStream.of(x).max().getAsDouble(),
          "ReduceMin", x -> DoubleStream.of(x).min().getAsDouble(),
          "ReduceProd", x -> DoubleStream.of(x).reduce(1, (a, b) -> a * b),
          "ReduceL1", x -> DoubleStream.of(x).map(Math::abs).sum(),
          "ReduceL2", x -> Math.sqrt(DoubleStream.of(x).map(a -> a * a).sum()),
          "ReduceLogSum", x -> Math.log(DoubleStream.of(x).sum()),
          "ReduceLogSumExp", x -> Math.log(DoubleStream.of(x).map(Math::exp).sum()),
          "ReduceSumSquare", x -> DoubleStream.of(x).map(a -> a * a).sum());

  private static final long[][] AXES = {
    {0},
    {1},
    {2},
    {3},
    {-1},
    {0, 1},
    {2, 3},
    {0, 2},
    {1, 3},
    {0, 3},
    {1, 2},
    {0, 1, 2, 3},
    {3, 1, 0}
  };

  @ParameterizedTest
  @EnumSource(
      names = {"FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16", "INT32", "INT64", "UINT32", "UINT64"})
  void overAnyAxes(DataType type) {
    for (int[] shape : new int[][] {{2, 3, 2, 3}, {1, 3, 1, 2}, {3, 1, 2, 1}}) {
      Tensor x = Tensor.zeros(type, shape);
      for (int i = 0; i < x.size(); i++) {
        x.setDouble(i, i % 3 == 0 ? 2 : 1);
      }
      for (long[] axes : AXES) {
        FUNCTIONS.forEach((name, f) -> check(name, f, x, axes));
      }
    }
  }

  private static void check(String name, ToDoubleFunction<double[]> f, Tensor x, long[] axes) {
    double[] expected = naive(f, x, axes);
    if (x.dataType().isInteger()) {
      for (int i = 0; i < expected.length; i++) {
        expected[i] = (long) (expected[i] + 1e-9);
      }
    }
    double tolerance =
        switch (x.dataType()) {
          case FLOAT -> 1e-6;
          case DOUBLE -> 1e-14;
          case FLOAT16 -> 1e-3;
          case BFLOAT16 -> 5e-3;
          default -> 0;
        };
    // Version 28 takes logarithms of floats alone.
    int opset = x.dataType().isFloat() ? 28 : 27;
    Tensor kept = OperatorRunner.of(name, opset).run(x, Tensor.vector(axes));
    assertClose(kept, tolerance, expected);
    assertEquals(x.rank(), kept.rank());
    Tensor dropped =
        OperatorRunner.of(name, 11)
            .ints("axes", axes)
            .attribute("keepdims", 0)
            .run(
                x.dataType() == DataType.BFLOAT16
                    ? Tensor.fromFloats(DataType.FLOAT, x.toFloats(), x.shape())
                    : x);
    assertClose(dropped, tolerance, expected);
    assertEquals(x.rank() - axes.length, dropped.rank());
  }

  private static double[] naive(ToDoubleFunction<double[]> f, Tensor x, long[] axes) {
    int[] shape = x.shape();
    boolean[] gone = new boolean[shape.length];
    for (long axis : axes) {
      gone[(int) (axis < 0 ? axis + shape.length : axis)] = true;
    }
    int outer = 1;
    for (int d = 0; d < shape.length; d++) {
      outer *= gone[d] ? 1 : shape[d];
    }
    double[][] rows = new double[outer][0];
    for (int i = 0; i < x.size(); i++) {
      int rest = i;
      int place = 0;
      int stride = 1;
      for (int d = shape.length - 1; d >= 0; d--) {
        if (!gone[d]) {
          place += rest % shape[d] * stride;
          stride *= shape[d];
        }
        rest /= shape[d];
      }
      rows[place] = Arrays.copyOf(rows[place], rows[place].length + 1);
      rows[place][rows[place].length - 1] = x.getDouble(i);
    }
    return Arrays.stream(rows).mapToDouble(f).toArray();
  }

  @Test
  void noAxes() {
    Tensor x = tensor(DataType.FLOAT, shape(2, 2), 1, 2, 3, 4);
    Tensor all = OperatorRunner.of("ReduceSum", 13).run(x);
    assertExact(all, 10);
    assertArrayEquals(shape(1, 1), all.shape());
    assertExact(OperatorRunner.of("ReduceSum", 13).run(x, Tensor.vector()), 10);
    assertEquals(
        x,
        OperatorRunner.of("ReduceSum", 13)
            .attribute("noop_with_empty_axes", 1)
            .run(x, Tensor.vector()));
    // What is not the reduction itself is still done.
    assertExact(
        OperatorRunner.of("ReduceSumSquare", 18).attribute("noop_with_empty_axes", 1).run(x),
        1,
        4,
        9,
        16);
    assertClose(
        OperatorRunner.of("ReduceLogSum", 18).attribute("noop_with_empty_axes", 1).run(x),
        1e-6,
        0,
        Math.log(2),
        Math.log(3),
        Math.log(4));
    Tensor scalar = OperatorRunner.of("ReduceL2", 18).run(tensor(DataType.FLOAT, shape(), -3));
    assertExact(scalar, 3);
    assertEquals(0, scalar.rank());
  }

  @Test
  void nothingIsReducedToTheIdentity() {
    Tensor none = Tensor.zeros(DataType.FLOAT, 2, 0);
    Tensor axis = Tensor.vector(1);
    double nan = Double.NaN;
    Map.of(
            "ReduceSum",
            0.0,
            "ReduceProd",
            1.0,
            "ReduceL1",
            0.0,
            "ReduceL2",
            0.0,
            "ReduceSumSquare",
            0.0,
            "ReduceMax",
            -INF,
            "ReduceMin",
            INF,
            "ReduceLogSum",
            -INF,
            "ReduceLogSumExp",
            -INF,
            "ReduceMean",
            nan)
        .forEach((name, identity) ->
            assertExact(OperatorRunner.of(name, 28).run(none, axis), identity, identity));
    assertExact(
        OperatorRunner.of("ReduceMax", 20).run(Tensor.zeros(DataType.INT8, 1, 0), axis), -128);
    assertExact(
        OperatorRunner.of("ReduceMin", 20).run(Tensor.zeros(DataType.UINT8, 1, 0), axis), 255);
    assertExact(OperatorRunner.of("ReduceMin", 20).run(Tensor.zeros(DataType.BOOL, 1, 0), axis), 1);
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("ReduceMean", 18).run(Tensor.zeros(DataType.INT32, 1, 0), axis));
    assertEquals(
        0, OperatorRunner.of("ReduceSum", 13).run(Tensor.zeros(DataType.FLOAT, 0, 3), axis).size());
    assertExact(
        OperatorRunner.of("ReduceSum", 13)
            .run(Tensor.zeros(DataType.FLOAT, 0, 3), Tensor.vector(0)),
        0,
        0,
        0);
  }

  @Test
  void notANumberWins() {
    Tensor x = tensor(DataType.FLOAT, shape(3, 2), 1, 2, Double.NaN, 3, 0, 4);
    for (String name : List.of("ReduceMax", "ReduceMin")) {
      Tensor columns = OperatorRunner.of(name, 18).run(x, Tensor.vector(0));
      assertEquals(Double.NaN, columns.getDouble(0));
      Tensor rows = OperatorRunner.of(name, 18).run(x, Tensor.vector(1));
      assertEquals(Double.NaN, rows.getDouble(1));
    }
  }

  @Test
  void truthAndSmallIntegers() {
    Tensor t = tensor(DataType.BOOL, shape(2, 2), 0, 1, 0, 0);
    assertExact(OperatorRunner.of("ReduceMax", 20).run(t, Tensor.vector(1)), 1, 0);
    assertExact(OperatorRunner.of("ReduceMin", 20).run(t, Tensor.vector(1)), 0, 0);
    assertExact(OperatorRunner.of("ReduceMax", 20).run(vector(DataType.UINT8, 3, 200)), 200);
    assertExact(OperatorRunner.of("ReduceMin", 20).run(vector(DataType.INT8, 3, -100)), -100);
    Tensor u = Tensor.of(DataType.UINT64, new long[] {1, -1}, 2);
    assertExact(OperatorRunner.of("ReduceMax", 20).run(u), 0x1p64);
    assertExact(OperatorRunner.of("ReduceMin", 20).run(u), 1);
    assertExact(OperatorRunner.of("ReduceMean", 18).run(vector(DataType.INT32, -3, 0)), -1);
    assertExact(OperatorRunner.of("ReduceL1", 18).run(vector(DataType.INT32, -3, 2)), 5);
  }

  @Test
  void farValues() {
    assertExact(OperatorRunner.of("ReduceL2", 18).run(vector(DataType.FLOAT, 3e30f, 4e30f)), 5e30f);
    assertClose(
        OperatorRunner.of("ReduceL2", 18).run(vector(DataType.FLOAT, 3e-30f, 4e-30f)),
        1e-36,
        5e-30f);
    assertClose(
        OperatorRunner.of("ReduceLogSumExp", 18).run(vector(DataType.FLOAT, 1000, 1000)),
        1e-6,
        1000 + Math.log(2));
    assertExact(
        OperatorRunner.of("ReduceLogSumExp", 18).run(vector(DataType.FLOAT, -INF, -INF)), -INF);
    assertExact(OperatorRunner.of("ReduceLogSumExp", 18).run(vector(DataType.FLOAT, 0, INF)), INF);
  }

  @Test
  void axesThatAreWrong() {
    Tensor x = random(DataType.FLOAT, 1, 2, 2);
    assertThrows(
        OperatorFailed.class, () -> OperatorRunner.of("ReduceSum", 13).run(x, Tensor.vector(2)));
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("ReduceSum", 13).run(x, Tensor.vector(1, -1)));
  }

  @Test
  void elementsOfAShape() {
    Type sizes = Type.tensor(DataType.INT64, Shape.of(3));
    Dim n = Dim.named("n");
    assertEquals(
        List.of(n.times(6)),
        OperatorRunner.of("ReduceProd", 18)
            .attribute("keepdims", 0)
            .inferDims(Arrays.asList(sizes), Arrays.asList(List.of(Dim.of(2), n, Dim.of(3))))
            .outputDims(0));
  }

  @Test
  void oneColumnGivesTheSameBitsAloneAsAmongOthers() {
    Tensor x = random(DataType.FLOAT, 1, 1000, 3);
    float[] all = OperatorRunner.of("ReduceSum", 13).run(x, Tensor.vector(0)).floats();
    for (int j = 0; j < 3; j++) {
      float[] column = new float[1000];
      for (int i = 0; i < 1000; i++) {
        column[i] = x.floats()[i * 3 + j];
      }
      Tensor alone =
          OperatorRunner.of("ReduceSum", 13).run(Tensor.of(column, 1000, 1), Tensor.vector(0));
      assertEquals(all[j], alone.floats()[0]);
    }
  }

  @Test
  void logarithmsTakeFloatsAloneSinceVersion28() {
    Tensor x = vector(DataType.FLOAT, 1, 2, 1);
    assertClose(OperatorRunner.of("ReduceLogSum", 28).run(x), 1e-6, Math.log(4));
    assertClose(
        OperatorRunner.of("ReduceLogSumExp", 28).run(vector(DataType.DOUBLE, 0, 0)),
        1e-15,
        Math.log(2));
    for (OperatorDef def : List.of(ReduceLogSum.DEF, ReduceLogSumExp.DEF)) {
      assertTrue(def.versions().get(3).constraints().get("T").contains("tensor(int32)"));
      assertEquals(Types.FLOATS_BF16, def.versions().get(4).constraints().get("T"));
    }
  }

  @Test
  void theLeastOfZerosIsNegative() {
    float[] x = new float[100];
    x[50] = -0f;
    float y =
        OperatorRunner.of("ReduceMin", 13)
            .attribute("keepdims", 0)
            .run(Tensor.of(x, 100))
            .floats()[0];
    assertEquals(-0f, y);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "INT32", "INT64", "INT8"})
  void ofManyElements(DataType type) {
    SplittableRandom random = new SplittableRandom(Long.getLong("seed", 3));
    int[][] shapes = {{2, 21, 3, 50}, {3, 700}, {6, 1030}, {600, 7}, {9, 5, 330}, {2, 300, 2, 17}};
    for (int[] shape : shapes) {
      Tensor x = Tensor.zeros(type, shape);
      for (int i = 0; i < x.size(); i++) {
        x.setDouble(i, random.nextInt(-9, 10));
      }
      for (long[] axes : new long[][] {{0}, {1}, {-1}, {0, -1}, {0, 1}}) {
        FUNCTIONS.forEach((name, f) -> {
          boolean isLogarithm = name.startsWith("ReduceLog");
          boolean isExact = type != DataType.FLOAT;
          // Products leave the range, sums of int8 too, and not all sums have logarithms.
          boolean skips = name.equals("ReduceProd") || (isLogarithm && isExact);
          skips |= name.equals("ReduceLogSum");
          skips |= type == DataType.INT8 && !name.equals("ReduceMax") && !name.equals("ReduceMin");
          if (skips) {
            return;
          }
          double[] expected = naive(f, x, axes);
          Tensor y = OperatorRunner.of(name, 27).run(x, Tensor.vector(axes));
          for (int i = 0; i < expected.length; i++) {
            double exact = isExact ? (long) expected[i] : expected[i];
            double tolerance = isExact ? 0 : 1e-5 * (1 + Math.abs(exact));
            assertEquals(exact, y.getDouble(i), tolerance, name + Arrays.toString(axes) + x);
          }
        });
      }
    }
  }

  @Test
  void whatIsNoNumberStaysInItsColumn() {
    for (String name :
        List.of("ReduceL1", "ReduceL2", "ReduceLogSumExp", "ReduceSum", "ReduceMax")) {
      float[] x = new float[20 * 40];
      Arrays.fill(x, 1);
      x[7 * 40 + 3] = Float.NaN;
      x[9 * 40 + 5] = Float.POSITIVE_INFINITY;
      x[11 * 40 + 6] = 1e30f;
      for (int k = 0; k < 20; k++) {
        x[k * 40 + 8] = Float.NEGATIVE_INFINITY;
      }
      float[] y = OperatorRunner.of(name, 18).run(Tensor.of(x, 20, 40), Tensor.vector(0)).floats();
      assertEquals(Float.NaN, y[3], name);
      assertEquals(Float.POSITIVE_INFINITY, y[5], name);
      assertEquals(1e30f, y[6], 1e24f, name);
      assertEquals(
          name.equals("ReduceL1") || name.equals("ReduceL2")
              ? Float.POSITIVE_INFINITY
              : Float.NEGATIVE_INFINITY,
          y[8],
          name);
      assertEquals(y[0], y[39], name);
    }
  }
}
