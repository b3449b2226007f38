package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import jdk.incubator.vector.FloatVector;

/** As {@link Placed4}, two vectors wide and two to five rows high. */
final class Placed2 {

  private static final int LDA = Placed4.LDA;

  private Placed2() {}

  /** Computes tiles one below the other. */
  static void run(
      int tiles,
      int rows,
      int k,
      float[] a,
      int ao,
      float[] b,
      int[] at,
      float[] d,
      int dd,
      int ldd,
      float[] c,
      int co,
      int ldc) {
    for (int i = 0; i < tiles * rows; i += rows) {
      int x = ao + i * LDA;
      int from = dd + i * ldd;
      int to = co + i * ldc;
      switch (rows) {
        case 2 -> rows2(k, a, x, b, at, d, from, ldd, c, to, ldc);
        case 3 -> rows3(k, a, x, b, at, d, from, ldd, c, to, ldc);
        case 4 -> rows4(k, a, x, b, at, d, from, ldd, c, to, ldc);
        case 5 -> rows5(k, a, x, b, at, d, from, ldd, c, to, ldc);
        default -> throw new IllegalArgumentException("a tile has two to five rows");
      }
    }
  }

  private static void rows2(
      int k,
      float[] a,
      int ao,
      float[] b,
      int[] at,
      float[] d,
      int dd,
      int ldd,
      float[] c,
      int co,
      int ldc) {
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
    s00.add(FloatVector.fromArray(S, d, dd)).intoArray(c, co);
    s01.add(FloatVector.fromArray(S, d, dd + LANES)).intoArray(c, co + LANES);
    int d1 = dd + ldd;
    int c1 = co + ldc;
    s10.add(FloatVector.fromArray(S, d, d1)).intoArray(c, c1);
    s11.add(FloatVector.fromArray(S, d, d1 + LANES)).intoArray(c, c1 + LANES);
  }

  private static void rows3(
      int k,
      float[] a,
      int ao,
      float[] b,
      int[] at,
      float[] d,
      int dd,
      int ldd,
      float[] c,
      int co,
      int ldc) {
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
    s00.add(FloatVector.fromArray(S, d, dd)).intoArray(c, co);
    s01.add(FloatVector.fromArray(S, d, dd + LANES)).intoArray(c, co + LANES);
    int d1 = dd + ldd;
    int c1 = co + ldc;
    s10.add(FloatVector.fromArray(S, d, d1)).intoArray(c, c1);
    s11.add(FloatVector.fromArray(S, d, d1 + LANES)).intoArray(c, c1 + LANES);
    int d2 = dd + 2 * ldd;
    int c2 = co + 2 * ldc;
    s20.add(FloatVector.fromArray(S, d, d2)).intoArray(c, c2);
    s21.add(FloatVector.fromArray(S, d, d2 + LANES)).intoArray(c, c2 + LANES);
  }

  private static void rows4(
      int k,
      float[] a,
      int ao,
      float[] b,
      int[] at,
      float[] d,
      int dd,
      int ldd,
      float[] c,
      int co,
      int ldc) {
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
    s00.add(FloatVector.fromArray(S, d, dd)).intoArray(c, co);
    s01.add(FloatVector.fromArray(S, d, dd + LANES)).intoArray(c, co + LANES);
    int d1 = dd + ldd;
    int c1 = co + ldc;
    s10.add(FloatVector.fromArray(S, d, d1)).intoArray(c, c1);
    s11.add(FloatVector.fromArray(S, d, d1 + LANES)).intoArray(c, c1 + LANES);
    int d2 = dd + 2 * ldd;
    int c2 = co + 2 * ldc;
    s20.add(FloatVector.fromArray(S, d, d2)).intoArray(c, c2);
    s21.add(FloatVector.fromArray(S, d, d2 + LANES)).intoArray(c, c2 + LANES);
    int d3 = dd + 3 * ldd;
    int c3 = co + 3 * ldc;
    s30.add(FloatVector.fromArray(S, d, d3)).intoArray(c, c3);
    s31.add(FloatVector.fromArray(S, d, d3 + LANES)).intoArray(c, c3 + LANES);
  }

  private static void rows5(
      int k,
      float[] a,
      int ao,
      float[] b,
      int[] at,
      float[] d,
      int dd,
      int ldd,
      float[] c,
      int co,
      int ldc) {
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
    s00.add(FloatVector.fromArray(S, d, dd)).intoArray(c, co);
    s01.add(FloatVector.fromArray(S, d, dd + LANES)).intoArray(c, co + LANES);
    int d1 = dd + ldd;
    int c1 = co + ldc;
    s10.add(FloatVector.fromArray(S, d, d1)).intoArray(c, c1);
    s11.add(FloatVector.fromArray(S, d, d1 + LANES)).intoArray(c, c1 + LANES);
    int d2 = dd + 2 * ldd;
    int c2 = co + 2 * ldc;
    s20.add(FloatVector.fromArray(S, d, d2)).intoArray(c, c2);
    s21.add(FloatVector.fromArray(S, d, d2 + LANES)).intoArray(c, c2 + LANES);
    int d3 = dd + 3 * ldd;
    int c3 = co + 3 * ldc;
    s30.add(FloatVector.fromArray(S, d, d3)).intoArray(c, c3);
    s31.add(FloatVector.fromArray(S, d, d3 + LANES)).intoArray(c, c3 + LANES);
    int d4 = dd + 4 * ldd;
    int c4 = co + 4 * ldc;
    s40.add(FloatVector.fromArray(S, d, d4)).intoArray(c, c4);
    s41.add(FloatVector.fromArray(S, d, d4 + LANES)).intoArray(c, c4 + LANES);
  }
}
