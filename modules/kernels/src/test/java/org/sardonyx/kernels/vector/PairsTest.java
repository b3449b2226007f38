package org.sardonyx.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;

/** Matrices of bfloat16 give the products of their rounded elements. */
class PairsTest {

  private static final Kernels SCALAR = Kernels.scalar();
  private static final Kernels VECTOR = new VectorKernels(false);

  private static float[] rounded(float... x) {
    return SCALAR.packBfloat16(1, x.length, x, 0, x.length, 1).panels();
  }

  @Test
  void roundsToTheNearestAndTiesToEven() {
    // The last bit of a bfloat16 at 1 is 2^-7.
    float half = 0x1p-8f;
    assertArrayEquals(
        new float[] {1, 1 + 4 * half, 1, 1 + 2 * half, -1, 0f, -0f},
        rounded(
            1 + half,
            1 + 3 * half,
            Math.nextDown(1 + half),
            Math.nextUp(1 + half),
            -1 - half,
            0f,
            -0f));
    assertArrayEquals(
        new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY},
        rounded(Float.MAX_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY));
    // Numbers whose lower bits alone say that they are none, and that would round into another.
    for (int bits : new int[] {0x7f800001, 0xff800001, 0x7fffffff, 0xffffffff, 0x7fc00000}) {
      assertTrue(Float.isNaN(rounded(Float.intBitsToFloat(bits))[0]));
    }
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100_000; i++) {
      float x = Float.intBitsToFloat(random.nextInt());
      float y = rounded(x)[0];
      assertEquals(0, Float.floatToRawIntBits(y) & 0xffff);
      if (Float.isFinite(x) && Float.isFinite(y)) {
        int bits = Float.floatToRawIntBits(y);
        float below = Float.intBitsToFloat(bits - 0x10000);
        float above = Float.intBitsToFloat(bits + 0x10000);
        double error = Math.abs((double) x - y);
        assertTrue((bits << 1) == 0 || error <= Math.abs((double) x - below));
        assertTrue(!Float.isFinite(above) || error <= Math.abs((double) x - above));
      }
    }
  }

  @Test
  void productsAreThoseOfTheRoundedElements() {
    SplittableRandom random = new SplittableRandom(2);
    Kernels cold = new VectorKernels(true);
    Kernels threaded = VECTOR.threaded(task -> Thread.ofVirtual().start(task), 2);
    for (int round = 0; round < 200; round++) {
      int m = round % 3 == 0 ? 1 : 1 + random.nextInt(round % 10 == 1 ? 260 : 20);
      int n = 1 + random.nextInt(round % 2 == 0 ? 700 : 150);
      int k = random.nextInt(round % 10 == 2 ? 1200 : 60);
      boolean transposed = random.nextBoolean();
      float[] a = floats(random, m * k + 3);
      float[] b = floats(random, k * n + 2);
      if (b.length > 9) {
        b[7] = Float.NaN;
        b[8] = Float.POSITIVE_INFINITY;
      }
      int row = transposed ? 1 : n;
      int column = transposed ? k : 1;
      float[] start = floats(random, m * (n + 3) + 4);
      float alpha = round % 5 == 4 ? 0.5f : 1;
      threaded.rest();
      for (Kernels kernels : new Kernels[] {SCALAR, VECTOR, cold, threaded}) {
        PackedMatrix floats = kernels.pack(k, n, rounded(b), 2, row, column);
        PackedMatrix pairs = kernels.packBfloat16(k, n, b, 2, row, column);
        float[] expected = start.clone();
        kernels.gemm(m, alpha, a, 3, k, 1, floats, expected, 4, n + 3);
        float[] actual = start.clone();
        kernels.gemm(m, alpha, a, 3, k, 1, pairs, actual, 4, n + 3);
        assertArrayEquals(expected, actual, () -> kernels.name());
      }
    }
    threaded.rest();
  }

  @Test
  void vectorsHoldHalfTheBytes() {
    PackedMatrix pairs = VECTOR.packBfloat16(64, 128, new float[64 * 128], 0, 128, 1);
    assertEquals(0, pairs.panels().length);
    assertEquals(64 * 128 * Short.BYTES, Objects.requireNonNull(pairs.pairs()).byteSize());
  }

  private static float[] floats(SplittableRandom random, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }
}
