package org.sardonyx.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PoolingTest {

  private final long seed = Long.getLong("seed", 1);
  private final Random random = new Random(seed);

  @Test
  void floatsAreAsDoubles() {
    for (int i = 0; i < 400; i++) {
      int rank = 1 + i % 3;
      int[][] sizes = new int[7][rank];
      for (int a = 0; a < rank; a++) {
        int in = 1 + random.nextInt(rank == 1 ? 90 : 20);
        int kernel = 1 + random.nextInt(4);
        int stride = 1 + random.nextInt(3);
        int dilation = 1 + random.nextInt(2);
        int begin = random.nextInt(4);
        int end = random.nextInt(4);
        int out = Math.max(0, in + begin + end - (kernel - 1) * dilation - 1) / stride + 1;
        int[] axis = {in, out, kernel, stride, dilation, begin, end};
        for (int s = 0; s < axis.length; s++) {
          sizes[s][a] = axis[s];
        }
      }
      compare(
          new Window(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6]),
          1 + random.nextInt(3));
    }
  }

  private void compare(Window window, int planes) {
    Pooling pooling = new Pooling(window);
    float[] x = new float[planes * window.inSize()];
    double[] wide = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(50) == 0 ? Float.NaN : random.nextInt(50) - 25;
      wide[i] = x[i];
    }
    double[] expected = new double[planes * window.outSize()];
    float[] y = new float[expected.length];
    for (Kernels kernels : new Kernels[] {Kernels.scalar(), Kernels.best()}) {
      pooling.max(planes, wide, expected, null, false);
      pooling.max(kernels, planes, x, y);
      assertArrayEquals(narrow(expected), y, window + ", seed " + seed);
      for (Pooling.Divisor divisor : Pooling.Divisor.values()) {
        pooling.average(planes, divisor, wide, expected);
        pooling.average(kernels, planes, divisor, x, y);
        assertArrayEquals(narrow(expected), y, window + ", seed " + seed);
      }
    }
  }

  @Test
  void rowsLongerThanABlock() {
    Window window =
        new Window(
            new int[] {3, 9001},
            new int[] {3, 4501},
            new int[] {2, 3},
            new int[] {1, 2},
            new int[] {1, 1},
            new int[] {1, 1},
            new int[] {0, 1});
    compare(window, 2);
  }

  @Test
  void infinitiesStayWithTheirWindows() {
    Window window =
        new Window(
            new int[] {2, 40},
            new int[] {2, 40},
            new int[] {1, 3},
            new int[] {1, 1},
            new int[] {1, 1},
            new int[] {0, 1},
            new int[] {0, 1});
    float[] x = new float[80];
    x[39] = Float.POSITIVE_INFINITY;
    x[40] = Float.NEGATIVE_INFINITY;
    float[] y = new float[80];
    new Pooling(window).average(Kernels.best(), 1, Pooling.Divisor.WINDOW, x, y);
    for (int i = 0; i < 80; i++) {
      float expected =
          i == 38 || i == 39
              ? Float.POSITIVE_INFINITY
              : i == 40 || i == 41 ? Float.NEGATIVE_INFINITY : 0;
      assertEquals(expected, y[i]);
    }
  }

  private static float[] narrow(double[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) x[i];
    }
    return y;
  }
}
