package org.sardonyx.operators.logic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class WhereTest {

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
        "UINT64",
        "BOOL"
      })
  void everyType(DataType type) {
    Tensor condition = vector(DataType.BOOL, 1, 1, 0, 1);
    Tensor x = vector(type, 1, 0, 1, 1);
    Tensor y = vector(type, 0, 1, 0, 0);
    assertExact(OperatorRunner.of("Where", 16).run(condition, x, y), 1, 0, 0, 1);
    assertExact(
        OperatorRunner.of("Where", 16).run(condition, tensor(type, shape(), 1), y), 1, 1, 0, 1);
    assertExact(
        OperatorRunner.of("Where", 16).run(condition, x, tensor(type, shape(1), 1)), 1, 0, 1, 1);
    assertExact(OperatorRunner.of("Where", 16).run(Tensor.scalar(false), x, y), 0, 1, 0, 0);
    assertExact(
        OperatorRunner.of("Where", 16)
            .run(
                tensor(DataType.BOOL, shape(2, 1), 1, 0),
                tensor(type, shape(2), 1, 0),
                tensor(type, shape(1), 1)),
        1,
        0,
        1,
        1);
  }

  @Test
  void textAndComplexNumbers() {
    Tensor condition = vector(DataType.BOOL, 1, 0, 0);
    Tensor words =
        OperatorRunner.of("Where", 9)
            .run(
                condition,
                Tensor.of(new String[] {"a", "b", "c"}, 3),
                Tensor.of(new String[] {"z"}));
    assertArrayEquals(new String[] {"a", "z", "z"}, words.strings());
    Tensor x = Tensor.of(DataType.COMPLEX64, new float[] {1, 2, 3, 4, 5, 6}, 3);
    Tensor y = Tensor.of(DataType.COMPLEX64, new float[] {8, 9}, 1);
    assertArrayEquals(
        new float[] {1, 2, 8, 9, 8, 9},
        OperatorRunner.of("Where", 9).run(condition, x, y).floats());
  }

  @Test
  void inThreeDirections() {
    Tensor condition = random(DataType.BOOL, 1, 2, 1, 1);
    Tensor x = random(DataType.FLOAT, 2, 3, 1);
    Tensor y = random(DataType.FLOAT, 3, 1, 4);
    Tensor z = OperatorRunner.of("Where", 16).run(condition, x, y);
    for (int i = 0; i < 24; i++) {
      float expected = condition.getBoolean(i / 12) ? x.floats()[i / 4 % 3] : y.floats()[i % 4];
      assertEquals(expected, z.floats()[i]);
    }
  }

  @Test
  void shapesInTheMaking() {
    Type truth = Type.tensor(DataType.BOOL, Shape.of(3));
    Type sizes = Type.tensor(DataType.INT64, Shape.of(3));
    Type one = Type.tensor(DataType.INT64, Shape.of(1));
    Dim n = Dim.named("n");
    assertEquals(
        List.of(Dim.of(1), n, Dim.UNKNOWN),
        OperatorRunner.of("Where", 16)
            .inferDims(
                Arrays.asList(truth, one, sizes),
                Arrays.asList(
                    List.of(Dim.of(1), Dim.of(0), Dim.UNKNOWN),
                    List.of(Dim.of(1)),
                    List.of(Dim.of(7), n, n)))
            .outputDims(0));
  }
}
