package org.sardonyx.operators.math;

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

class ClipTest {

  private static final double INF = Double.POSITIVE_INFINITY;

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
    Tensor x = vector(type, 0, 1, 2, 3, 100);
    Tensor low = tensor(type, shape(), 1);
    Tensor high = tensor(type, shape(), 3);
    assertExact(OperatorRunner.of("Clip", 13).run(x, low, high), 1, 1, 2, 3, 3);
    assertExact(OperatorRunner.of("Clip", 13).run(x, low), 1, 1, 2, 3, 100);
    assertExact(OperatorRunner.of("Clip", 13).run(x, null, high), 0, 1, 2, 3, 3);
    assertExact(OperatorRunner.of("Clip", 13).run(x), 0, 1, 2, 3, 100);
    // All becomes the high bound where the low one is above it.
    assertExact(OperatorRunner.of("Clip", 13).run(x, high, low), 1, 1, 1, 1, 1);
  }

  @Test
  void boundsAsAttributes() {
    Tensor x = vector(DataType.FLOAT, -5, 0, 5, INF, -INF, Double.NaN);
    assertExact(
        OperatorRunner.of("Clip", 6).attribute("min", -1f).attribute("max", 1f).run(x),
        -1,
        0,
        1,
        1,
        -1,
        Double.NaN);
    float most = Float.MAX_VALUE;
    assertExact(OperatorRunner.of("Clip", 6).run(x), -5, 0, 5, most, -most, Double.NaN);
    assertExact(OperatorRunner.of("Clip", 6).run(vector(DataType.DOUBLE, 1e300)), 1e300);
    assertExact(
        OperatorRunner.of("Clip", 1).attribute("max", 1f).run(vector(DataType.FLOAT, -INF, 2)),
        -INF,
        1);
  }

  @Test
  void unsignedValuesAreNotNegative() {
    Tensor x = Tensor.of(DataType.UINT64, new long[] {-1, 5}, 2);
    assertExact(
        OperatorRunner.of("Clip", 13).run(x, null, tensor(DataType.UINT64, shape(), 7)), 7, 5);
    assertExact(
        OperatorRunner.of("Clip", 13).run(x, tensor(DataType.UINT64, shape(), 7)), 0x1p64, 7);
  }

  @Test
  void aBoundIsOneNumber() {
    Tensor x = vector(DataType.FLOAT, 1, 2);
    assertThrows(OperatorFailed.class, () -> OperatorRunner.of("Clip", 13).run(x, x));
  }
}
