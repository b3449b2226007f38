package org.sardonyx.operators.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Samples.assertClose;
import static org.sardonyx.operators.Samples.assertExact;
import static org.sardonyx.operators.Samples.random;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class MatMulTest {

  @ParameterizedTest
  @EnumSource(
      names = {"FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16", "INT32", "INT64", "UINT32", "UINT64"})
  void batchesOfEveryType(DataType type) {
    int[][][] cases = {
      {{2, 3}, {3, 4}},
      {{2, 2, 3}, {3, 4}},
      {{2, 3}, {5, 3, 4}},
      {{2, 1, 2, 3}, {4, 3, 2}},
      {{1, 2, 3}, {1, 3, 2}},
      {{2, 0}, {0, 4}},
      {{0, 2, 3}, {3, 4}},
      {{1, 1}, {1, 1}},
    };
    for (int[][] shapes : cases) {
      Tensor a = random(type, 1, shapes[0]);
      Tensor b = random(type, 2, shapes[1]);
      double tolerance = type == DataType.BFLOAT16 ? 4e-3 : type == DataType.FLOAT16 ? 1e-3 : 1e-6;
      assertClose(
          OperatorRunner.of("MatMul", 13).run(a, b),
          type.isInteger() ? 0 : tolerance,
          product(a, b));
    }
  }

  /** The definition, element by element. */
  private static double[] product(Tensor a, Tensor b) {
    int[] batch =
        Broadcast.shape(
            Arrays.copyOf(a.shape(), a.rank() - 2), Arrays.copyOf(b.shape(), b.rank() - 2));
    int m = a.dim(-2);
    int k = a.dim(-1);
    int n = b.dim(-1);
    int count = Arrays.stream(batch).reduce(1, (x, y) -> x * y);
    int[] aStrides = Broadcast.strides(Arrays.copyOf(a.shape(), a.rank() - 2), batch);
    int[] bStrides = Broadcast.strides(Arrays.copyOf(b.shape(), b.rank() - 2), batch);
    double[] y = new double[count * m * n];
    for (int i = 0; i < y.length; i++) {
      int rest = i / (m * n);
      int ao = 0;
      int bo = 0;
      for (int d = batch.length - 1; d >= 0; d--) {
        ao += rest % batch[d] * aStrides[d];
        bo += rest % batch[d] * bStrides[d];
        rest /= batch[d];
      }
      for (int p = 0; p < k; p++) {
        y[i] +=
            a.getDouble(ao * m * k + i / n % m * k + p) * b.getDouble(bo * k * n + p * n + i % n);
      }
    }
    return y;
  }

  @Test
  void vectors() {
    Tensor v = Tensor.of(new float[] {1, 2}, 2);
    Tensor m = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    Tensor row = OperatorRunner.of("MatMul", 9).run(v, m);
    assertExact(row, 9, 12, 15);
    assertArrayEquals(new int[] {3}, row.shape());
    Tensor w = Tensor.of(new float[] {1, 0, 2}, 3);
    assertExact(OperatorRunner.of("MatMul", 9).run(m, w), 7, 16);
    Tensor dot = OperatorRunner.of("MatMul", 9).run(w, w);
    assertExact(dot, 5);
    assertEquals(0, dot.rank());
    Tensor batch = OperatorRunner.of("MatMul", 9).run(random(DataType.FLOAT, 1, 4, 2, 3), w);
    assertArrayEquals(new int[] {4, 2}, batch.shape());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Tensor a = random(DataType.FLOAT, 1, 2, 3);
    assertThrows(OperatorFailed.class, () -> OperatorRunner.of("MatMul", 13).run(a, a));
    Type type = Type.tensor(DataType.FLOAT, Shape.of(2, 3));
    assertThrows(InvalidModel.class, () -> OperatorRunner.of("MatMul", 13).infer(type, type));
  }

  @Test
  void shapesWithNames() {
    Type a =
        Type.tensor(DataType.FLOAT, Shape.of(Dim.named("n"), Dim.of(1), Dim.named("t"), Dim.of(8)));
    Type b = Type.tensor(DataType.FLOAT, Shape.of(Dim.of(4), Dim.of(8), Dim.named("u")));
    assertEquals(
        Shape.of(Dim.named("n"), Dim.of(4), Dim.named("t"), Dim.named("u")),
        OperatorRunner.of("MatMul", 13).infer(a, b).outputShape(0));
  }

  /** One row gives the same bits alone as among others. */
  @Test
  void rowsDoNotDependOnTheirBatch() {
    Tensor a = random(DataType.FLOAT, 1, 37, 600);
    Tensor b = random(DataType.FLOAT, 2, 600, 45);
    float[] all = OperatorRunner.of("MatMul", 13).run(a, b).floats();
    for (int i = 0; i < 37; i++) {
      Tensor row = Tensor.of(Arrays.copyOfRange(a.floats(), i * 600, (i + 1) * 600), 1, 600);
      assertArrayEquals(
          Arrays.copyOfRange(all, i * 45, (i + 1) * 45),
          OperatorRunner.of("MatMul", 13).run(row, b).floats());
    }
  }
}
