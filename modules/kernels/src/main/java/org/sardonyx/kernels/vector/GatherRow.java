package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import jdk.incubator.vector.FloatVector;

/**
 * One row of a product whose right-hand rows lie anywhere, see {@link GatherTile}, over at least
 * one vector of columns: four vectors at a time, then one, the last one overlapping the one before.
 */
final class GatherRow {

  private GatherRow() {}

  /** Computes {@code c = bias + a * b}. */
  static void run(
      int n, int k, float[] a, int ao, float[] b, int bo, int[] at, float bias, float[] c, int co) {
    int j = 0;
    for (; j + 4 * LANES <= n; j += 4 * LANES) {
      wide(k, a, ao, b, bo + j, at, bias, c, co + j);
    }
    for (; j + LANES <= n; j += LANES) {
      narrow(k, a, ao, b, bo + j, at, bias, c, co + j);
    }
    if (j < n) {
      narrow(k, a, ao, b, bo + n - LANES, at, bias, c, co + n - LANES);
    }
  }

  private static void wide(
      int k, float[] a, int ao, float[] b, int bo, int[] at, float bias, float[] c, int co) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int p = 0; p < k; p++) {
      int row = bo + at[p];
      FloatVector x = FloatVector.broadcast(S, a[ao + p]);
      s0 = x.fma(load(b, row), s0);
      s1 = x.fma(load(b, row + LANES), s1);
      s2 = x.fma(load(b, row + 2 * LANES), s2);
      s3 = x.fma(load(b, row + 3 * LANES), s3);
    }
    s0.add(bias).intoArray(c, co);
    s1.add(bias).intoArray(c, co + LANES);
    s2.add(bias).intoArray(c, co + 2 * LANES);
    s3.add(bias).intoArray(c, co + 3 * LANES);
  }

  private static void narrow(
      int k, float[] a, int ao, float[] b, int bo, int[] at, float bias, float[] c, int co) {
    FloatVector s = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      s = FloatVector.broadcast(S, a[ao + p]).fma(load(b, bo + at[p]), s);
    }
    s.add(bias).intoArray(c, co);
  }
}
