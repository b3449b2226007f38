package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import jdk.incubator.vector.FloatVector;

/**
 * Tiles of a product whose right-hand rows lie anywhere, two vectors wide and one to six rows high:
 * {@code c = bias + a * b}, with a row of a every {@code lda} floats, and row p of b at {@code bo +
 * at[p]}. Each element is one chain of fused multiplications, in whatever tile it lies.
 */
final class GatherTile {

  private GatherTile() {}

  static void run(
      int rows,
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int[] at,
      float[] bias,
      int first,
      float[] c,
      int co,
      int ldc) {
    switch (rows) {
      case 1 -> rows1(k, a, ao, b, bo, at, bias, first, c, co);
      case 2 -> rows2(k, a, ao, lda, b, bo, at, bias, first, c, co, ldc);
      case 3 -> rows3(k, a, ao, lda, b, bo, at, bias, first, c, co, ldc);
      case 4 -> rows4(k, a, ao, lda, b, bo, at, bias, first, c, co, ldc);
      case 5 -> rows5(k, a, ao, lda, b, bo, at, bias, first, c, co, ldc);
      case 6 -> rows6(k, a, ao, lda, b, bo, at, bias, first, c, co, ldc);
      default -> throw new IllegalArgumentException("a tile has one to six rows");
    }
  }

  private static void rows1(
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int[] at,
      float[] bias,
      int first,
      float[] c,
      int co) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    for (int p = 0; p < k; p++) {
      int row = bo + at[p];
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
    }
    s00.add(bias[first]).intoArray(c, co);
    s01.add(bias[first]).intoArray(c, co + LANES);
  }

  private static void rows2(
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int[] at,
      float[] bias,
      int first,
      float[] c,
      int co,
      int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    int a1 = ao + lda;
    for (int p = 0; p < k; p++) {
      int row = bo + at[p];
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
    }
    s00.add(bias[first]).intoArray(c, co);
    s01.add(bias[first]).intoArray(c, co + LANES);
    s10.add(bias[first + 1]).intoArray(c, co + ldc);
    s11.add(bias[first + 1]).intoArray(c, co + ldc + LANES);
  }

  private static void rows3(
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int[] at,
      float[] bias,
      int first,
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
    int a2 = a1 + lda;
    for (int p = 0; p < k; p++) {
      int row = bo + at[p];
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
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
    s00.add(bias[first]).intoArray(c, co);
    s01.add(bias[first]).intoArray(c, co + LANES);
    s10.add(bias[first + 1]).intoArray(c, co + ldc);
    s11.add(bias[first + 1]).intoArray(c, co + ldc + LANES);
    s20.add(bias[first + 2]).intoArray(c, co + 2 * ldc);
    s21.add(bias[first + 2]).intoArray(c, co + 2 * ldc + LANES);
  }

  private static void rows4(
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int[] at,
      float[] bias,
      int first,
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
    int a1 = ao + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    for (int p = 0; p < k; p++) {
      int row = bo + at[p];
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
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
    }
    s00.add(bias[first]).intoArray(c, co);
    s01.add(bias[first]).intoArray(c, co + LANES);
    s10.add(bias[first + 1]).intoArray(c, co + ldc);
    s11.add(bias[first + 1]).intoArray(c, co + ldc + LANES);
    s20.add(bias[first + 2]).intoArray(c, co + 2 * ldc);
    s21.add(bias[first + 2]).intoArray(c, co + 2 * ldc + LANES);
    s30.add(bias[first + 3]).intoArray(c, co + 3 * ldc);
    s31.add(bias[first + 3]).intoArray(c, co + 3 * ldc + LANES);
  }

  private static void rows5(
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int[] at,
      float[] bias,
      int first,
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
    int a1 = ao + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    for (int p = 0; p < k; p++) {
      int row = bo + at[p];
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
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
    }
    s00.add(bias[first]).intoArray(c, co);
    s01.add(bias[first]).intoArray(c, co + LANES);
    s10.add(bias[first + 1]).intoArray(c, co + ldc);
    s11.add(bias[first + 1]).intoArray(c, co + ldc + LANES);
    s20.add(bias[first + 2]).intoArray(c, co + 2 * ldc);
    s21.add(bias[first + 2]).intoArray(c, co + 2 * ldc + LANES);
    s30.add(bias[first + 3]).intoArray(c, co + 3 * ldc);
    s31.add(bias[first + 3]).intoArray(c, co + 3 * ldc + LANES);
    s40.add(bias[first + 4]).intoArray(c, co + 4 * ldc);
    s41.add(bias[first + 4]).intoArray(c, co + 4 * ldc + LANES);
  }

  private static void rows6(
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int[] at,
      float[] bias,
      int first,
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
    FloatVector s50 = s00;
    FloatVector s51 = s00;
    int a1 = ao + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    for (int p = 0; p < k; p++) {
      int row = bo + at[p];
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
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
    }
    s00.add(bias[first]).intoArray(c, co);
    s01.add(bias[first]).intoArray(c, co + LANES);
    s10.add(bias[first + 1]).intoArray(c, co + ldc);
    s11.add(bias[first + 1]).intoArray(c, co + ldc + LANES);
    s20.add(bias[first + 2]).intoArray(c, co + 2 * ldc);
    s21.add(bias[first + 2]).intoArray(c, co + 2 * ldc + LANES);
    s30.add(bias[first + 3]).intoArray(c, co + 3 * ldc);
    s31.add(bias[first + 3]).intoArray(c, co + 3 * ldc + LANES);
    s40.add(bias[first + 4]).intoArray(c, co + 4 * ldc);
    s41.add(bias[first + 4]).intoArray(c, co + 4 * ldc + LANES);
    s50.add(bias[first + 5]).intoArray(c, co + 5 * ldc);
    s51.add(bias[first + 5]).intoArray(c, co + 5 * ldc + LANES);
  }
}
