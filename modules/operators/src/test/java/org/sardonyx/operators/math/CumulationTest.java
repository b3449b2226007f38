package org.sardonyx.operators.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Samples.assertExact;
import static org.sardonyx.operators.Samples.shape;
import static org.sardonyx.operators.Samples.tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class CumulationTest {

  @ParameterizedTest
  @EnumSource(
      names = {"FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16", "INT32", "INT64", "UINT32", "UINT64"})
  void everyTypeAndWay(DataType type) {
    Tensor x = tensor(type, shape(2, 3), 1, 2, 3, 4, 5, 6);
    Tensor last = Tensor.scalar(-1L);
    Tensor first = Tensor.of(new int[] {0});
    assertExact(OperatorRunner.of("CumSum", 14).run(x, last), 1, 3, 6, 4, 9, 15);
    assertExact(OperatorRunner.of("CumSum", 14).run(x, first), 1, 2, 3, 5, 7, 9);
    assertExact(
        OperatorRunner.of("CumSum", 14).attribute("exclusive", 1).run(x, last), 0, 1, 3, 0, 4, 9);
    assertExact(
        OperatorRunner.of("CumSum", 14).attribute("reverse", 1).run(x, last), 6, 5, 3, 15, 11, 6);
    assertExact(
        OperatorRunner.of("CumSum", 14)
            .attribute("reverse", 1)
            .attribute("exclusive", 1)
            .run(x, last),
        5,
        3,
        0,
        11,
        6,
        0);
    assertExact(OperatorRunner.of("CumProd", 26).run(x, last), 1, 2, 6, 4, 20, 120);
    assertExact(
        OperatorRunner.of("CumProd", 26).attribute("exclusive", 1).run(x, first), 1, 1, 1, 1, 2, 3);
  }

  @Test
  void edges() {
    assertEquals(
        0,
        OperatorRunner.of("CumSum", 14)
            .run(Tensor.zeros(DataType.FLOAT, 0, 2), Tensor.scalar(0L))
            .size());
    Tensor x = tensor(DataType.FLOAT, shape(2), 1, 2);
    assertThrows(
        OperatorFailed.class, () -> OperatorRunner.of("CumSum", 14).run(x, Tensor.scalar(1L)));
    assertThrows(
        OperatorFailed.class, () -> OperatorRunner.of("CumSum", 14).run(x, Tensor.vector(0, 0)));
  }

  /** Rows go as one, and one by one where they are short. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "BFLOAT16"})
  void rowsAreAsTheSameInDouble(DataType type) {
    for (int inner : new int[] {2, 8, 37}) {
      double[] x = new double[2 * 4 * inner];
      for (int i = 0; i < x.length; i++) {
        x[i] = i % 7 - 3;
      }
      for (String name : new String[] {"CumSum", "CumProd"}) {
        for (int way = 0; way < 4; way++) {
          OperatorRunner runner =
              OperatorRunner.of(name, 26)
                  .attribute("exclusive", way & 1)
                  .attribute("reverse", way >> 1);
          Tensor axis = Tensor.scalar(1L);
          double[] expected = runner.run(Tensor.of(x, 2, 4, inner), axis).doubles();
          assertExact(runner.run(tensor(type, shape(2, 4, inner), x), axis), expected);
        }
      }
    }
  }
}
