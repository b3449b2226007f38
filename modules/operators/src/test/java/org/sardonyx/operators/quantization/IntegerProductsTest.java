package org.sardonyx.operators.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class IntegerProductsTest {

  private static final long SEED = Long.getLong("seed", 20261123L);

  @Test
  void extremesOverLongRowsAreExact() {
    // 100000 products of 255 by 255 overflow 2^31 and wrap.
    int k = 100000;
    byte[] ones = new byte[k];
    java.util.Arrays.fill(ones, (byte) 255);
    Tensor a = Tensor.of(DataType.UINT8, ones, 1, k);
    Tensor y = OperatorRunner.of("MatMulInteger", 10).run(a, a.reshaped(k, 1));
    assertEquals((int) (255L * 255 * k), y.ints()[0]);
  }

  @Test
  void zeroPointsByRowAndByColumn() {
    Tensor a = Tensor.of(DataType.UINT8, new byte[] {10, 20, 30, 40}, 2, 2);
    Tensor b = Tensor.of(DataType.INT8, new byte[] {1, -1, 2, 3}, 2, 2);
    Tensor y =
        OperatorRunner.of("MatMulInteger", 10)
            .run(
                a,
                b,
                Tensor.of(DataType.UINT8, new byte[] {10, 30}, 2),
                Tensor.of(DataType.INT8, new byte[] {1, 3}, 2));
    // rows [0 10], [0 10]; columns [0 1], [-4 0]
    assertArrayEquals(new int[] {10, 0, 10, 0}, y.ints());
  }

  @Test
  void matrixProductsAgreeWithTheFormula() {
    for (int i = 0; i < 60; i++) {
      long seed = SEED + i;
      try {
        compareProducts(new Random(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dseed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static void compareProducts(Random random) {
    int batch = 1 + random.nextInt(3);
    int m = 1 + random.nextInt(6);
    int n = 1 + random.nextInt(30);
    int k = 1 + random.nextInt(600);
    boolean shared = random.nextBoolean();
    Tensor a = bytes(random, batch, m, k);
    Tensor b = shared ? bytes(random, k, n) : bytes(random, batch, k, n);
    Tensor aZero = random.nextBoolean() ? like(a, random) : like(a, random, batch, m, 1);
    Tensor bZero = random.nextBoolean() || !shared ? like(b, random) : like(b, random, n);
    int[] expected = new int[batch * m * n];
    for (int i = 0; i < expected.length; i++) {
      int matrix = i / (m * n);
      int row = i / n;
      for (int p = 0; p < k; p++) {
        long left = a.getLong(row * k + p) - aZero.getLong(aZero.size() == 1 ? 0 : row);
        long right =
            b.getLong(((shared ? 0 : matrix) * k + p) * n + i % n)
                - bZero.getLong(bZero.size() == 1 ? 0 : i % n);
        expected[i] += (int) (left * right);
      }
    }
    Tensor y = OperatorRunner.of("MatMulInteger", 10).run(a, b, aZero, bZero);
    assertTrue(y.hasShape(batch, m, n));
    assertArrayEquals(expected, y.ints());
  }

  @Test
  void convolutionsAgreeWithTheFormula() {
    for (int i = 0; i < 80; i++) {
      long seed = SEED + i;
      try {
        compareConvolutions(new Random(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dseed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static void compareConvolutions(Random random) {
    int group = 1 + random.nextInt(2);
    int depth = random.nextInt(3) == 0 ? 80 : 1 + random.nextInt(3);
    int features = group * (1 + random.nextInt(4));
    int kernel = 1 + random.nextInt(4);
    int stride = 1 + random.nextInt(2);
    int begin = random.nextInt(3);
    int in = 6 + random.nextInt(20);
    Tensor x = bytes(random, 2, group * depth, in);
    Tensor w = bytes(random, features, depth, kernel);
    Tensor xZero = like(x, random);
    Tensor wZero = random.nextBoolean() ? like(w, random) : like(w, random, features);
    int out = (in + begin - kernel) / stride + 1;
    int[] expected = new int[2 * features * out];
    for (int i = 0; i < expected.length; i++) {
      int m = i / out % features;
      for (int c = 0; c < depth; c++) {
        int channel = i / out / features * group * depth + m / (features / group) * depth + c;
        for (int t = 0; t < kernel; t++) {
          int at = i % out * stride + t - begin;
          long v = at < 0 || at >= in ? 0 : x.getLong(channel * in + at) - xZero.getLong(0);
          long u =
              w.getLong((m * depth + c) * kernel + t) - wZero.getLong(wZero.size() == 1 ? 0 : m);
          expected[i] += (int) (v * u);
        }
      }
    }
    Tensor y =
        OperatorRunner.of("ConvInteger", 10)
            .attribute("group", group)
            .ints("strides", stride)
            .ints("pads", begin, 0)
            .run(x, w, xZero, wZero);
    assertArrayEquals(expected, y.ints());
  }

  @Test
  void quantizedConvolutionRoundsTheScaledSum() {
    Tensor x = Tensor.of(DataType.UINT8, new byte[] {3, 5, 7}, 1, 1, 3);
    Tensor w = Tensor.of(DataType.INT8, new byte[] {1, -2}, 2, 1, 1);
    Tensor y =
        OperatorRunner.of("QLinearConv", 10)
            .run(
                x,
                Tensor.scalar(0.5f),
                Tensor.of(DataType.UINT8, new byte[] {2}),
                w,
                Tensor.of(new float[] {1, 2}, 2),
                Tensor.of(DataType.INT8, new byte[] {0, 0}, 2),
                Tensor.scalar(1f),
                Tensor.of(DataType.UINT8, new byte[] {10}),
                Tensor.of(new int[] {0, 4}, 2));
    // sums [1 3 5] * 0.5 = 0.5 1.5 2.5; ([-2 -6 -10] + 4) * 1 = 2 -2 -6
    assertArrayEquals(new long[] {10, 12, 12, 12, 8, 4}, y.toLongs());
  }

  @Test
  void quantizedMatrixProduct() {
    Tensor a = Tensor.of(DataType.UINT8, new byte[] {4, 6}, 1, 2);
    Tensor b = Tensor.of(DataType.UINT8, new byte[] {3, 1, 1, 2}, 2, 2);
    OperatorRunner runner = OperatorRunner.of("QLinearMatMul", 21);
    Tensor zero = Tensor.of(DataType.UINT8, new byte[] {2});
    Tensor y =
        runner.run(
            a,
            Tensor.scalar(0.5f),
            zero,
            b,
            Tensor.scalar(1f),
            Tensor.of(DataType.UINT8, new byte[] {0}),
            Tensor.scalar(2f),
            Tensor.of(DataType.INT8, new byte[] {1}));
    // [2 4] * [3 1; 1 2] = [10 10]; 10 * 0.25 = 2.5
    assertArrayEquals(new long[] {3, 3}, y.toLongs());
  }

  @Test
  void smallFloatsAreMultipliedToo() {
    Tensor a = Tensor.zeros(DataType.FLOAT8E4M3FN, 1, 2);
    a.setDouble(0, 1.5);
    a.setDouble(1, 2);
    Tensor zero = Tensor.zeros(DataType.FLOAT8E4M3FN);
    Tensor y =
        OperatorRunner.of("QLinearMatMul", 21)
            .run(
                a,
                Tensor.scalar(2f),
                zero,
                a.reshaped(2, 1),
                Tensor.scalar(1f),
                zero,
                Tensor.scalar(1f),
                zero);
    // 6.25 * 2 = 12.5, which lies between 12 and 13.
    assertEquals(12, y.getDouble(0));
  }

  @Test
  void refusesZeroPointsThatDoNotFit() {
    Tensor a = Tensor.zeros(DataType.UINT8, 2, 3);
    Tensor b = Tensor.zeros(DataType.UINT8, 3, 4);
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("MatMulInteger", 10).run(a, b, Tensor.zeros(DataType.UINT8, 5)));
    assertThrows(OperatorFailed.class, () -> OperatorRunner.of("MatMulInteger", 10).run(a, a));
  }

  private static Tensor bytes(Random random, int... shape) {
    Tensor x = Tensor.zeros(random.nextBoolean() ? DataType.INT8 : DataType.UINT8, shape);
    random.nextBytes(x.bytes());
    return x;
  }

  private static Tensor like(Tensor x, Random random, int... shape) {
    Tensor zero = Tensor.zeros(x.dataType(), shape);
    random.nextBytes(zero.bytes());
    return zero;
  }
}
