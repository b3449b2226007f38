package org.sardonyx.operators.math;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Samples.assertClose;
import static org.sardonyx.operators.Samples.assertExact;
import static org.sardonyx.operators.Samples.random;
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

class GemmTest {

  @ParameterizedTest
  @EnumSource(
      names = {"FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16", "INT32", "INT64", "UINT32", "UINT64"})
  void transposedOrNot(DataType type) {
    int m = 3;
    int n = 4;
    int k = 5;
    Tensor c = random(type, 3, 1, n);
    for (int transA = 0; transA < 2; transA++) {
      for (int transB = 0; transB < 2; transB++) {
        Tensor a = transA == 0 ? random(type, 1, m, k) : random(type, 1, k, m);
        Tensor b = transB == 0 ? random(type, 2, k, n) : random(type, 2, n, k);
        double[] expected = new double[m * n];
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int p = 0; p < k; p++) {
              sum +=
                  a.getDouble(transA == 0 ? i * k + p : p * m + i)
                      * b.getDouble(transB == 0 ? p * n + j : j * k + p);
            }
            expected[i * n + j] = 2 * sum + 3 * c.getDouble(j);
          }
        }
        Tensor y =
            OperatorRunner.of("Gemm", 13)
                .attribute("alpha", 2f)
                .attribute("beta", 3f)
                .attribute("transA", transA)
                .attribute("transB", transB)
                .run(a, b, c);
        assertClose(y, type.isInteger() ? 0 : type == DataType.BFLOAT16 ? 4e-3 : 6e-4, expected);
      }
    }
  }

  @Test
  void whatIsAdded() {
    Tensor a = tensor(DataType.FLOAT, shape(2, 1), 1, 2);
    Tensor b = tensor(DataType.FLOAT, shape(1, 2), 1, 10);
    assertExact(OperatorRunner.of("Gemm", 11).run(a, b), 1, 10, 2, 20);
    assertExact(
        OperatorRunner.of("Gemm", 11).run(a, b, tensor(DataType.FLOAT, shape(), 5)), 6, 15, 7, 25);
    assertExact(
        OperatorRunner.of("Gemm", 11).run(a, b, tensor(DataType.FLOAT, shape(2, 1), 5, 6)),
        6,
        15,
        8,
        26);
    // A factor of zero leaves out even what is not a number.
    assertExact(
        OperatorRunner.of("Gemm", 11)
            .attribute("beta", 0f)
            .run(a, b, vector(DataType.FLOAT, Double.NaN)),
        1,
        10,
        2,
        20);
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("Gemm", 11).run(a, b, tensor(DataType.FLOAT, shape(3), 1, 2, 3)));
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("Gemm", 11).run(a, b, random(DataType.FLOAT, 1, 1, 2, 2)));
  }

  @Test
  void beforeVersion7OnlyWithTheAttribute() {
    Tensor a = tensor(DataType.FLOAT, shape(2, 1), 1, 2);
    Tensor b = tensor(DataType.FLOAT, shape(1, 2), 1, 10);
    Tensor c = vector(DataType.FLOAT, 1, 2);
    assertExact(OperatorRunner.of("Gemm", 6).attribute("broadcast", 1).run(a, b, c), 2, 12, 3, 22);
    assertThrows(OperatorFailed.class, () -> OperatorRunner.of("Gemm", 1).run(a, b, c));
  }

  @Test
  void factorsOfIntegersThatAreNone() {
    Tensor a = tensor(DataType.INT32, shape(1, 1), 3);
    Tensor b = tensor(DataType.INT32, shape(1, 1), 3);
    assertExact(OperatorRunner.of("Gemm", 11).attribute("alpha", 0.5f).run(a, b), 4);
  }
}
