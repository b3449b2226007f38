package org.sardonyx.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loops for C2 against the scalar ones, whose functions are right within 0.6 units. */
class PlainKernelsTest {

  private static final Kernels SCALAR = Kernels.scalar();
  private static final Kernels PLAIN = new PlainKernels(false);
  private static final Kernels COLD = new PlainKernels(true);

  /** The stated bounds, in units in the last place. */
  private static double bound(Unary f) {
    return switch (f) {
      case ABS, NEG, RELU, SQRT, RECIPROCAL, LOG -> 0;
      case EXP -> 1.5;
      case SIGMOID, SILU -> 3;
      case ERF -> 7;
      case TANH -> 4.5;
      case SOFTPLUS -> 3.5;
      case GELU -> 6.5;
      case GELU_TANH -> 3.5;
    };
  }

  /** Below the normal numbers few bits are left; of 1 / (1 + e) none, where e is infinite. */
  private static boolean isLost(Unary f, float x, float error) {
    return switch (f) {
      case SIGMOID -> Math.abs(error) <= Float.MIN_NORMAL;
      case SILU, GELU, GELU_TANH -> x < 0 && Math.abs(error) <= -x * Float.MIN_NORMAL;
      default -> false;
    };
  }

  private static void check(Unary f, float[] x) {
    float[] expected = new float[x.length];
    float[] actual = new float[x.length + 3];
    SCALAR.unary(f, x, 0, expected, 0, x.length);
    PLAIN.unary(f, x, 0, actual, 3, x.length);
    for (int i = 0; i < x.length; i++) {
      float found = actual[3 + i];
      if (Float.compare(expected[i], found) != 0) {
        double error = Math.abs((double) found - expected[i]) / Math.ulp(expected[i]);
        assertTrue(
            error <= bound(f) || isLost(f, x[i], found - expected[i]),
            f + "(" + x[i] + ") is " + found + ", not " + expected[i] + ": " + error);
      }
    }
    float[] here = x.clone();
    PLAIN.unary(f, here, 0, here, 0, x.length);
    assertArrayEquals(Arrays.copyOfRange(actual, 3, actual.length), here);
  }

  @ParameterizedTest
  @EnumSource
  void functionsOfEveryMagnitude(Unary f) {
    float[] x = new float[2 * (0x7f800000 / 30011 + 1) + 3];
    int filled = 0;
    for (int bits = 0; bits >= 0 && bits < 0x7f800000; bits += 30011) {
      x[filled++] = Float.intBitsToFloat(bits);
      x[filled++] = -Float.intBitsToFloat(bits);
    }
    x[filled++] = Float.POSITIVE_INFINITY;
    x[filled++] = Float.NEGATIVE_INFINITY;
    x[filled] = Float.NaN;
    check(f, x);
  }

