package org.sardonyx.operators.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Samples.assertClose;
import static org.sardonyx.operators.Samples.assertExact;
import static org.sardonyx.operators.Samples.random;
import static org.sardonyx.operators.Samples.shape;
import static org.sardonyx.operators.Samples.tensor;
import static org.sardonyx.operators.Samples.vector;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class ArithmeticTest {

  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;

  @ParameterizedTest
  @EnumSource(
      names = {
        "FLOAT",
        "DOUBLE",
        "FLOAT16",
        "BFLOAT16",
        "INT8",
        "INT16",
        "INT32",
        "INT64",
        "UINT8",
        "UINT16",
        "UINT32",
        "UINT64"
      })
  void everyNumericTypeBroadcasts(DataType type) {
    Tensor a = tensor(type, shape(2, 1, 3), 12, 9, 7, 6, 5, 4);
    Tensor b = tensor(type, shape(2, 1), 2, 3);
    assertExact(OperatorRunner.of("Add", 14).run(a, b), 14, 11, 9, 15, 12, 10, 8, 7, 6, 9, 8, 7);
    assertExact(OperatorRunner.of("Sub", 14).run(a, b), 10, 7, 5, 9, 6, 4, 4, 3, 2, 3, 2, 1);
    assertExact(
        OperatorRunner.of("Mul", 14).run(a, b), 24, 18, 14, 36, 27, 21, 12, 10, 8, 18, 15, 12);
    Tensor quotient = OperatorRunner.of("Div", 14).run(a, b);
    if (type.isInteger()) {
      assertExact(quotient, 6, 4, 3, 4, 3, 2, 3, 2, 2, 2, 1, 1);
    } else {
      assertClose(quotient, 4e-3, 6, 4.5, 3.5, 4, 3, 7 / 3.0, 3, 2.5, 2, 2, 5 / 3.0, 4 / 3.0);
    }
    assertExact(
        OperatorRunner.of("Max", 13).run(a, b, tensor(type, shape(), 5)),
        12,
        9,
        7,
        12,
        9,
        7,
        6,
        5,
        5,
        6,
        5,
        5);
    assertExact(
        OperatorRunner.of("Min", 13).run(a, b, tensor(type, shape(), 5)),
        2,
        2,
        2,
        3,
        3,
        3,
        2,
        2,
        2,
        3,
        3,
        3);
    assertExact(
        OperatorRunner.of("Mod", 13).attribute("fmod", type.isFloat() ? 1 : 0).run(a, b),
        0,
        1,
        1,
        0,
        0,
        1,
        0,
        1,
        0,
        0,
        2,
        1);
  }

  /** Two inputs that stand still along a row that only the third one has. */
  @Test
  void inputsThatBroadcastTogetherAgainstAThird() {
    for (DataType type :
        List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.INT32)) {
      Tensor a = tensor(type, shape(2, 1), 1, 2);
      Tensor b = tensor(type, shape(2, 1), 10, 20);
      Tensor c = tensor(type, shape(2, 3), 1, 2, 3, 4, 5, 6);
      String sum = type == DataType.INT32 ? "Max" : "Sum";
      double[] expected =
          type == DataType.INT32
              ? new double[] {10, 10, 10, 20, 20, 20}
              : new double[] {12, 13, 14, 26, 27, 28};
      assertExact(OperatorRunner.of(sum, 13).run(a, b, c), expected);
    }
  }

  @Test
  void integersWrap() {
    assertExact(
        OperatorRunner.of("Add", 14).run(vector(DataType.INT8, 127), vector(DataType.INT8, 1)),
        -128);
    assertExact(
        OperatorRunner.of("Sub", 14).run(vector(DataType.UINT16, 0), vector(DataType.UINT16, 1)),
        65535);
    Tensor least = Tensor.of(new int[] {Integer.MIN_VALUE}, 1);
    assertExact(
        OperatorRunner.of("Div", 14).run(least, vector(DataType.INT32, -1)), Integer.MIN_VALUE);
    assertExact(
        OperatorRunner.of("Div", 14).run(vector(DataType.INT8, -128), vector(DataType.INT8, -1)),
        -128);
    Tensor greatest = Tensor.of(DataType.UINT64, new long[] {-1}, 1);
    assertExact(OperatorRunner.of("Div", 14).run(greatest, vector(DataType.UINT64, 3)), 0x1p64 / 3);
  }

  @Test
  void integersDivideTowardsZero() {
    Tensor a = vector(DataType.INT32, 7, -7, 7, -7);
    Tensor b = vector(DataType.INT32, 2, 2, -2, -2);
    assertExact(OperatorRunner.of("Div", 14).run(a, b), 3, -3, -3, 3);
    assertExact(OperatorRunner.of("Mod", 13).run(a, b), 1, 1, -1, -1);
    assertExact(OperatorRunner.of("Mod", 13).attribute("fmod", 1).run(a, b), 1, -1, 1, -1);
    assertThrows(
        OperatorFailed.class, () -> OperatorRunner.of("Div", 14).run(a, vector(DataType.INT32, 0)));
    assertThrows(
        OperatorFailed.class, () -> OperatorRunner.of("Mod", 13).run(a, vector(DataType.INT32, 0)));
  }

  @Test
  void floatsFollowIeee() {
    Tensor a = Tensor.of(new float[] {1, -1, 0, INF, NAN, -0f}, 6);
    Tensor zero = Tensor.scalar(0f);
    assertExact(OperatorRunner.of("Div", 14).run(a, zero), INF, -INF, NAN, INF, NAN, NAN);
    assertExact(OperatorRunner.of("Max", 13).run(a, zero), 1, 0, 0, INF, NAN, 0);
    assertExact(OperatorRunner.of("Min", 13).run(zero, a), 0, -1, 0, 0, NAN, -0.0);
    Tensor b = Tensor.of(new float[] {5.5f, -5.5f}, 2);
    assertExact(
        OperatorRunner.of("Mod", 13).attribute("fmod", 1).run(b, Tensor.scalar(3f)), 2.5, -2.5);
    assertThrows(InvalidModel.class, () -> OperatorRunner.of("Mod", 13).run(b, b));
  }

  @Test
  void halvesAreRoundedOnce() {
    // 2048 + 1 is not a half; 2048 + 1 + 1 is, where nothing is rounded in between.
    Tensor big = vector(DataType.FLOAT16, 2048);
    Tensor one = vector(DataType.FLOAT16, 1);
    assertExact(OperatorRunner.of("Add", 14).run(big, one), 2048);
    assertExact(OperatorRunner.of("Sum", 13).run(big, one, one), 2050);
    assertExact(OperatorRunner.of("Mean", 13).run(big, one, one), 683.5);
  }

  @Test
  void oneInputAlone() {
    Tensor x = random(DataType.FLOAT16, 1, 3);
    for (String name : List.of("Max", "Min", "Sum", "Mean")) {
      assertEquals(x, OperatorRunner.of(name, 13).run(x));
    }
  }

  @Test
  void meanOfThree() {
    Tensor a = Tensor.of(new double[] {3, 6}, 2);
    assertClose(
        OperatorRunner.of("Mean", 13).run(a, Tensor.of(new double[] {1}, 1, 1), a),
        1e-15,
        7 / 3.0,
        13 / 3.0);
  }

  @Test
  void beforeVersion7TheSecondIsLaidOverTheFirst() {
    Tensor a = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    Tensor row = Tensor.of(new float[] {10, 20, 30}, 3);
    Tensor column = Tensor.of(new float[] {10, 20}, 2);
    assertExact(
        OperatorRunner.of("Add", 6).attribute("broadcast", 1).run(a, row), 11, 22, 33, 14, 25, 36);
    assertExact(
        OperatorRunner.of("Add", 1).attribute("broadcast", 1).attribute("axis", 0).run(a, column),
        11,
        12,
        13,
        24,
        25,
        26);
    assertExact(
        OperatorRunner.of("Mul", 6)
            .attribute("broadcast", 1)
            .run(a, Tensor.of(new float[] {2}, 1, 1)),
        2,
        4,
        6,
        8,
        10,
        12);
    assertThrows(OperatorFailed.class, () -> OperatorRunner.of("Add", 6).run(a, row));
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("Add", 6).attribute("broadcast", 1).run(a, column));
    assertThrows(OperatorFailed.class, () -> OperatorRunner.of("Max", 6).run(a, row));
    assertExact(
        OperatorRunner.of("Add", 1).ints("consumed_inputs", 1, 0).run(a, a), 2, 4, 6, 8, 10, 12);
  }

  @Test
  void shapesThatDoNotBroadcastAreRefused() {
    Tensor a = random(DataType.FLOAT, 1, 2, 3);
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("Add", 14).run(a, random(DataType.FLOAT, 1, 2)));
    assertEquals(0, OperatorRunner.of("Add", 14).run(a, random(DataType.FLOAT, 1, 0, 1, 1)).size());
  }

  @Test
  void shapesInTheMakingAreFollowed() {
    Dim n = Dim.named("n");
    assertEquals(List.of(n.plus(2), Dim.of(7)), dims("Add", List.of(n, Dim.of(5)), 2));
    assertEquals(List.of(n.minus(Dim.of(2)), Dim.of(3)), dims("Sub", List.of(n, Dim.of(5)), 2));
    assertEquals(List.of(n.times(2), Dim.of(10)), dims("Mul", List.of(n, Dim.of(5)), 2));
    assertEquals(List.of(n.dividedBy(2), Dim.of(-2)), dims("Div", List.of(n, Dim.of(-5)), 2));
    assertEquals(
        List.of(n.minus(n.dividedBy(2).times(2)), Dim.of(1)),
        dims("Mod", List.of(n, Dim.of(-5)), 2));
    // The difference may be negative, where integers and sizes divide differently.
    assertEquals(
        List.of(Dim.UNKNOWN, Dim.UNKNOWN),
        dims("Div", List.of(n.minus(Dim.of(9)), Dim.UNKNOWN), 2));
    assertEquals(List.of(Dim.UNKNOWN), dims("Add", List.of(Dim.of(Long.MAX_VALUE)), 2));
    Type vector = Type.tensor(DataType.INT64, Shape.of(1));
    assertEquals(
        List.of(Dim.of(-3)),
        OperatorRunner.of("Neg", 13)
            .inferDims(List.of(vector), List.of(List.of(Dim.of(3))))
            .outputDims(0));
  }

  private static Object dims(String name, List<Dim> a, long b) {
    Type vector = Type.tensor(DataType.INT64, Shape.of(a.size()));
    Type scalar = Type.tensor(DataType.INT64, Shape.SCALAR);
    Object dims =
        OperatorRunner.of(name, 14)
            .inferDims(Arrays.asList(vector, scalar), Arrays.asList(a, List.of(Dim.of(b))))
            .outputDims(0);
    return dims == null ? "nothing" : dims;
  }

  @Test
  void modOfFloatsRoundsTheQuotientDownSinceVersion28() {
    Tensor a = vector(DataType.FLOAT, 5.5, -5.5, 5.5, -5.5, -0.0, 0, 4, -4, 1);
    Tensor b = vector(DataType.FLOAT, 3, 3, -3, -3, 2, -2, INF, INF, -INF);
    assertExact(
        OperatorRunner.of("Mod", 28).run(a, b), 2.5, 0.5, -0.5, -2.5, 0, -0.0, 4, INF, -INF);
    Tensor c = vector(DataType.DOUBLE, INF, 1, NAN, -6);
    Tensor d = vector(DataType.DOUBLE, 2, 0, -2, 4);
    assertExact(OperatorRunner.of("Mod", 28).run(c, d), NAN, NAN, NAN, 2);
    assertExact(OperatorRunner.of("Mod", 28).attribute("fmod", 1).run(c, d), NAN, NAN, NAN, -2);
    assertThrows(
        InvalidModel.class, () -> OperatorRunner.of("Mod", 28).attribute("fmod", 2).run(c, d));
  }
}
