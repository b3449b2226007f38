package org.sardonyx.operators.reduction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Samples.assertExact;
import static org.sardonyx.operators.Samples.shape;
import static org.sardonyx.operators.Samples.tensor;
import static org.sardonyx.operators.Samples.vector;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class ArgTest {

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
  void everyType(DataType type) {
    Tensor x = tensor(type, shape(2, 3), 3, 1, 3, 2, 2, 5);
    assertExact(OperatorRunner.of("ArgMax", 13).attribute("axis", 1).run(x), 0, 2);
    assertExact(
        OperatorRunner.of("ArgMax", 13)
            .attribute("axis", -1)
            .attribute("select_last_index", 1)
            .run(x),
        2,
        2);
    assertExact(OperatorRunner.of("ArgMin", 13).attribute("axis", 1).run(x), 1, 0);
    assertExact(
        OperatorRunner.of("ArgMin", 13)
            .attribute("axis", 1)
            .attribute("select_last_index", 1)
            .run(x),
        1,
        1);
    Tensor columns = OperatorRunner.of("ArgMax", 13).attribute("keepdims", 0).run(x);
    assertExact(columns, 0, 1, 1);
    assertArrayEquals(shape(3), columns.shape());
  }

  @Test
  void notANumberIsBoth() {
    Tensor x = vector(DataType.FLOAT, 1, Double.NaN, 9, Double.NaN, -1);
    assertExact(OperatorRunner.of("ArgMax", 13).run(x), 1);
    assertExact(OperatorRunner.of("ArgMin", 13).run(x), 1);
    assertExact(OperatorRunner.of("ArgMax", 13).attribute("select_last_index", 1).run(x), 3);
  }

  @Test
  void edges() {
    Tensor u = Tensor.of(DataType.UINT64, new long[] {1, -1, 2}, 3);
    assertExact(OperatorRunner.of("ArgMax", 13).run(u), 1);
    assertExact(OperatorRunner.of("ArgMin", 13).run(u), 0);
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("ArgMax", 13).run(Tensor.zeros(DataType.FLOAT, 0, 2)));
    assertEquals(
        0,
        OperatorRunner.of("ArgMax", 13)
            .attribute("axis", 1)
            .run(Tensor.zeros(DataType.FLOAT, 0, 2))
            .size());
    assertExact(OperatorRunner.of("ArgMax", 13).run(tensor(DataType.FLOAT, shape(1), -0.0)), 0);
  }
}
