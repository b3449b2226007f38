package org.sardonyx.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.Unary;

/** Vector kernels against the scalar ones, whose functions are right within 0.6 units. */
class VectorKernelsTest {

  private static final Kernels SCALAR = Kernels.scalar();
  private static final Kernels VECTOR = new VectorKernels(false);
  private static final float[] SPECIAL = {
    0f,
    -0f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    -Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    1e-40f,
    -1e-40f,
    1f,
    -1f,
    87f,
    88.7f,
    88.73f,
    89f,
    -87f,
    -87.4f,
    -103f,
    -103.98f,
    -104f,
    -105f,
    -200f,
    1e10f,
    -1e10f
  };

  /**
   * The stated bounds, in units in the last place, and half a unit for the other side's rounding.
   */
  private static double bound(Unary f, float x) {
    return switch (f) {
      case ABS, NEG, RELU, SQRT, RECIPROCAL -> 0;
      case LOG -> 1.5;
      case EXP, ERF -> 2.2;
      case TANH -> 4.5;
      // Within 1.3e-7 down to -4, and half a unit.
      case SIGMOID -> x < -4 ? 3 : 0.5 + 1.3e-7 / Math.ulp((float) (1 / (1 + Math.exp(-x))));
      case SOFTPLUS -> 3.5;
      case SILU -> 1 + bound(Unary.SIGMOID, x);
      case GELU -> 6.5;
      case GELU_TANH -> 9 + 2 * Math.min(Math.abs(1.6 * x * (1 + 0.045 * x * x)), 120);
    };
  }

  /** Whether it is a result, or a factor of x, that would be subnormal, and may be 0. */
  private static boolean isLost(Unary f, float x, float error) {
    return switch (f) {
      case SIGMOID, SOFTPLUS -> Math.abs(error) <= Float.MIN_NORMAL;
      case SILU, GELU, GELU_TANH -> x < 0 && Math.abs(error) <= -x * Float.MIN_NORMAL;
      default -> false;
    };
  }

