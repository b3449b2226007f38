package org.sardonyx.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Products of doubles against sums in the order of k, bit for bit. */
class DoubleProductTest {

  @Test
  void everyShapeAndLayout() {
    SplittableRandom random = new SplittableRandom(1);
    for (int m : new int[] {0, 1, 3, 64, 65}) {
      for (int n : new int[] {0, 1, 7, 33}) {
        for (int k : new int[] {0, 1, 4, 5, 11}) {
          for (int layout = 0; layout < 4; layout++) {
            check(m, n, k, (layout & 1) != 0, (layout & 2) != 0, random);
          }
        }
      }
    }
  }

  private static void check(
      int m, int n, int k, boolean aTurned, boolean bTurned, SplittableRandom random) {
    double[] a = random.doubles(m * k + 3, -9, 9).toArray();
    double[] b = random.doubles(k * n + 2, -9, 9).toArray();
    double[] actual = random.doubles((long) m * (n + 2) + 1, -9, 9).toArray();
    double[] expected = actual.clone();
    int aRow = aTurned ? 1 : k;
    int aColumn = aTurned ? m : 1;
    int bRow = bTurned ? 1 : n;
    int bColumn = bTurned ? k : 1;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          sum += a[3 + i * aRow + p * aColumn] * b[2 + p * bRow + j * bColumn];
        }
        expected[1 + i * (n + 2) + j] += 0.5 * sum;
      }
    }
    DoubleProduct.run(m, n, k, 0.5, a, 3, aRow, aColumn, b, 2, bRow, bColumn, actual, 1, n + 2);
    assertArrayEquals(expected, actual, m + " x " + k + " x " + n);
  }
}
