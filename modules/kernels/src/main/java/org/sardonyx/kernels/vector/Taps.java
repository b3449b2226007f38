package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import jdk.incubator.vector.FloatVector;

/**
 * One row of a product whose right-hand rows lie anywhere: {@code c = bias + a * b} over at least
 * one vector of columns, as convolutions by channel have it. Each element is one chain of fused
 * multiplications. Rows of b go by nine, five or three, whose factors stay in registers, and the
 * sums between them wait in c; in loops over columns the compiler needs to check no access.
 */
final class Taps {

  private Taps() {}

  static void run(
      int n, int k, float[] a, int ao, float[] b, int bo, int[] at, float bias, float[] c, int co) {
    int whole = n - n % LANES;
    int p = 0;
    if (whole < 4 * LANES || k < 3) {
      whole = 0;
    } else {
      for (; k - p >= 9 && (k - p) % 5 != 0; p += 9) {
        nine(whole, a, ao + p, b, bo, at, p, end(k - p - 9, bias), c, co);
      }
      for (; k - p >= 5; p += 5) {
        five(whole, a, ao + p, b, bo, at, p, end(k - p - 5, bias), c, co);
      }
      for (; k - p >= 3; p += 3) {
        three(whole, a, ao + p, b, bo, at, p, end(k - p - 3, bias), c, co);
      }
      for (; p < k; p++) {
        one(whole, a[ao + p], b, bo + at[p], end(k - p - 1, bias), c, co);
      }
    }
    int j = whole;
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

  /**
   * Returns what is added after a group: the bias after the last one, else what changes nothing.
   */
  private static float end(int left, float bias) {
    return left == 0 ? bias : -0f;
  }

  private static FloatVector factor(float[] a, int at) {
    return FloatVector.broadcast(S, a[at]);
  }

  private static FloatVector sum(boolean begins, float[] c, int at) {
    return begins ? FloatVector.zero(S) : load(c, at);
  }

  private static void nine(
      int n, float[] a, int ao, float[] b, int bo, int[] at, int p, float end, float[] c, int co) {
    FloatVector x0 = factor(a, ao);
    FloatVector x1 = factor(a, ao + 1);
    FloatVector x2 = factor(a, ao + 2);
    FloatVector x3 = factor(a, ao + 3);
    FloatVector x4 = factor(a, ao + 4);
    FloatVector x5 = factor(a, ao + 5);
    FloatVector x6 = factor(a, ao + 6);
    FloatVector x7 = factor(a, ao + 7);
    FloatVector x8 = factor(a, ao + 8);
    int b0 = bo + at[p];
    int b1 = bo + at[p + 1];
    int b2 = bo + at[p + 2];
    int b3 = bo + at[p + 3];
    int b4 = bo + at[p + 4];
    int b5 = bo + at[p + 5];
    int b6 = bo + at[p + 6];
    int b7 = bo + at[p + 7];
    int b8 = bo + at[p + 8];
    boolean begins = p == 0;
    FloatVector more = FloatVector.broadcast(S, end);
    for (int j = 0; j < n; j += LANES) {
      FloatVector s = sum(begins, c, co + j);
      s = x0.fma(load(b, b0 + j), s);
      s = x1.fma(load(b, b1 + j), s);
      s = x2.fma(load(b, b2 + j), s);
      s = x3.fma(load(b, b3 + j), s);
      s = x4.fma(load(b, b4 + j), s);
      s = x5.fma(load(b, b5 + j), s);
      s = x6.fma(load(b, b6 + j), s);
      s = x7.fma(load(b, b7 + j), s);
      s = x8.fma(load(b, b8 + j), s);
      s.add(more).intoArray(c, co + j);
    }
  }

  private static void five(
      int n, float[] a, int ao, float[] b, int bo, int[] at, int p, float end, float[] c, int co) {
    FloatVector x0 = factor(a, ao);
    FloatVector x1 = factor(a, ao + 1);
    FloatVector x2 = factor(a, ao + 2);
    FloatVector x3 = factor(a, ao + 3);
    FloatVector x4 = factor(a, ao + 4);
    int b0 = bo + at[p];
    int b1 = bo + at[p + 1];
    int b2 = bo + at[p + 2];
    int b3 = bo + at[p + 3];
    int b4 = bo + at[p + 4];
    boolean begins = p == 0;
    FloatVector more = FloatVector.broadcast(S, end);
    for (int j = 0; j < n; j += LANES) {
      FloatVector s = sum(begins, c, co + j);
      s = x0.fma(load(b, b0 + j), s);
      s = x1.fma(load(b, b1 + j), s);
      s = x2.fma(load(b, b2 + j), s);
      s = x3.fma(load(b, b3 + j), s);
      s = x4.fma(load(b, b4 + j), s);
      s.add(more).intoArray(c, co + j);
    }
  }

  private static void three(
      int n, float[] a, int ao, float[] b, int bo, int[] at, int p, float end, float[] c, int co) {
    FloatVector x0 = factor(a, ao);
    FloatVector x1 = factor(a, ao + 1);
    FloatVector x2 = factor(a, ao + 2);
    int b0 = bo + at[p];
    int b1 = bo + at[p + 1];
    int b2 = bo + at[p + 2];
    boolean begins = p == 0;
    FloatVector more = FloatVector.broadcast(S, end);
    for (int j = 0; j < n; j += LANES) {
      FloatVector s = sum(begins, c, co + j);
      s = x0.fma(load(b, b0 + j), s);
      s = x1.fma(load(b, b1 + j), s);
      s = x2.fma(load(b, b2 + j), s);
      s.add(more).intoArray(c, co + j);
    }
  }

  private static void one(int n, float x, float[] b, int row, float end, float[] c, int co) {
    FloatVector x0 = FloatVector.broadcast(S, x);
    FloatVector more = FloatVector.broadcast(S, end);
    for (int j = 0; j < n; j += LANES) {
      x0.fma(load(b, row + j), load(c, co + j)).add(more).intoArray(c, co + j);
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
