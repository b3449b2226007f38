package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import jdk.incubator.vector.FloatVector;

/**
 * Tiles of a product, two vectors wide and one to six rows high: {@code c = a * b}, with a row of a
 * every {@code lda} floats and its elements side by side, and b packed, a row right after the
 * other: with a stride that is no constant, C2 would check every access. Each element of c is one
 * chain of fused multiplications from the first row of b to the last, in whatever tile it lies.
 * Written out, so that all partial sums stay in registers. What a product starts from is added by
 * {@link Tiles#add}: C2 would need half as much memory again for that here, and twice the time.
 */
final class Tile2 {

  private Tile2() {}

  /** Computes one. */
  static void run(
      int rows, int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
    switch (rows) {
      case 1 -> rows1(k, a, ao, b, bo, c, co);
      case 2 -> rows2(k, a, ao, lda, b, bo, c, co, ldc);
      case 3 -> rows3(k, a, ao, lda, b, bo, c, co, ldc);
      case 4 -> rows4(k, a, ao, lda, b, bo, c, co, ldc);
      case 5 -> rows5(k, a, ao, lda, b, bo, c, co, ldc);
      case 6 -> rows6(k, a, ao, lda, b, bo, c, co, ldc);
      default -> throw new IllegalArgumentException("a tile has one to six rows");
    }
  }

  private static void add(FloatVector sum, float[] d, int from, float[] c, int to) {
    sum.add(load(d, from)).intoArray(c, to);
  }

  /**
   * One row and eight vectors, two at each of four places in b: a single row of two vectors would
   * wait for its own sums.
   */
  static void wide(
      int k,
      float[] a,
      int ao,
      float[] b,
      int b0,
      int b1,
      int b2,
      int b3,
      float[] d,
      int dd,
      float[] c,
      int co) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    int at = 0;
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(S, a[ao + p]);
      s0 = x.fma(load(b, b0 + at), s0);
      s1 = x.fma(load(b, b0 + at + LANES), s1);
      s2 = x.fma(load(b, b1 + at), s2);
      s3 = x.fma(load(b, b1 + at + LANES), s3);
      s4 = x.fma(load(b, b2 + at), s4);
      s5 = x.fma(load(b, b2 + at + LANES), s5);
      s6 = x.fma(load(b, b3 + at), s6);
      s7 = x.fma(load(b, b3 + at + LANES), s7);
      at += Panels.WIDTH;
    }
    add(s0, d, dd, c, co);
    add(s1, d, dd + LANES, c, co + LANES);
    add(s2, d, dd + 2 * LANES, c, co + 2 * LANES);
    add(s3, d, dd + 3 * LANES, c, co + 3 * LANES);
    add(s4, d, dd + 4 * LANES, c, co + 4 * LANES);
    add(s5, d, dd + 5 * LANES, c, co + 5 * LANES);
    add(s6, d, dd + 6 * LANES, c, co + 6 * LANES);
    add(s7, d, dd + 7 * LANES, c, co + 7 * LANES);
  }

  private static void rows1(int k, float[] a, int ao, float[] b, int bo, float[] c, int co) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    int at = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, at);
      FloatVector b1 = load(b, at + LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      at += 2 * LANES;
    }
    s00.intoArray(c, co);
    s01.intoArray(c, co + LANES);
  }

  private static void rows2(
      int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    int a1 = ao + lda;
    int at = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, at);
      FloatVector b1 = load(b, at + LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      at += 2 * LANES;
    }
    s00.intoArray(c, co);
    s01.intoArray(c, co + LANES);
    int c1 = co + ldc;
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
  }

  private static void rows3(
      int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    int a1 = ao + lda;
    int a2 = ao + 2 * lda;
    int at = bo;
    // Two rows of b in a turn, or C2 would take four, and 16 registers do not hold those.
    int p = 0;
    for (; p < k - 1; p += 2) {
      FloatVector b0 = load(b, at);
      FloatVector b1 = load(b, at + LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      FloatVector b2 = load(b, at + 2 * LANES);
      FloatVector b3 = load(b, at + 3 * LANES);
      FloatVector y0 = FloatVector.broadcast(S, a[ao + p + 1]);
      s00 = y0.fma(b2, s00);
      s01 = y0.fma(b3, s01);
      FloatVector y1 = FloatVector.broadcast(S, a[a1 + p + 1]);
      s10 = y1.fma(b2, s10);
      s11 = y1.fma(b3, s11);
      FloatVector y2 = FloatVector.broadcast(S, a[a2 + p + 1]);
      s20 = y2.fma(b2, s20);
      s21 = y2.fma(b3, s21);
      at += 4 * LANES;
    }
    if (p < k) {
      FloatVector b0 = load(b, at);
      FloatVector b1 = load(b, at + LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
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
      int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    int a1 = ao + lda;
    int a2 = ao + 2 * lda;
    int a3 = ao + 3 * lda;
    int at = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, at);
      FloatVector b1 = load(b, at + LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      at += 2 * LANES;
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
      int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
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
    int a1 = ao + lda;
    int a2 = ao + 2 * lda;
    int a3 = ao + 3 * lda;
    int a4 = ao + 4 * lda;
    int at = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, at);
      FloatVector b1 = load(b, at + LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      FloatVector x4 = FloatVector.broadcast(S, a[a4 + p]);
      s40 = x4.fma(b0, s40);
      s41 = x4.fma(b1, s41);
      at += 2 * LANES;
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

  private static void rows6(
      int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
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
    FloatVector s50 = s00;
    FloatVector s51 = s00;
    int a1 = ao + lda;
    int a2 = ao + 2 * lda;
    int a3 = ao + 3 * lda;
    int a4 = ao + 4 * lda;
    int a5 = ao + 5 * lda;
    int at = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, at);
      FloatVector b1 = load(b, at + LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      FloatVector x4 = FloatVector.broadcast(S, a[a4 + p]);
      s40 = x4.fma(b0, s40);
      s41 = x4.fma(b1, s41);
      FloatVector x5 = FloatVector.broadcast(S, a[a5 + p]);
      s50 = x5.fma(b0, s50);
      s51 = x5.fma(b1, s51);
      at += 2 * LANES;
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
    int c5 = co + 5 * ldc;
    s50.intoArray(c, c5);
    s51.intoArray(c, c5 + LANES);
  }
}
