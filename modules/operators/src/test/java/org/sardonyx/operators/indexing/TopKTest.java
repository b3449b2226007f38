package org.sardonyx.operators.indexing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Tensors.same;
import static org.sardonyx.operators.Tensors.shape;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Tensors;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

class TopKTest {

  @Test
  void tiesTakeTheSmallerIndex() {
    Tensor x = Tensors.floats(shape(2, 4), 1, 3, 3, 2, -1, -0.0f, 0, -2);
    List<Value> y = OperatorRunner.of("TopK", 11).outputs(2).runAll(x, Tensor.vector(2));
    same(Tensors.floats(shape(2, 2), 3, 3, -0.0f, 0), (Tensor) y.get(0));
    same(Tensors.longs(shape(2, 2), 1, 2, 1, 2), (Tensor) y.get(1));
    y =
        OperatorRunner.of("TopK", 11)
            .attribute("largest", 0)
            .attribute("axis", 0)
            .outputs(2)
            .runAll(x, Tensor.vector(1));
    same(Tensors.floats(shape(1, 4), -1, -0.0f, 0, -2), (Tensor) y.get(0));
    same(Tensors.longs(shape(1, 4), 1, 1, 1, 1), (Tensor) y.get(1));
  }

  @Test
  void againstSorting() {
    SplittableRandom random = new SplittableRandom(Long.getLong("seed", 7));
    for (DataType type :
        new DataType[] {
          DataType.FLOAT,
          DataType.DOUBLE,
          DataType.INT64,
          DataType.UINT64,
          DataType.INT8,
          DataType.UINT8,
          DataType.FLOAT16
        }) {
      int n = 37;
      Tensor x = Tensor.zeros(type, n);
      for (int i = 0; i < n; i++) {
        if (type.isFloat()) {
          x.setDouble(i, random.nextInt(-9, 9));
        } else {
          x.setLong(i, random.nextLong());
        }
      }
      List<Integer> order = new ArrayList<>(IntStream.range(0, n).boxed().toList());
      order.sort(
          Comparator.comparing(i ->
              type == DataType.UINT64
                  ? new BigDecimal(Long.toUnsignedString(x.getLong(i))).negate()
                  : new BigDecimal(type.isFloat() ? x.getDouble(i) : 0)
                      .add(new BigDecimal(type.isFloat() ? 0 : x.getLong(i)))
                      .negate()));
      for (int k : new int[] {0, 1, 5, 36, 37}) {
        List<Value> y = OperatorRunner.of("TopK", 11).outputs(2).runAll(x, Tensor.vector(k));
        long[] indices = ((Tensor) y.get(1)).longs();
        for (int i = 0; i < k; i++) {
          assertEquals((long) order.get(i), indices[i], type + " " + k);
        }
      }
    }
  }

  @Test
  void oldVersionNanAndErrors() {
    Tensor x = Tensors.floats(shape(3), 1, Float.NaN, 2);
    List<Value> y = OperatorRunner.of("TopK", 1).attribute("k", 2).outputs(2).runAll(x);
    same(Tensors.longs(shape(2), 1, 2), (Tensor) y.get(1));
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("TopK", 11).outputs(2).runAll(x, Tensor.vector(4)));
  }

  @Test
  void ofManyFloatsAgainstSorting() {
    SplittableRandom random = new SplittableRandom(Long.getLong("seed", 8));
    for (int n : new int[] {256, 300, 1000, 1537}) {
      for (int different : new int[] {2, 40, 100000}) {
        float[] x = new float[3 * n];
        for (int i = 0; i < x.length; i++) {
          x[i] = (random.nextInt(different) - different / 2) / 4f;
          x[i] = different == 40 && random.nextInt(50) == 0 ? Float.NaN : x[i];
          x[i] = different == 40 && random.nextInt(50) == 0 ? Float.NEGATIVE_INFINITY : x[i];
          x[i] = x[i] == 0 && random.nextBoolean() ? -0f : x[i];
        }
        for (int k : new int[] {1, 7, 32, 33, n / 4, n / 4 + 1}) {
          for (int largest = 0; largest < 2; largest++) {
            List<Value> y =
                OperatorRunner.of("TopK", 11)
                    .attribute("largest", largest)
                    .outputs(2)
                    .runAll(Tensor.of(x, 3, n), Tensor.vector(k));
            Comparator<Integer> order = Comparator.comparing(i -> x[i] + 0f);
            for (int row = 0; row < 3; row++) {
              int from = row * n;
              List<Integer> all = new ArrayList<>(IntStream.range(from, from + n).boxed().toList());
              all.sort(largest == 1 ? order.reversed() : order);
              for (int j = 0; j < k; j++) {
                int expected = all.get(j);
                assertEquals(expected - from, ((Tensor) y.get(1)).longs()[row * k + j]);
                assertEquals(x[expected], ((Tensor) y.get(0)).floats()[row * k + j]);
              }
            }
          }
        }
      }
    }
  }
}
