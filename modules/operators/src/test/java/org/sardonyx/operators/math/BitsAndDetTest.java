package org.sardonyx.operators.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Samples.assertClose;
import static org.sardonyx.operators.Samples.assertExact;
import static org.sardonyx.operators.Samples.shape;
import static org.sardonyx.operators.Samples.tensor;
import static org.sardonyx.operators.Samples.vector;

import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class BitsAndDetTest {

  @Test
  void bitwise() {
    Tensor a = vector(DataType.UINT8, 12, 10, 255);
    Tensor b = vector(DataType.UINT8, 10);
    assertExact(OperatorRunner.of("BitwiseAnd", 18).run(a, b), 8, 10, 10);
    assertExact(OperatorRunner.of("BitwiseOr", 18).run(a, b), 14, 10, 255);
    assertExact(OperatorRunner.of("BitwiseXor", 18).run(a, b), 6, 0, 245);
    assertExact(
        OperatorRunner.of("BitwiseXor", 18)
            .run(vector(DataType.INT64, -1), vector(DataType.INT64, 1)),
        -2);
  }

  @Test
  void shifts() {
    Tensor x = vector(DataType.UINT8, 16, 129, 1, 1);
    Tensor by = vector(DataType.UINT8, 1, 1, 7, 8);
    assertExact(
        OperatorRunner.of("BitShift", 11).attribute("direction", "LEFT").run(x, by), 32, 2, 128, 0);
    assertExact(
        OperatorRunner.of("BitShift", 11).attribute("direction", "RIGHT").run(x, by), 8, 64, 0, 0);
    Tensor wide = Tensor.of(DataType.UINT64, new long[] {-1}, 1);
    assertExact(
        OperatorRunner.of("BitShift", 11)
            .attribute("direction", "RIGHT")
            .run(wide, vector(DataType.UINT64, 63)),
        1);
    assertExact(
        OperatorRunner.of("BitShift", 11)
            .attribute("direction", "RIGHT")
            .run(wide, vector(DataType.UINT64, 64)),
        0);
    assertThrows(
        InvalidModel.class,
        () -> OperatorRunner.of("BitShift", 11).attribute("direction", "UP").run(x, by));
  }

  @Test
  void signedShiftsCopyTheSignSinceVersion28() {
    Tensor x = vector(DataType.INT8, -16, 64, -1, -128, 127, 5);
    Tensor by = vector(DataType.INT8, 2, 1, 8, 7, -1, 9);
    OperatorRunner right = OperatorRunner.of("BitShift", 28).attribute("direction", "RIGHT");
    assertExact(right.run(x, by), -4, 32, -1, -1, 0, 0);
    OperatorRunner left = OperatorRunner.of("BitShift", 28).attribute("direction", "LEFT");
    assertExact(left.run(x, by), -64, -128, 0, 0, 0, 0);
    Tensor wide = Tensor.of(DataType.INT64, new long[] {Long.MIN_VALUE, -1}, 2);
    assertExact(right.run(wide, vector(DataType.INT64, 63, 64)), -1, -1);
  }

  @Test
  void determinants() {
    Tensor x = tensor(DataType.DOUBLE, shape(3, 2, 2), 1, 2, 3, 4, 0, 1, 1, 0, 2, 4, 1, 2);
    Tensor y = OperatorRunner.of("Det", 22).run(x);
    assertClose(y, 1e-14, -2, -1, 0);
    assertArrayEquals(shape(3), y.shape());
    assertExact(OperatorRunner.of("Det", 11).run(Tensor.zeros(DataType.FLOAT, 0, 0)), 1);
    assertClose(
        OperatorRunner.of("Det", 11)
            .run(tensor(DataType.FLOAT, shape(3, 3), 2, 0, 1, 1, 3, 2, 1, 1, 1)),
        1e-6,
        0);
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("Det", 11).run(Tensor.zeros(DataType.FLOAT, 2, 3)));
  }
}