  @ParameterizedTest
  @EnumSource
  void functionsWhereTheyAreUsed(Unary f) {
    SplittableRandom random = new SplittableRandom(1);
    float[] x = new float[1 << 17];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-12, 12);
    }
    check(f, x);
  }

  /** Whatever else is in its block, and whether by a loop or not. */
  @ParameterizedTest
  @EnumSource
  void anElementHasOneResult(Unary f) {
    SplittableRandom random = new SplittableRandom(7);
    float[] odd = {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, 3e38f, -3e38f, 67};
    for (int n : new int[] {1, 23, 24, 100, 1024, 1025, 5000}) {
      float[] x = new float[n];
      for (int i = 0; i < n; i++) {
        x[i] = random.nextInt(700) == 0 ? odd[random.nextInt(odd.length)] : fromNormal(random);
      }
      float[] expected = new float[n];
      float[] cold = new float[n];
      PLAIN.unary(f, x, 0, expected, 0, n);
      COLD.unary(f, x, 0, cold, 0, n);
      assertArrayEquals(expected, cold);
      for (int i = 0; i < n; i++) {
        float[] one = new float[1];
        PLAIN.unary(f, x, i, one, 0, 1);
        assertEquals(expected[i], one[0], 0, () -> f + " of " + n);
      }
    }
  }

  private static float fromNormal(SplittableRandom random) {
    return (float) random.nextGaussian(0, random.nextInt(8) == 0 ? 40 : 3);
  }

  @Test
  void sumsOfEveryLength() {
    SplittableRandom random = new SplittableRandom(2);
    for (int n = 0; n < 100; n++) {
      float[] x = randomFloats(random, n + 5);
      float[] y = randomFloats(random, n + 5);
      double sum = 0;
      double dot = 0;
      for (int i = 0; i < n; i++) {
        sum += x[5 + i];
        dot += (double) x[5 + i] * y[2 + i];
      }
      assertEquals(sum, PLAIN.sum(x, 5, n), 1e-7 * (n + 1));
      assertEquals(dot, PLAIN.dot(x, 5, y, 2, n), 1e-7 * (n + 1));
    }
  }

  @Test
  void softmaxOfEveryLength() {
    SplittableRandom random = new SplittableRandom(3);
    for (int n = 1; n < 70; n++) {
      float[] x = randomFloats(random, n + 2);
      x[2] = n > 1 ? Float.NEGATIVE_INFINITY : 1;
      float[] expected = new float[n];
      SCALAR.softmax(x, 2, expected, 0, n);
      float[] actual = new float[n];
      PLAIN.softmax(x, 2, actual, 0, n);
      for (int i = 0; i < n; i++) {
        assertEquals(expected[i], actual[i], 6e-7 * expected[i]);
      }
      PLAIN.softmax(x, 2, x, 2, n);
      assertArrayEquals(actual, Arrays.copyOfRange(x, 2, n + 2));
      x[1 + n] = Float.NaN;
      PLAIN.softmax(x, 2, x, 2, n);
      for (int i = 0; i < n; i++) {
        assertTrue(Float.isNaN(x[2 + i]));
      }
      Arrays.fill(x, Float.NEGATIVE_INFINITY);
      PLAIN.softmax(x, 2, x, 2, n);
      assertTrue(Float.isNaN(x[2]));
    }
  }

  @Test
  void softmaxOfLongRowsAndMasks() {
    SplittableRandom random = new SplittableRandom(8);
    float[] masks = {Float.NEGATIVE_INFINITY, -Float.MAX_VALUE, -1e9f, -105, -1e5f};
    for (int n : new int[] {17, 128, 320, 321, 700, 1024, 1025, 1536, 3000}) {
      int rows = 2 + 2500 / n;
      float[] x = randomFloats(random, n * rows);
      for (int i = 0; i < x.length; i++) {
        x[i] = i / n % 3 > 0 && i % n > 9 && i % 3 == 0 ? masks[i / n % 5] : 4 * x[i];
      }
      x[n * rows - 1] = random.nextBoolean() ? Float.NaN : Float.intBitsToFloat(-1);
      float[] expected = new float[x.length];
      float[] actual = new float[x.length];
      float[] cold = new float[x.length];
      SCALAR.softmax(x, 0, expected, 0, n, rows);
      PLAIN.softmax(x, 0, actual, 0, n, rows);
      COLD.softmax(x, 0, cold, 0, n, rows);
      assertArrayEquals(actual, cold);
      for (int i = 0; i < x.length; i++) {
        float most = 3e-6f * expected[i] + Float.MIN_VALUE;
        assertEquals(expected[i], actual[i], Float.isNaN(most) ? 0 : most);
      }
    }
  }

  @Test
  void productsOfEveryShapeAndLayout() {
    SplittableRandom random = new SplittableRandom(4);
    for (int round = 0; round < 150; round++) {
      int m = round % 10 == 3 ? 1 : 1 + random.nextInt(round % 10 == 0 ? 100 : 9);
      int n = 1 + random.nextInt(round % 5 == 1 ? 1200 : 150);
      int k = random.nextInt(round % 10 == 2 ? 300 : 20);
      float alpha = random.nextBoolean() ? 1 : 0.5f;
      boolean aTransposed = random.nextBoolean();
      boolean bTransposed = random.nextBoolean();
      float[] a = randomFloats(random, m * k + 3);
      float[] b = randomFloats(random, k * n + 2);
      int aRow = aTransposed ? 1 : k;
      int aColumn = aTransposed ? m : 1;
      int bRow = bTransposed ? 1 : n;
      int bColumn = bTransposed ? k : 1;
      int cRow = n + 3;
      float[] start = randomFloats(random, m * cRow + 4);
      float[] c = start.clone();
      PLAIN.gemm(m, n, k, alpha, a, 3, aRow, aColumn, b, 2, bRow, bColumn, c, 4, cRow);
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < cRow; j++) {
          int at = 4 + i * cRow + j;
          double sum = 0;
          for (int p = 0; p < k && j < n; p++) {
            sum += (double) a[3 + i * aRow + p * aColumn] * b[2 + p * bRow + j * bColumn];
          }
          assertEquals(start[at] + alpha * sum, c[at], j < n ? 2e-7 * (k + 4) : 0);
        }
      }
      PackedMatrix packed = PLAIN.pack(k, n, b, 2, bRow, bColumn);
      float[] again = start.clone();
      PLAIN.gemm(m, alpha, a, 3, aRow, aColumn, packed, again, 4, cRow);
      assertArrayEquals(c, again);
      // One row, and some of its columns, are the same bits.
      int i = random.nextInt(m);
      int j = random.nextInt(n);
      float[] part = Arrays.copyOfRange(start, 4 + i * cRow, 4 + (i + 1) * cRow);
      PLAIN.gemm(
          1,
          n - j,
          k,
          alpha,
          a,
          3 + i * aRow,
          aRow,
          aColumn,
          b,
          2 + j * bColumn,
          bRow,
          bColumn,
          part,
          j,
          cRow);
      assertArrayEquals(
          Arrays.copyOfRange(c, 4 + i * cRow + j, 4 + i * cRow + n),
          Arrays.copyOfRange(part, j, n));
    }
  }

  @Test
  void productsWithRowsFromAnywhere() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 40; round++) {
      int m = 1 + random.nextInt(40);
      int n = 1 + random.nextInt(600);
      int k = random.nextInt(30);
      float[] a = randomFloats(random, m * k);
      int lines = 1 + random.nextInt(3);
      float[] b = randomFloats(random, n + 100 + 2 * lines);
      int[] rows = new int[k];
      Arrays.setAll(rows, p -> random.nextInt(100));
      float[] bias = randomFloats(random, m + 1);
      float[] expected = new float[lines * m * n];
      float[] actual = new float[lines * m * n];
      Arrays.fill(actual, Float.NaN);
      int line = m * n;
      SCALAR.gemm(lines, 2, line, m, n, k, a, 0, k, b, 0, rows, bias, 1, expected, 0, n);
      PLAIN.gemm(lines, 2, line, m, n, k, a, 0, k, b, 0, rows, bias, 1, actual, 0, n);
      assertArrayEquals(expected, actual, 4e-7f * (k + 4));
    }
  }

  @Test
  void stepsOfRecurrentLayers() {
    SplittableRandom random = new SplittableRandom(6);
    for (int n = 0; n < 40; n++) {
      float[] gates = randomFloats(random, 4 * n + 1);
      float[] c = randomFloats(random, n + 2);
      float[] h = randomFloats(random, n + 2);
      float[][] expected = {gates.clone(), c.clone(), h.clone()};
      SCALAR.lstm(n, expected[0], 1, expected[1], expected[2], 2);
      PLAIN.lstm(n, gates, 1, c, h, 2);
      assertArrayEquals(expected[1], c, 1e-6f);
      assertArrayEquals(expected[2], h, 1e-6f);
      gates = randomFloats(random, 4 * n + 1);
      float[] scalar = h.clone();
      SCALAR.gru(n, gates.clone(), 1, n + 1, c, scalar, 2);
      PLAIN.gru(n, gates.clone(), 1, n + 1, c, h, 2);
      assertArrayEquals(scalar, h, 1e-6f);
      SCALAR.gruLinear(n, gates.clone(), 1, c, scalar, 2);
      PLAIN.gruLinear(n, gates, 1, c, h, 2);
      assertArrayEquals(scalar, h, 1e-6f);
    }
  }

  private static float[] randomFloats(SplittableRandom random, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }
}
