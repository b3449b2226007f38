package org.sardonyx.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.Unary;

/** What runs before the compiler is done gives the same bits as what runs after. */
class TwinTest {

  private static final Kernels VECTOR = new VectorKernels(false);

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"ABS", "NEG", "RELU", "SQRT", "RECIPROCAL"})
  void functions(Unary f) {
    float[] x = new float[1 << 12];
    int filled = 0;
    for (int bits = 0; bits >= 0 && bits <= 0x7f800000; bits += 20011) {
      x[filled++] = Float.intBitsToFloat(bits);
      x[filled++] = -Float.intBitsToFloat(bits);
      if (filled == x.length || bits > 0x7f800000 - 20011) {
        x[filled - 1] = Float.NEGATIVE_INFINITY;
        x[filled - 2] = Float.POSITIVE_INFINITY;
        x[filled - 3] = Float.NaN;
        float[] vector = new float[x.length];
        float[] twin = new float[x.length];
        VECTOR.unary(f, x, 0, vector, 0, x.length);
        Twin.unary(f, x, 0, twin, 0, x.length);
        assertArrayEquals(vector, twin);
        filled = 0;
      }
    }
  }

  @Test
  void sums() {
    SplittableRandom random = new SplittableRandom(1);
    for (int n = 0; n < 300; n++) {
      float[] x = floats(random, n + 1);
      float[] y = floats(random, n + 1);
      assertEquals(Sums.sum(x, 1, n), Twin.sum(x, 1, n));
      assertEquals(Sums.dot(x, 1, y, 0, n), Twin.dot(x, 1, y, 0, n));
      assertEquals(Sums.max(x, 1, n), Twin.max(x, 1, n));
    }
  }

  @Test
  void softmaxOfRows() {
    SplittableRandom random = new SplittableRandom(4);
    for (int n = UnaryLoops.LANES; n < 150; n++) {
      float[] x = floats(random, 3 * n);
      for (int i = 0; i < x.length; i++) {
        x[i] *= random.nextInt(4) == 0 ? 80 : 1;
      }
      x[random.nextInt(n)] = Float.NEGATIVE_INFINITY;
      x[n + random.nextInt(n)] = Float.intBitsToFloat(random.nextInt(1, 0x7fffff) | 0xff800000);
      if (n % 3 == 0) {
        Arrays.fill(x, 2 * n, 3 * n, n % 2 == 0 ? Float.NEGATIVE_INFINITY : -0f);
      }
      float[] a = new float[3 * n];
      float[] b = new float[3 * n];
      VECTOR.softmax(x, 0, a, 0, n, 3);
      Twin.softmax(x, 0, b, 0, n, 3);
      assertArrayEquals(a, b);
      for (int i = n; i < 2 * n; i++) {
        assertTrue(Float.isNaN(a[i]), "a number in a row that has none");
      }
    }
  }

  @Test
  void recurrentSteps() {
    SplittableRandom random = new SplittableRandom(3);
    for (int n = 0; n < 100; n += UnaryLoops.LANES) {
      float[] gates = floats(random, 5 * n);
      float[] c = floats(random, n);
      float[] h = floats(random, n);
      float[] c2 = c.clone();
      float[] h2 = h.clone();
      Cells.cell(n, gates, 0, 2 * n, 4 * n, gates, 3 * n, c, 0);
      Cells.output(n, gates, n, 4 * n, c, h, 0);
      Twin.lstm(n, gates, 0, c2, h2, 0);
      assertArrayEquals(c, c2);
      assertArrayEquals(h, h2);
      Cells.mix(n, gates, 0, n, c, h, 0);
      Twin.gru(n, gates, 0, n, c, h2, 0);
      assertArrayEquals(h, h2);
    }
  }

  @Test
  void productsWhileTheyWarmUp() {
    Kernels warming = new VectorKernels(true);
    SplittableRandom random = new SplittableRandom(2);
    for (int round = 0; round < 200; round++) {
      int m = random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(30);
      int n = 1 + random.nextInt(200);
      int k = 1 + random.nextInt(round == 7 ? 1100 : 50);
      float[] a = floats(random, m * k);
      float[] b = floats(random, k * n);
      float[] c = floats(random, m * n);
      float[] d = c.clone();
      float alpha = random.nextBoolean() ? 1 : 0.7f;
      VECTOR.gemm(m, n, k, alpha, a, 0, k, 1, b, 0, n, 1, c, 0, n);
      warming.gemm(m, n, k, alpha, a, 0, k, 1, b, 0, n, 1, d, 0, n);
      assertArrayEquals(c, d);
      float[] e = c.clone();
      float[] f = c.clone();
      VECTOR.softmax(c, 0, e, 0, n);
      warming.softmax(c, 0, f, 0, n);
      assertArrayEquals(e, f);
    }
  }

  @Test
  void packedProductsWhileTheyWarmUp() {
    Kernels warming = new VectorKernels(true);
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 100; round++) {
      int m = 1 + random.nextInt(40);
      int n = 1 + random.nextInt(round % 10 == 0 ? 1200 : 200);
      int k = 1 + random.nextInt(round % 10 == 1 ? 1100 : 50);
      float[] a = floats(random, m * k);
      float[] bias = floats(random, n);
      PackedMatrix b = VECTOR.pack(k, n, floats(random, k * n), 0, n, 1);
      float[] c = new float[m * n];
      float[] d = new float[m * n];
      VECTOR.gemm(m, a, 0, k, 1, b, bias, 0, Unary.RELU, c, 0, n);
      warming.gemm(m, a, 0, k, 1, b, bias, 0, Unary.RELU, d, 0, n);
      assertArrayEquals(c, d);
      VECTOR.gemm(m, 0.7f, a, 0, k, 1, b, c, 0, n);
      warming.gemm(m, 0.7f, a, 0, k, 1, b, d, 0, n);
      assertArrayEquals(c, d);
    }
  }

  @Test
  void windowsWhileTheyWarmUp() {
    Kernels warming = new VectorKernels(true);
    SplittableRandom random = new SplittableRandom(6);
    for (int round = 0; round < 100; round++) {
      int lines = 1 + random.nextInt(3);
      int m = 1 + random.nextInt(round % 5 == 0 ? 70 : 30);
      int n = 1 + random.nextInt(150);
      int k = 1 + random.nextInt(round % 10 == 1 ? 700 : 40);
      int step = random.nextBoolean() ? 1 : n + 3;
      int[] rows = new int[k];
      Arrays.setAll(rows, p -> p * step + random.nextInt(2));
      float[] a = floats(random, m * k);
      float[] bias = floats(random, m);
      float[] b = floats(random, lines * 7 + k * step + n + 2);
      float[] c = new float[lines * m * n];
      float[] d = new float[lines * m * n];
      VECTOR.gemm(lines, 7, m * n, m, n, k, a, 0, k, b, 0, rows, bias, 0, c, 0, n);
      warming.gemm(lines, 7, m * n, m, n, k, a, 0, k, b, 0, rows, bias, 0, d, 0, n);
      assertArrayEquals(c, d);
    }
  }

  @Test
  void loopsBecomeReady() throws InterruptedException {
    WarmUp warmUp = new WarmUp(true);
    Part part = warmUp.of(Unary.EXP);
    assertTrue(warmUp.isIdle(), "nothing was asked for");
    long end = System.nanoTime() + 60_000_000_000L;
    while (!part.isReady() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertTrue(part.isReady());
    while (!warmUp.isIdle() && System.nanoTime() < end) {
      Thread.sleep(1);
    }
    assertTrue(warmUp.isIdle());
  }

  @Test
  void theEndOfARunLetsLoopsBecomeReady() throws InterruptedException {
    Kernels warming = new VectorKernels(true);
    warming.sum(new float[1], 0, 1);
    assertFalse(warming.isWarm());
    warming.threaded(Runnable::run, 2).rest();
    long end = System.nanoTime() + 60_000_000_000L;
    while (!warming.isWarm() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertTrue(warming.isWarm());
  }

  private static float[] floats(SplittableRandom random, int n) {
    float[] x = new float[n];
    Arrays.setAll(new double[n], i -> x[i] = (float) random.nextDouble(-2, 2));
    return x;
  }
}
