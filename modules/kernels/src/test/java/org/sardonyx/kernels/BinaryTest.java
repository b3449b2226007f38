package org.sardonyx.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardonyx.kernels.vector.VectorKernels;

/** Functions of two numbers against the scalar loops, bit for bit. */
class BinaryTest {

  private static final Kernels SCALAR = Kernels.scalar();
  private static final List<Kernels> OTHERS =
      List.of(new PlainKernels(false), new VectorKernels(false));
  private static final int[] LENGTHS =
      IntStream.concat(IntStream.range(0, 150), IntStream.of(1023, 1024, 1025, 2050, 3000))
          .toArray();
  private static final float[] SPECIAL = {
    0,
    -0f,
    1,
    -3,
    Float.NaN,
    1e-40f,
    Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY
  };

  private static float[] random(SplittableRandom random, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      boolean special = random.nextInt(3) == 0;
      x[i] = special ? SPECIAL[random.nextInt(SPECIAL.length)] : (float) random.nextDouble(-9, 9);
    }
    return x;
  }

  @ParameterizedTest
  @EnumSource
  void everyLengthPlaceAndForm(Binary f) {
    SplittableRandom random = new SplittableRandom(1);
    for (Kernels kernels : OTHERS) {
      for (int n : LENGTHS) {
        float[] a = random(random, n + 3);
        float[] b = random(random, n + 5);
        for (int offset = 0; offset < 3; offset++) {
          String what = kernels.name() + " " + f + " of " + n + " from " + offset;
          float number = SPECIAL[(n + offset) % SPECIAL.length];
          float[] expected = new float[n + 4];
          float[] actual = new float[n + 4];
          SCALAR.binary(f, a, offset, b, 2, expected, 2, n);
          kernels.binary(f, a, offset, b, 2, actual, 2, n);
          assertArrayEquals(expected, actual, what);
          SCALAR.binaryRight(f, a, offset, number, expected, 1, n);
          kernels.binaryRight(f, a, offset, number, actual, 1, n);
          assertArrayEquals(expected, actual, what + " with a number");
          SCALAR.binaryLeft(f, number, a, offset, expected, 0, n);
          kernels.binaryLeft(f, number, a, offset, actual, 0, n);
          assertArrayEquals(expected, actual, what + " of a number");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void inThePlaceOfEitherInput(Binary f) {
    SplittableRandom random = new SplittableRandom(1);
    for (Kernels kernels : OTHERS) {
      for (int n : LENGTHS) {
        float[] a = random(random, n + 1);
        float[] b = random(random, n + 2);
        float[] expected = a.clone();
        SCALAR.binary(f, a, 1, b, 2, expected, 1, n);
        float[] left = a.clone();
        kernels.binary(f, left, 1, b, 2, left, 1, n);
        assertArrayEquals(expected, left, kernels.name() + " " + f + " of " + n);
        float[] right = b.clone();
        kernels.binary(f, a, 1, right, 2, right, 2, n);
        assertArrayEquals(
            Arrays.copyOfRange(expected, 1, n + 1), Arrays.copyOfRange(right, 2, n + 2));
        float[] both = a.clone();
        SCALAR.binary(f, a, 0, a, 0, expected, 0, n);
        kernels.binary(f, both, 0, both, 0, both, 0, n);
        assertArrayEquals(Arrays.copyOf(expected, n), Arrays.copyOf(both, n));
      }
    }
  }
}
