package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import jdk.incubator.vector.FloatVector;

/**
 * As {@link Tile2}, over a matrix b as it lies, with a row every {@code ldb} floats: for few rows
 * of a, which are not worth a copy of b.
 */
final class Strip {

  /** Rows of a that are multiplied at once. */
  static final int ROWS = 3;

  private Strip() {}

  static void run(
      int rows,
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
      float[] d,
      int dd,
      int ldd,
      float[] c,
      int co,
      int ldc) {
    switch (rows) {
      case 1 -> rows1(k, a, ao, b, bo, ldb, d, dd, c, co);
      case 2 -> rows2(k, a, ao, lda, b, bo, ldb, d, dd, ldd, c, co, ldc);
      case 3 -> rows3(k, a, ao, lda, b, bo, ldb, d, dd, ldd, c, co, ldc);
      default -> throw new IllegalArgumentException("a strip has one to three rows");
    }
  }

  private static void add(FloatVector sum, float[] d, int from, float[] c, int to) {
    sum.add(load(d, from)).intoArray(c, to);
  }

  /** One row and eight vectors. */
  static void wide(
      int k, float[] a, int ao, float[] b, int bo, int ldb, float[] d, int dd, float[] c, int co) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    int at = bo;
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(S, a[ao + p]);
      s0 = x.fma(load(b, at), s0);
      s1 = x.fma(load(b, at + LANES), s1);
      s2 = x.fma(load(b, at + 2 * LANES), s2);
      s3 = x.fma(load(b, at + 3 * LANES), s3);
      s4 = x.fma(load(b, at + 4 * LANES), s4);
      s5 = x.fma(load(b, at + 5 * LANES), s5);
      s6 = x.fma(load(b, at + 6 * LANES), s6);
      s7 = x.fma(load(b, at + 7 * LANES), s7);
      at += ldb;
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

  private static void rows1(
      int k, float[] a, int ao, float[] b, int bo, int ldb, float[] d, int dd, float[] c, int co) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    int at = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, at);
      FloatVector b1 = load(b, at + LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      at += ldb;
    }
    add(s00, d, dd, c, co);
    add(s01, d, dd + LANES, c, co + LANES);
  }

  private static void rows2(
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
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
      at += ldb;
    }
    add(s00, d, dd, c, co);
    add(s01, d, dd + LANES, c, co + LANES);
    add(s10, d, dd + ldd, c, co + ldc);
    add(s11, d, dd + ldd + LANES, c, co + ldc + LANES);
  }

  private static void rows3(
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
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
    int a1 = ao + lda;
    int a2 = ao + 2 * lda;
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
      at += ldb;
    }
    add(s00, d, dd, c, co);
    add(s01, d, dd + LANES, c, co + LANES);
    add(s10, d, dd + ldd, c, co + ldc);
    add(s11, d, dd + ldd + LANES, c, co + ldc + LANES);
    add(s20, d, dd + 2 * ldd, c, co + 2 * ldc);
    add(s21, d, dd + 2 * ldd + LANES, c, co + 2 * ldc + LANES);
  }
}
