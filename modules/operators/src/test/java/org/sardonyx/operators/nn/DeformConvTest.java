package org.sardonyx.operators.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class DeformConvTest {

  @Test
  void withoutOffsetsItIsAConvolution() {
    Random random = new Random(Long.getLong("seed", 20261123L));
    Tensor x = Samples.normal(random, DataType.FLOAT, 2, 4, 5, 6);
    Tensor w = Samples.normal(random, DataType.FLOAT, 6, 2, 2, 3);
    Tensor offset = Tensor.zeros(DataType.FLOAT, 2, 12, 4, 6);
    Tensor y =
        OperatorRunner.of("DeformConv", 19)
            .attribute("group", 2)
            .ints("pads", 0, 1, 0, 1)
            .run(x, w, offset);
    Tensor expected =
        OperatorRunner.of("Conv", 11).attribute("group", 2).ints("pads", 0, 1, 0, 1).run(x, w);
    Samples.near(expected.toDoubles(), y, 1e-5);
  }

  @Test
  void readsBetweenElementsAndZerosOutside() {
    Tensor x = Tensor.of(new float[] {1, 2, 4}, 1, 1, 3);
    Tensor w = Tensor.of(new float[] {1}, 1, 1, 1);
    Tensor offset = Tensor.of(new float[] {0.5f, 5, 0.25f}, 1, 1, 3);
    Tensor y = OperatorRunner.of("DeformConv", 19).run(x, w, offset);
    assertArrayEquals(new float[] {1.5f, 0, 3}, y.floats());
    Tensor mask = Tensor.of(new float[] {2, 1, 0.5f}, 1, 1, 3);
    Tensor masked =
        OperatorRunner.of("DeformConv", 22).run(x, w, offset, Tensor.of(new float[] {10}, 1), mask);
    assertArrayEquals(new float[] {13, 10, 11.5f}, masked.floats());
  }

  @Test
  void refusesOffsetsOfAnotherShape() {
    assertThrows(
        OperatorFailed.class,
        () ->
            OperatorRunner.of("DeformConv", 19)
                .run(
                    Tensor.zeros(DataType.FLOAT, 1, 1, 3),
                    Tensor.zeros(DataType.FLOAT, 1, 1, 1),
                    Tensor.zeros(DataType.FLOAT, 1, 2, 3)));
  }
}
