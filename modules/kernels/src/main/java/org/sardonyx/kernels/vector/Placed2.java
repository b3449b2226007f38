package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import jdk.incubator.vector.FloatVector;

/** As {@link Placed4}, two vectors wide and two to five rows high. */
final class Placed2 {

  private static final int LDA = Placed4.LDA;

  private Placed2() {}

  /** Computes one. */
  static void run(
      int rows, int k, float[] a, int ao, float[] b, int[] at, float[] c, int co, int ldc) {
    switch (rows) {
      case 2 -> rows2(k, a, ao, b, at, c, co, ldc);
      case 3 -> rows3(k, a, ao, b, at, c, co, ldc);
      case 4 -> rows4(k, a, ao, b, at, c, co, ldc);
      case 5 -> rows5(k, a, ao, b, at, c, co, ldc);
      default -> throw new IllegalArgumentException("a tile has two to five rows");
    }
  }

  private static void rows2(
      int k, float[] a, int ao, float[] b, int[] at, float[] c, int co, int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    for (int p = 0; p < k; p++) {
      int row = at[p];
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(S, a[ao + p + LDA]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
    }
    s00.intoArray(c, co);
    s01.intoArray(c, co + LANES);
    int c1 = co + ldc;
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
  }

  private static void rows3(
      int k, float[] a, int ao, float[] b, int[] at, float[] c, int co, int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    for (int p = 0; p < k; p++) {
      int row = at[p];
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(S, a[ao + p + LDA]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(S, a[ao + p + 2 * LDA]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
    }
    s00.intoArray(c, co);
    s01.intoArray(c, co + LANES);
    int c1 = co + ldc;
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    int c2 = co + 2 * ldc;
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
  }

  private static void rows4(
      int k, float[] a, int ao, float[] b, int[] at, float[] c, int co, int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    for (int p = 0; p < k; p++) {
      int row = at[p];
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(S, a[ao + p + LDA]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(S, a[ao + p + 2 * LDA]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      FloatVector x3 = FloatVector.broadcast(S, a[ao + p + 3 * LDA]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
    }
    s00.intoArray(c, co);
    s01.intoArray(c, co + LANES);
    int c1 = co + ldc;
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    int c2 = co + 2 * ldc;
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
    int c3 = co + 3 * ldc;
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + LANES);
  }

  private static void rows5(
      int k, float[] a, int ao, float[] b, int[] at, float[] c, int co, int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    FloatVector s40 = s00;
    FloatVector s41 = s00;
    for (int p = 0; p < k; p++) {
      int row = at[p];
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(S, a[ao + p + LDA]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(S, a[ao + p + 2 * LDA]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      FloatVector x3 = FloatVector.broadcast(S, a[ao + p + 3 * LDA]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      FloatVector x4 = FloatVector.broadcast(S, a[ao + p + 4 * LDA]);
      s40 = x4.fma(b0, s40);
      s41 = x4.fma(b1, s41);
    }
    s00.intoArray(c, co);
    s01.intoArray(c, co + LANES);
    int c1 = co + ldc;
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    int c2 = co + 2 * ldc;
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
    int c3 = co + 3 * ldc;
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + LANES);
    int c4 = co + 4 * ldc;
    s40.intoArray(c, c4);
    s41.intoArray(c, c4 + LANES);
  }
}