  private static void check(Unary f, float[] x) {
    float[] expected = new float[x.length];
    float[] actual = new float[x.length];
    SCALAR.unary(f, x, 0, expected, 0, x.length);
    VECTOR.unary(f, x, 0, actual, 0, x.length);
    for (int i = 0; i < x.length; i++) {
      if (Float.compare(expected[i], actual[i]) != 0) {
        double error = Math.abs((double) actual[i] - expected[i]) / Math.ulp(expected[i]);
        boolean near = error <= bound(f, x[i]) || isLost(f, x[i], actual[i] - expected[i]);
        assertTrue(
            near, f + "(" + x[i] + ") is " + actual[i] + ", not " + expected[i] + ": " + error);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void functionsOfEveryMagnitude(Unary f) {
    float[] x = new float[4096];
    int filled = 0;
    for (int bits = 0; bits >= 0 && bits < 0x7f800000; bits += 30011) {
      x[filled++] = Float.intBitsToFloat(bits);
      x[filled++] = -Float.intBitsToFloat(bits);
      if (filled == x.length) {
        check(f, x);
        filled = 0;
      }
    }
    check(f, Arrays.copyOf(x, filled));
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

  @ParameterizedTest
  @EnumSource
  void specialValuesOfEveryLengthInPlaceOrNot(Unary f) {
    for (int n = 0; n < 70; n++) {
      float[] x = new float[n];
      for (int i = 0; i < n; i++) {
        x[i] = SPECIAL[(i + n) % SPECIAL.length];
      }
      check(f, x);
      float[] y = new float[n + 7];
      Arrays.fill(y, 42);
      VECTOR.unary(f, x, 0, y, 3, n);
      for (int i = 0; i < y.length; i++) {
        assertTrue((i >= 3 && i < n + 3) || y[i] == 42, "wrote beyond the end");
      }
      VECTOR.unary(f, x, 0, x, 0, n);
      assertArrayEquals(Arrays.copyOfRange(y, 3, n + 3), x);
    }
  }

  @Test
  void clampsAsTheScalarLoopDoes() {
    float[] bounds = {-1, 0f, -0f, 6, Float.NaN, Float.POSITIVE_INFINITY};
    for (int n = 0; n < 70; n++) {
      float[] x = new float[n + 2];
      for (int i = 0; i < x.length; i++) {
        x[i] = SPECIAL[(i + n) % SPECIAL.length];
      }
      float least = bounds[n % bounds.length];
      float greatest = bounds[n / bounds.length % bounds.length];
      float[] expected = x.clone();
      SCALAR.clamp(least, greatest, x, 1, expected, 1, n);
      VECTOR.clamp(least, greatest, x, 1, x, 1, n);
      assertArrayEquals(expected, x);
    }
  }

  @Test
  void comparesAndSelectsAsTheScalarLoopsDo() {
    for (int n = 0; n < 70; n++) {
      float[] a = new float[n + 3];
      float[] b = new float[n + 3];
      byte[] c = new byte[n + 3];
      for (int i = 0; i < a.length; i++) {
        a[i] = SPECIAL[(i + n) % SPECIAL.length];
        b[i] = i % 3 == 0 ? a[Math.max(0, i - 1)] : SPECIAL[(5 * i + 1) % SPECIAL.length];
        c[i] = (byte) (i % 5 * n % 4 * (i % 2 == 0 ? 1 : -32));
      }
      for (int which = 0; which < 4; which++) {
        boolean less = which % 2 > 0;
        boolean equal = which > 1;
        byte[] expected = c.clone();
        byte[] actual = c.clone();
        SCALAR.compare(less, equal, a, 1, b, 0, expected, 2, n);
        VECTOR.compare(less, equal, a, 1, b, 0, actual, 2, n);
        assertArrayEquals(expected, actual);
        for (int i = 0; i < n; i++) {
          boolean holds = (less && a[1 + i] < b[i]) || (equal && a[1 + i] == b[i]);
          assertEquals(holds ? 1 : 0, actual[2 + i]);
        }
      }
      float[] expected = b.clone();
      SCALAR.select(c, 2, a, 0, b, 1, expected, 1, n);
      for (int i = 0; i < n; i++) {
        assertEquals(c[2 + i] != 0 ? a[i] : b[1 + i], expected[1 + i]);
      }
      VECTOR.select(c, 2, a, 0, b, 1, b, 1, n);
      assertArrayEquals(expected, b);
    }
  }

  @Test
  void quantizesAsTheScalarLoopDoes() {
    for (int n = 0; n < 70; n++) {
      float[] x = new float[n + 3];
      for (int i = 0; i < x.length; i++) {
        x[i] = i % 2 == 0 ? SPECIAL[(i + n) % SPECIAL.length] : (i * 37 % 600 - 300) * 0.25f;
      }
      // NaN of any bits.
      x[n / 2] = n % 3 == 0 ? Float.intBitsToFloat(0x7fc00055 + n) : x[n / 2];
      for (int low : new int[] {-128, 0}) {
        for (int zero : new int[] {low, low + 77, low + 255}) {
          for (float scale : new float[] {0.5f, 0.037f, -1, 0, 1e-40f, Float.NaN}) {
            byte[] expected = new byte[n + 4];
            byte[] actual = new byte[n + 4];
            SCALAR.quantize(x, 1, scale, zero, low, expected, 2, n);
            VECTOR.quantize(x, 1, scale, zero, low, actual, 2, n);
            assertArrayEquals(expected, actual);
            for (int i = 0; i < n; i++) {
              double q = Math.rint(x[1 + i] / scale);
              double value = Double.isNaN(q) ? zero : Math.clamp(q + zero, low, low + 255);
              assertEquals((byte) (int) value, actual[2 + i]);
            }
          }
        }
      }
    }
  }

  @Test
  void quantizesWhatIsNearHalvesByDivision() {
    for (float scale : new float[] {0.1f, 3.3f, -0.7f, 1e-38f, 3e38f}) {
      float[] x = new float[16 * 512];
      for (int i = 0; i < x.length; i++) {
        // A few floats around each half.
        int integer = i / 16 - 256;
        float half = (integer + 0.5f) * scale;
        x[i] = Float.intBitsToFloat(Float.floatToRawIntBits(half) + i % 16 - 8);
      }
      byte[] expected = new byte[x.length];
      byte[] actual = new byte[x.length];
      SCALAR.quantize(x, 0, scale, 100, 0, expected, 0, x.length);
      VECTOR.quantize(x, 0, scale, 100, 0, actual, 0, x.length);
      assertArrayEquals(expected, actual);
    }
  }

  @Test
  void dequantizesEveryByte() {
    byte[] x = new byte[300];
    for (int i = 0; i < x.length; i++) {
      x[i] = (byte) i;
    }
    for (int n = 0; n <= 256; n += n < 70 ? 1 : 31) {
      for (boolean signed : new boolean[] {false, true}) {
        for (float scale : new float[] {1, 0.037f, -2, 0, Float.POSITIVE_INFINITY, Float.NaN}) {
          int zero = signed ? -128 + n / 2 : n / 2;
          float[] expected = new float[n + 4];
          float[] actual = new float[n + 4];
          SCALAR.dequantize(x, 3, signed, zero, scale, expected, 2, n);
          VECTOR.dequantize(x, 3, signed, zero, scale, actual, 2, n);
          assertArrayEquals(expected, actual);
        }
      }
    }
  }

  @Test
  void sumsOfEveryLength() {
    SplittableRandom random = new SplittableRandom(2);
    for (int n = 0; n < 300; n++) {
      float[] x = randomFloats(random, n + 5);
      float[] y = randomFloats(random, n + 5);
      double sum = 0;
      double dot = 0;
      double size = 0;
      float max = Float.NEGATIVE_INFINITY;
      float min = Float.POSITIVE_INFINITY;
      for (int i = 0; i < n; i++) {
        sum += x[5 + i];
        dot += (double) x[5 + i] * y[2 + i];
        size += 1;
        max = Math.max(max, x[5 + i]);
        min = Math.min(min, x[5 + i]);
      }
      assertEquals(sum, VECTOR.sum(x, 5, n), 1e-7 * (size + 1));
      assertEquals(dot, VECTOR.dot(x, 5, y, 2, n), 1e-7 * (size + 1));
      assertEquals(max, VECTOR.max(x, 5, n));
      assertEquals(min, VECTOR.min(x, 5, n));
      for (int i = 0; i < n; i++) {
        float kept = x[5 + i];
        x[5 + i] = Float.NaN;
        assertTrue(Float.isNaN(VECTOR.max(x, 5, n)));
        assertTrue(Float.isNaN(VECTOR.min(x, 5, n)));
        x[5 + i] = kept;
      }
    }
  }

  @Test
  void infinitiesOfBothSignsAreNoNaN() {
    float[] x = new float[100];
    x[20] = Float.POSITIVE_INFINITY;
    x[20 + 4 * UnaryLoops.LANES] = Float.NEGATIVE_INFINITY;
    assertEquals(Float.POSITIVE_INFINITY, VECTOR.max(x, 0, x.length));
    assertEquals(Float.NEGATIVE_INFINITY, VECTOR.min(x, 0, x.length));
  }

  @Test
  void softmaxOfEveryLength() {
    SplittableRandom random = new SplittableRandom(3);
    for (int n = 1; n < 100; n++) {
      float[] x = randomFloats(random, n + 2);
      x[2] = n > 1 ? Float.NEGATIVE_INFINITY : 1;
      float[] expected = new float[n];
      SCALAR.softmax(x, 2, expected, 0, n);
      float[] actual = new float[n];
      VECTOR.softmax(x, 2, actual, 0, n);
      for (int i = 0; i < n; i++) {
        assertEquals(expected[i], actual[i], 6e-7 * expected[i]);
      }
      VECTOR.softmax(x, 2, x, 2, n);
      assertArrayEquals(actual, Arrays.copyOfRange(x, 2, n + 2));
      Arrays.fill(x, Float.NEGATIVE_INFINITY);
      VECTOR.softmax(x, 2, x, 2, n);
      assertTrue(Float.isNaN(x[2]));
    }
  }

  /** The bound that {@link Elementary#softExp} states. */
  @Test
  void powersOfSoftmaxAreNear() {
    int n = 1 << 16;
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = -87.3f * i / n;
    }
    float[] y = new float[n];
    Sums.powers(n, 1, x, 0, y, 0, new float[1], 0);
    for (int i = 0; i < n; i++) {
      double expected = StrictMath.exp(x[i]);
      assertEquals(expected, y[i], expected * (2.5e-7 - 3e-9 * x[i]));
    }
    Arrays.fill(x, Float.NEGATIVE_INFINITY);
    x[1] = -1e30f;
    x[2] = -106;
    x[3] = 0;
    VECTOR.softmax(x, 0, y, 0, n);
    for (int i = 0; i < n; i++) {
      assertEquals(i == 3 ? 1 : 0, y[i]);
    }
  }

  @Test
  void softmaxOfRowsWithInfinitiesAndNaN() {
    SplittableRandom random = new SplittableRandom(7);
    float[] odd = {
      Float.NaN,
      Float.intBitsToFloat(0xffc12345),
      Float.intBitsToFloat(0x7f812345),
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      3e38f
    };
    for (int n = 1; n < 70; n++) {
      float[] x = randomFloats(random, 20 * n);
      for (int r = 0; r < 20; r++) {
        for (int i = random.nextInt(3); i > 0; i--) {
          x[r * n + random.nextInt(n)] = odd[random.nextInt(r < 10 ? odd.length : 3)];
          x[r * n + random.nextInt(n)] = odd[random.nextInt(3, odd.length)];
        }
      }
      float[] expected = new float[x.length];
      float[] actual = new float[x.length];
      SCALAR.softmax(x, 0, expected, 0, n, 20);
      VECTOR.softmax(x, 0, actual, 0, n, 20);
      for (int i = 0; i < x.length; i++) {
        float delta = Float.isNaN(expected[i]) ? 0 : 6e-7f * expected[i];
        assertEquals(expected[i], actual[i], delta);
      }
    }
  }

  @Test
  void productsOfEveryShapeAndLayout() {
    SplittableRandom random = new SplittableRandom(4);
    for (int round = 0; round < 150; round++) {
      int m = round % 10 == 3 ? 1 : 1 + random.nextInt(round % 10 == 0 ? 300 : 20);
      int n = 1 + random.nextInt(round % 10 == 1 || round % 10 == 3 ? 700 : 150);
      int k = random.nextInt(round % 10 == 2 ? 1200 : 40);
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
      VECTOR.gemm(m, n, k, alpha, a, 3, aRow, aColumn, b, 2, bRow, bColumn, c, 4, cRow);
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < cRow; j++) {
          int at = 4 + i * cRow + j;
          if (j >= n) {
            assertEquals(start[at], c[at]);
            continue;
          }
          double sum = 0;
          for (int p = 0; p < k; p++) {
            sum += (double) a[3 + i * aRow + p * aColumn] * b[2 + p * bRow + j * bColumn];
          }
          assertEquals(start[at] + alpha * sum, c[at], 2e-7 * (k + 4));
        }
      }
      PackedMatrix packed = VECTOR.pack(k, n, b, 2, bRow, bColumn);
      float[] again = start.clone();
      VECTOR.gemm(m, alpha, a, 3, aRow, aColumn, packed, again, 4, cRow);
      assertArrayEquals(c, again);
      // A part of the product gives the same bits.
      int rows = 1 + random.nextInt(m);
      int columns = 1 + random.nextInt(n);
      int i0 = random.nextInt(m - rows + 1);
      int j0 = random.nextInt(n - columns + 1);
      float[] part = start.clone();
      VECTOR.gemm(
          rows,
          columns,
          k,
          alpha,
          a,
          3 + i0 * aRow,
          aRow,
          aColumn,
          b,
          2 + j0 * bColumn,
          bRow,
          bColumn,
          part,
          4 + i0 * cRow + j0,
          cRow);
      for (int i = 0; i < rows; i++) {
        int at = 4 + (i0 + i) * cRow + j0;
        assertArrayEquals(
            Arrays.copyOfRange(c, at, at + columns), Arrays.copyOfRange(part, at, at + columns));
      }
    }
  }

  @Test
  void productsOfNothingAreTheBias() {
    int n = 3 * Panels.WIDTH + 1;
    for (Kernels kernels : List.of(SCALAR, VECTOR)) {
      for (int m = 1; m < 8; m++) {
        float[] bias = randomFloats(new SplittableRandom(m), m);
        float[] c = new float[m * n];
        Arrays.fill(c, Float.NaN);
        kernels.gemm(
            1, 0, 0, m, n, 0, new float[0], 0, 0, new float[n], 0, new int[0], bias, 0, c, 0, n);
        for (int i = 0; i < c.length; i++) {
          assertEquals(bias[i / n], c[i]);
        }
      }
    }
  }

  @Test
  void productsWithBiasAndFunctionAreTheStepsInOne() {
    SplittableRandom random = new SplittableRandom(6);
    for (int round = 0; round < 120; round++) {
      int m = random.nextInt(round % 10 == 0 ? 300 : 20);
      int n = 1 + random.nextInt(300);
      int k = random.nextInt(round % 10 == 2 ? 700 : 40);
      Kernels kernels = round % 4 == 0 ? SCALAR : VECTOR;
      float[] a = randomFloats(random, m * k + 3);
      float[] b = randomFloats(random, k * n);
      float[] bias = random.nextBoolean() ? randomFloats(random, n + 2) : new float[0];
      PackedMatrix packed = kernels.pack(k, n, b, 0, n, 1);
      float[] expected = new float[m * n + 1];
      for (int i = 0; i < m && bias.length > 0; i++) {
        System.arraycopy(bias, 2, expected, 1 + i * n, n);
      }
      kernels.gemm(m, 1, a, 3, k, 1, packed, expected, 1, n);
      Unary f = random.nextBoolean() ? Unary.SIGMOID : null;
      for (int i = 0; i < m && f != null; i++) {
        kernels.unary(f, expected, 1 + i * n, expected, 1 + i * n, n);
      }
      float[] actual = new float[m * n + 1];
      Arrays.fill(actual, 1, actual.length, Float.NaN);
      kernels.gemm(m, a, 3, k, 1, packed, bias, 2, f, actual, 1, n);
      assertArrayEquals(expected, actual);
    }
  }

  @Test
  void matricesThatComeFromFarGiveTheSame() {
    SplittableRandom random = new SplittableRandom(16);
    int large = 1200;
    PackedMatrix between = VECTOR.pack(large, large, new float[large * large], 0, large, 1);
    for (int m : new int[] {7, 11, 12, 22, 23, 60}) {
      int n = 3 * Panels.WIDTH + m;
      int k = m == 22 ? 700 : 33;
      float[] a = randomFloats(random, m * k);
      float[] bias = randomFloats(random, n);
      PackedMatrix packed = VECTOR.pack(k, n, randomFloats(random, k * n), 0, n, 1);
      float[][] results = new float[3][m * n];
      for (float[] c : results) {
        VECTOR.gemm(m, a, 0, k, 1, packed, bias, 0, null, c, 0, n);
        VECTOR.gemm(
            7, 1, new float[7 * large], 0, large, 1, between, new float[7 * large], 0, large);
      }
      assertTrue(packed.comesFromFar());
      assertFalse(packed.comesFromFar());
      VECTOR.gemm(m, a, 0, k, 1, packed, bias, 0, null, results[1], 0, n);
      assertArrayEquals(results[0], results[1]);
      assertArrayEquals(results[0], results[2]);
    }
  }

  @Test
  void recurrentStepsOfEverySize() {
    SplittableRandom random = new SplittableRandom(5);
    for (int n = 1; n < 70; n++) {
      float[] gates = randomFloats(random, 4 * n + 3);
      gates[3 + random.nextInt(4 * n)] = Float.NaN;
      gates[3 + random.nextInt(4 * n)] = Float.POSITIVE_INFINITY;
      gates[3 + random.nextInt(4 * n)] = Float.NEGATIVE_INFINITY;
      float[] c = randomFloats(random, n + 4);
      float[] h = randomFloats(random, n + 4);
      c[2 + random.nextInt(n)] = Float.NaN;
      h[2 + random.nextInt(n)] = 1e30f;
      float[] c2 = c.clone();
      float[] h2 = h.clone();
      SCALAR.lstm(n, gates.clone(), 3, c, h, 2);
      VECTOR.lstm(n, gates.clone(), 3, c2, h2, 2);
      assertArrayEquals(c, c2, 1e-6f);
      assertArrayEquals(h, h2, 1e-6f);
      c[2 + random.nextInt(n)] = 1e30f;
      SCALAR.gru(n, gates, 3, 3 + n, c, h, 2);
      VECTOR.gru(n, gates, 3, 3 + n, c, h2, 2);
      assertNear(h, h2);
      SCALAR.gruLinear(n, gates.clone(), 3, c, h, 2);
      VECTOR.gruLinear(n, gates.clone(), 3, c, h2, 2);
      assertNear(h, h2);
    }
  }

  /** What a call with more rows has left is no start of the one after. */
  @Test
  void oneRowOfSpreadProductsStartsFromItsBias() {
    SplittableRandom random = new SplittableRandom(8);
    int k = Spread.DEPTH + 30;
    for (int n = 60; n < 300; n += 17) {
      for (int m : new int[] {8, 1}) {
        float[] a = randomFloats(random, m * k);
        float[] b = randomFloats(random, k * n);
        float[] bias = randomFloats(random, m);
        int[] rows = new int[k];
        Arrays.setAll(rows, p -> p * b.length / k);
        float[] expected = new float[m * n];
        float[] actual = new float[m * n];
        SCALAR.gemm(1, 0, 0, m, n, k, a, 0, k, b, 0, rows, bias, 0, expected, 0, n);
        VECTOR.gemm(1, 0, 0, m, n, k, a, 0, k, b, 0, rows, bias, 0, actual, 0, n);
        assertArrayEquals(expected, actual, 1e-4f);
      }
    }
  }

  /** Of few rows, spread ones lie anywhere; they are not copied. */
  @Test
  void spreadProductsOfOneTileAreThoseOfMore() {
    SplittableRandom random = new SplittableRandom(9);
    for (int k : new int[] {1, 2, 160, Spread.DEPTH + 30}) {
      for (int n = 30; n < 300; n += 19) {
        float[] b = randomFloats(random, k * n + n);
        int places = k * n;
        int[] rows = new int[k];
        Arrays.setAll(rows, p -> p * 7919 % places);
        float[] a = randomFloats(random, 8 * k);
        float[] bias = randomFloats(random, 8);
        float[] all = new float[8 * n];
        VECTOR.gemm(1, 0, 0, 8, n, k, a, 0, k, b, 0, rows, bias, 0, all, 0, n);
        for (int m = 1; m <= 6; m++) {
          float[] few = new float[m * n];
          VECTOR.gemm(1, 0, 0, m, n, k, a, 0, k, b, 0, rows, bias, 0, few, 0, n);
          assertArrayEquals(Arrays.copyOf(all, m * n), few);
        }
      }
    }
  }

  private static void assertNear(float[] expected, float[] actual) {
    for (int j = 0; j < expected.length; j++) {
      if (Float.compare(expected[j], actual[j]) != 0) {
        assertEquals(expected[j], actual[j], 1e-6f * Math.max(1, Math.abs(expected[j])));
      }
    }
  }

  @Test
  void notANumberStaysInItsRowAndColumn() {
    float[] a = new float[7 * 5];
    float[] b = new float[5 * 9];
    Arrays.fill(a, 1);
    Arrays.fill(b, 1);
    a[2 * 5 + 3] = Float.NaN;
    b[4 * 9 + 6] = Float.POSITIVE_INFINITY;
    float[] c = new float[7 * 9];
    VECTOR.gemm(7, 9, 5, 1, a, 0, 5, 1, b, 0, 9, 1, c, 0, 9);
    for (int i = 0; i < 7; i++) {
      for (int j = 0; j < 9; j++) {
        assertEquals(i == 2 ? Float.NaN : j == 6 ? Float.POSITIVE_INFINITY : 5, c[i * 9 + j]);
      }
    }
  }

  @Test
  void aMatrixBelongsToTheKernelsThatPackedIt() {
    PackedMatrix packed =
        SCALAR.pack(2, Panels.WIDTH, new float[2 * Panels.WIDTH], 0, Panels.WIDTH, 1);
    float[] c = new float[Panels.WIDTH];
    assertThrows(
        IllegalArgumentException.class,
        () -> VECTOR.gemm(1, 1, new float[2], 0, 2, 1, packed, c, 0, Panels.WIDTH));
  }

  private static float[] randomFloats(SplittableRandom random, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }

  @Test
  void constantMatricesShareAnArrayAndNothingElse() {
    SplittableRandom random = new SplittableRandom(31);
    int k = 70;
    int n = Panels.WIDTH + 5;
    float[] a = randomFloats(random, k);
    PackedMatrix[] packed = new PackedMatrix[40];
    float[][] expected = new float[packed.length][n];
    for (int i = 0; i < packed.length; i++) {
      float[] b = randomFloats(random, k * n);
      packed[i] = VECTOR.pack(k, n, b, 0, n, 1);
      SCALAR.gemm(1, 1, a, 0, k, 1, SCALAR.pack(k, n, b, 0, n, 1), expected[i], 0, n);
    }
    for (int i = 0; i < packed.length; i++) {
      float[] actual = new float[n];
      VECTOR.gemm(1, 1, a, 0, k, 1, packed[i], actual, 0, n);
      assertArrayEquals(expected[i], actual, 1e-5f);
    }
  }

  @Test
  void transposes() {
    int[] sizes = {0, 1, 3, 7, 8, 9, 16, 17, 23, 40, 521};
    for (int rows : sizes) {
      for (int columns : sizes) {
        int xRow = columns + 3;
        int yRow = rows + 2;
        // No more than is to be read.
        float[] x = new float[2 + Math.max(0, (rows - 1) * xRow + columns)];
        for (int i = 0; i < x.length; i++) {
          // Some are NaN, whose bits are to stay.
          x[i] = Float.intBitsToFloat(i % 5 == 0 ? 0x7f800001 + i : i);
        }
        for (Kernels kernels : List.of(VECTOR, new VectorKernels(true), Kernels.scalar())) {
          float[] y = new float[1 + Math.max(0, (columns - 1) * yRow + rows)];
          float[] expected = y.clone();
          kernels.transpose(x, 2, xRow, y, 1, yRow, rows, columns);
          for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
              expected[1 + j * yRow + i] = x[2 + i * xRow + j];
            }
          }
          for (int i = 0; i < y.length; i++) {
            assertEquals(Float.floatToRawIntBits(expected[i]), Float.floatToRawIntBits(y[i]));
          }
        }
      }
    }
  }

  @Test
  void takesElementsThatLieApart() {
    for (int step = 1; step <= 4; step++) {
      for (int n = 0; n < 70; n++) {
        // Ends with the last element taken, so that reading on would fail.
        float[] x = new float[3 + Math.max(0, (n - 1) * step + 1)];
        for (int i = 0; i < x.length; i++) {
          x[i] = i;
        }
        float[] y = new float[n + 2];
        VECTOR.take(x, 3, step, y, 1, n);
        for (int i = 0; i < n; i++) {
          assertEquals(3 + i * step, y[1 + i]);
        }
        assertEquals(0, y[0]);
        assertEquals(0, y[n + 1]);
      }
    }
  }

  @Test
  void givesElementsTwice() {
    for (int n = 0; n < 70; n++) {
      for (int copies = 1; copies <= 3; copies++) {
        float[] x = new float[3 + 3 * n + 4];
        for (int i = 0; i < x.length; i++) {
          x[i] = i;
        }
        float[] y = new float[3 * copies * 2 * n + 2];
        VECTOR.twice(x, 3, n + 2, y, 1, n, 3, copies);
        for (int i = 0; i < 3 * copies * 2 * n; i++) {
          int row = i / (2 * n) / copies;
          assertEquals(3 + row * (n + 2) + i % (2 * n) / 2, y[1 + i]);
        }
        assertEquals(0, y[0]);
        assertEquals(0, y[y.length - 1]);
      }
    }
  }

  private static float[] numbers(SplittableRandom random, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] =
          random.nextInt(9) == 0
              ? SPECIAL[random.nextInt(SPECIAL.length)]
              : random.nextInt(-9, 9) / 2f;
    }
    return x;
  }

  @ParameterizedTest
  @EnumSource
  void rowsAreWhatTheScalarLoopsGive(Binary f) {
    SplittableRandom random = new SplittableRandom(Long.getLong("seed", 5));
    for (int n = 1; n < 70; n++) {
      int rows = 1 + random.nextInt(20);
      float[] a = numbers(random, 2 + rows * (n + 1));
      float[] b = numbers(random, 3 + rows * (n + 2));
      for (int steps = 1; steps < 4; steps++) {
        int aRow = random.nextInt(3) == 0 ? 0 : n + 1;
        int bRow = random.nextInt(3) == 0 ? 0 : n + 2;
        float[] expected = new float[rows * n + 2];
        float[] actual = new float[expected.length];
        int as = steps & 1;
        int bs = steps >> 1;
        SCALAR.binary(f, rows, n, a, 2, aRow, as, b, 3, bRow, bs, expected, 1);
        VECTOR.binary(f, rows, n, a, 2, aRow, as, b, 3, bRow, bs, actual, 1);
        assertArrayEquals(expected, actual);
        for (int r = 0; r < rows; r++) {
          for (int i = 0; i < n; i++) {
            float[] one = new float[1];
            SCALAR.binary(f, a, 2 + r * aRow + i * as, b, 3 + r * bRow + i * bs, one, 0, 1);
            assertEquals(one[0], actual[1 + r * n + i]);
          }
        }
      }
      // In place.
      float[] expected = a.clone();
      float[] actual = a.clone();
      SCALAR.binary(f, rows, n, expected, 0, n, 1, b, 0, 0, 1, expected, 0);
      VECTOR.binary(f, rows, n, actual, 0, n, 1, b, 0, 0, 1, actual, 0);
      assertArrayEquals(expected, actual);
    }
  }

  @ParameterizedTest
  @EnumSource
  void foldsRowsInOrder(Binary f) {
    SplittableRandom random = new SplittableRandom(Long.getLong("seed", 6));
    for (int count = 1; count < 40; count++) {
      int n = 1 + random.nextInt(90);
      float[] x = numbers(random, 5 + 45 * n);
      int[] rows = new int[count];
      for (int k = 0; k < count; k++) {
        rows[k] = random.nextInt(44 * n);
      }
      float[] expected = new float[n + 2];
      float[] actual = new float[n + 2];
      SCALAR.fold(f, x, 5, rows, expected, 1, n);
      VECTOR.fold(f, x, 5, rows, actual, 1, n);
      assertArrayEquals(expected, actual);
      float[] so = new float[n];
      System.arraycopy(x, 5 + rows[0], so, 0, n);
      for (int k = 1; k < count; k++) {
        SCALAR.binary(f, so, 0, x, 5 + rows[k], so, 0, n);
      }
      assertArrayEquals(so, Arrays.copyOfRange(actual, 1, n + 1));
    }
  }

  @Test
  void scalesAndShiftsRows() {
    SplittableRandom random = new SplittableRandom(Long.getLong("seed", 7));
    for (int n = 0; n < 70; n++) {
      float[] x = numbers(random, n + 2);
      float[] scale = numbers(random, n + 3);
      float[] bias = numbers(random, n + 1);
      float[] none = {};
      float factor = random.nextInt(-5, 5);
      float[] y = new float[n + 2];
      float[] z = new float[n + 2];
      float[] inPlace = x.clone();
      VECTOR.affine(x, 2, factor, scale, 3, bias, 1, y, 1, n);
      VECTOR.affine(x, 2, factor, scale, 3, none, 0, z, 1, n);
      VECTOR.affine(inPlace, 2, factor, scale, 3, bias, 1, inPlace, 2, n);
      for (int i = 0; i < n; i++) {
        float product = x[2 + i] * factor * scale[3 + i];
        assertEquals(product + bias[1 + i], y[1 + i]);
        assertEquals(product, z[1 + i]);
        assertEquals(product + bias[1 + i], inPlace[2 + i]);
      }
      assertEquals(0, y[0]);
      assertEquals(0, y[n + 1]);
    }
  }

  @Test
  void gathersAnywhere() {
    SplittableRandom random = new SplittableRandom(Long.getLong("seed", 8));
    for (int n = 0; n < 70; n++) {
      float[] x = numbers(random, 40);
      int[] map = random.ints(n + 2, 0, 37).toArray();
      float[] y = new float[n + 2];
      VECTOR.gather(x, 3, map, 2, y, 1, n);
      for (int i = 0; i < n; i++) {
        assertEquals(x[3 + map[2 + i]], y[1 + i]);
      }
      assertEquals(0, y[0]);
      assertEquals(0, y[n + 1]);
    }
  }

  @Test
  void logarithmsOfSoftmaxOfEveryLength() {
    SplittableRandom random = new SplittableRandom(Long.getLong("seed", 9));
    for (int n = 1; n < 100; n++) {
      int rows = 5;
      float[] x = new float[1 + rows * n];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) (random.nextGaussian() * (n % 3 == 0 ? 90 : 3));
      }
      float[] warm = new float[2 + rows * n];
      float[] cold = new float[warm.length];
      VECTOR.logSoftmax(x, 1, warm, 1, n, rows);
      new VectorKernels(true).logSoftmax(x, 1, cold, 1, n, rows);
      assertArrayEquals(cold, warm);
      for (int r = 0; r < rows; r++) {
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        for (int i = 0; i < n; i++) {
          max = Math.max(max, x[1 + r * n + i]);
        }
        for (int i = 0; i < n; i++) {
          sum += Math.exp(x[1 + r * n + i] - max);
        }
        for (int i = 0; i < n; i++) {
          double exact = x[1 + r * n + i] - max - Math.log(sum);
          assertEquals(exact, warm[1 + r * n + i], 1e-6 + 1.5e-7 * Math.abs(exact));
        }
      }
    }
  }

  @Test
  void logarithmsOfSoftmaxOfWhatIsNoNumber() {
    for (int n : new int[] {2, 5, 16, 37}) {
      for (int at = 0; at < n; at++) {
        float[] x = new float[n];
        float[] y = new float[n];
        x[at] = Float.NaN;
        VECTOR.logSoftmax(x, 0, y, 0, n, 1);
        for (float v : y) {
          assertEquals(Float.NaN, v);
        }
        x[at] = Float.NEGATIVE_INFINITY;
        VECTOR.logSoftmax(x, 0, y, 0, n, 1);
        assertEquals(Float.NEGATIVE_INFINITY, y[at]);
        assertEquals(-Math.log(n - 1), y[(at + 1) % n], 1e-6);
        x[at] = Float.POSITIVE_INFINITY;
        VECTOR.logSoftmax(x, 0, y, 0, n, 1);
        assertEquals(Float.NaN, y[at]);
      }
    }
  }
}
