package org.sardonyx.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;

/** The second copy of a matrix gives the products of the first, bit for bit. */
class StripesTest {

  private static final Kernels VECTOR = new VectorKernels(false);

  @Test
  void productsAreThoseOfThePanels() {
    SplittableRandom random = new SplittableRandom(3);
    Kernels cold = new VectorKernels(true);
    Kernels threaded = VECTOR.threaded(task -> Thread.ofVirtual().start(task), 2);
    for (int round = 0; round < 300; round++) {
      int m = round % 5 == 4 ? 7 : 1;
      int n = 1 + random.nextInt(round % 2 == 0 ? 700 : 150);
      // Beyond a block of rows as well, and enough to be shared.
      int k = random.nextInt(round % 10 == 2 ? 2500 : 60);
      float[] a = floats(random, m * k + 3);
      float[] b = floats(random, k * n + 2);
      if (round % 3 == 0 && b.length > 9) {
        b[7] = Float.NaN;
        b[8] = Float.POSITIVE_INFINITY;
      }
      float[] start = floats(random, m * (n + 3) + 4);
      float alpha = round % 7 == 6 ? 0.5f : 1;
      for (Kernels kernels : new Kernels[] {Kernels.scalar(), VECTOR, cold, threaded}) {
        PackedMatrix panels = kernels.pack(k, n, b, 2, n, 1);
        PackedMatrix steps = panels.forSteps();
        for (int step = 0; step < 3; step++) {
          float[] expected = start.clone();
          kernels.gemm(m, alpha, a, 3, k, 1, panels, expected, 4, n + 3);
          float[] actual = start.clone();
          kernels.gemm(m, alpha, a, 3, k, 1, steps, actual, 4, n + 3);
          assertArrayEquals(expected, actual, kernels.name());
          kernels.gemm(m, a, 3, k, 1, panels, start, 0, null, expected, 4, n + 3);
          kernels.gemm(m, a, 3, k, 1, steps, start, 0, null, actual, 4, n + 3);
          assertArrayEquals(expected, actual, kernels.name());
        }
        kernels.rest();
      }
    }
  }

  @Test
  void aStripeThatIsLessThanHalfFullIsLeftToPanels() {
    int half = Stripes.WIDTH / 2;
    assertEquals(0, Stripes.count(half));
    assertEquals(1, Stripes.count(half + 1));
    assertEquals(1, Stripes.count(Stripes.WIDTH + half));
    assertEquals(2, Stripes.count(Stripes.WIDTH + half + 1));
  }

  private static float[] floats(SplittableRandom random, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }
}
