package org.sardonyx.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardonyx.kernels.vector.VectorKernels;

class PackedIntegersTest {

  static Stream<Kernels> kernels() {
    return Stream.of(
        Kernels.scalar(),
        new VectorKernels(false),
        new VectorKernels(false).threaded(task -> Thread.ofVirtual().start(task), 3));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void productsAreExact(Kernels kernels) {
    long seed = Long.getLong("seed", 20261128L);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 60; round++) {
      int m = round % 10 == 0 ? 280 : 1 + random.nextInt(30);
      int k = round % 10 == 1 ? 1030 + random.nextInt(600) : random.nextInt(40);
      int n = 1 + random.nextInt(200);
      boolean aSigned = random.nextBoolean();
      boolean bSigned = random.nextBoolean();
      // The largest of all in some rounds, so that a block which is too deep would not be exact.
      boolean extreme = random.nextBoolean();
      byte[] a = bytes(random, 2 + m * k, extreme, aSigned);
      byte[] b = bytes(random, k * n, extreme, bSigned);
      int[] aZero = zeros(random, random.nextBoolean() ? 1 : m, aSigned);
      int[] bZero = random.nextInt(3) == 0 ? new int[1] : zeros(random, n, bSigned);
      int[] expected = new int[m * n];
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          for (int p = 0; p < k; p++) {
            int left = (aSigned ? a[2 + i * k + p] : a[2 + i * k + p] & 0xff) - at(aZero, i);
            int right = (bSigned ? b[p * n + j] : b[p * n + j] & 0xff) - at(bZero, j);
            expected[i * n + j] += left * right;
          }
        }
      }
      PackedIntegers packed = PackedIntegers.pack(kernels, k, n, b, bSigned, bZero);
      int[] c = new int[3 + m * n];
      float[] scratch = new float[packed.scratch(kernels, m)];
      packed.multiply(kernels, m, a, 2, aSigned, aZero, c, 3, scratch);
      kernels.rest();
      String what = kernels.name() + " " + m + "x" + k + "x" + n + " -Dseed=" + seed;
      assertArrayEquals(expected, Arrays.copyOfRange(c, 3, c.length), what);
    }
  }

  private static int at(int[] zero, int i) {
    return zero[zero.length == 1 ? 0 : i];
  }

  private static byte[] bytes(SplittableRandom random, int n, boolean extreme, boolean signed) {
    byte[] bytes = new byte[n];
    for (int i = 0; i < n; i++) {
      bytes[i] = (byte) (extreme ? (signed ? -128 : 255) : random.nextInt(256));
    }
    return bytes;
  }

  private static int[] zeros(SplittableRandom random, int n, boolean signed) {
    int[] zeros = new int[n];
    for (int i = 0; i < n; i++) {
      zeros[i] = random.nextInt(256) - (signed ? 128 : 0);
    }
    return zeros;
  }
}
