package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import jdk.incubator.vector.FloatVector;

/**
 * Tiles of a product, one vector wide and one to six rows high: {@code c = a * b}, with a row of a
 * every {@code lda} floats and its elements side by side, and b packed, a row right after the
 * other: with a stride that is no constant, C2 would check every access. Each element of c is one
 * chain of fused multiplications from the first row of b to the last, in whatever tile it lies.
 * Written out, so that all partial sums stay in registers. What a product starts from is added by
 * {@link Tiles#add}: C2 would need half as much memory again for that here, and twice the time.
 */
final class Tile1 {

  private Tile1() {}

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

  private static void rows1(int k, float[] a, int ao, float[] b, int bo, float[] c, int co) {
    FloatVector s00 = FloatVector.zero(S);
    int at = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, at);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      at += LANES;
    }
    s00.intoArray(c, co);
  }

  private static void rows2(
      int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s10 = s00;
    int a1 = ao + lda;
    int at = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, at);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      s10 = x1.fma(b0, s10);
      at += LANES;
    }
    s00.intoArray(c, co);
    int c1 = co + ldc;
    s10.intoArray(c, c1);
  }

  private static void rows3(
      int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s10 = s00;
    FloatVector s20 = s00;
    int a1 = ao + lda;
    int a2 = ao + 2 * lda;
    int at = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, at);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      s10 = x1.fma(b0, s10);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      s20 = x2.fma(b0, s20);
      at += LANES;
    }
    s00.intoArray(c, co);
    int c1 = co + ldc;
    s10.intoArray(c, c1);
    int c2 = co + 2 * ldc;
    s20.intoArray(c, c2);
  }

  private static void rows4(
      int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s10 = s00;
    FloatVector s20 = s00;
    FloatVector s30 = s00;
    int a1 = ao + lda;
    int a2 = ao + 2 * lda;
    int a3 = ao + 3 * lda;
    int at = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, at);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      s10 = x1.fma(b0, s10);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      s20 = x2.fma(b0, s20);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
      s30 = x3.fma(b0, s30);
      at += LANES;
    }
    s00.intoArray(c, co);
    int c1 = co + ldc;
    s10.intoArray(c, c1);
    int c2 = co + 2 * ldc;
    s20.intoArray(c, c2);
    int c3 = co + 3 * ldc;
    s30.intoArray(c, c3);
  }

  private static void rows5(
      int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s10 = s00;
    FloatVector s20 = s00;
    FloatVector s30 = s00;
    FloatVector s40 = s00;
    int a1 = ao + lda;
    int a2 = ao + 2 * lda;
    int a3 = ao + 3 * lda;
    int a4 = ao + 4 * lda;
    int at = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, at);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      s10 = x1.fma(b0, s10);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      s20 = x2.fma(b0, s20);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
      s30 = x3.fma(b0, s30);
      FloatVector x4 = FloatVector.broadcast(S, a[a4 + p]);
      s40 = x4.fma(b0, s40);
      at += LANES;
    }
    s00.intoArray(c, co);
    int c1 = co + ldc;
    s10.intoArray(c, c1);
    int c2 = co + 2 * ldc;
    s20.intoArray(c, c2);
    int c3 = co + 3 * ldc;
    s30.intoArray(c, c3);
    int c4 = co + 4 * ldc;
    s40.intoArray(c, c4);
  }

  private static void rows6(
      int k, float[] a, int ao, int lda, float[] b, int bo, float[] c, int co, int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s10 = s00;
    FloatVector s20 = s00;
    FloatVector s30 = s00;
    FloatVector s40 = s00;
    FloatVector s50 = s00;
    int a1 = ao + lda;
    int a2 = ao + 2 * lda;
    int a3 = ao + 3 * lda;
    int a4 = ao + 4 * lda;
    int a5 = ao + 5 * lda;
    int at = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, at);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      s10 = x1.fma(b0, s10);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      s20 = x2.fma(b0, s20);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
      s30 = x3.fma(b0, s30);
      FloatVector x4 = FloatVector.broadcast(S, a[a4 + p]);
      s40 = x4.fma(b0, s40);
      FloatVector x5 = FloatVector.broadcast(S, a[a5 + p]);
      s50 = x5.fma(b0, s50);
      at += LANES;
    }
    s00.intoArray(c, co);
    int c1 = co + ldc;
    s10.intoArray(c, c1);
    int c2 = co + 2 * ldc;
    s20.intoArray(c, c2);
    int c3 = co + 3 * ldc;
    s30.intoArray(c, c3);
    int c4 = co + 4 * ldc;
    s40.intoArray(c, c4);
    int c5 = co + 5 * ldc;
    s50.intoArray(c, c5);
  }
}
