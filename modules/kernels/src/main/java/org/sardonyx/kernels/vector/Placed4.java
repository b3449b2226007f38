package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import jdk.incubator.vector.FloatVector;

/**
 * Tiles of a product, four vectors wide and three to five rows high: {@code c = a * b}, where row p
 * of b begins at {@code at[p]}, and rows of a lie {@link #LDA} apart. As {@link Tile4}, whose sums
 * they are bit for bit; for windows, which overlap so much that copies of them would take several
 * times the room in the first cache. The stride of a is a constant, since there are no registers
 * for the places of five rows beside those of b: C2 would move them through vectors.
 */
final class Placed4 {

  /** Floats from one row of a to the next. */
  static final int LDA = Spread.DEPTH + 16;

  /** Rows of the lowest tile. */
  static final int LEAST = 3;

  private Placed4() {}

  /** Computes one. */
  static void run(
      int rows, int k, float[] a, int ao, float[] b, int[] at, float[] c, int co, int ldc) {
    switch (rows) {
      case 3 -> rows3(k, a, ao, b, at, c, co, ldc);
      case 4 -> rows4(k, a, ao, b, at, c, co, ldc);
      case 5 -> rows5(k, a, ao, b, at, c, co, ldc);
      default -> throw new IllegalArgumentException("a tile has three to five rows");
    }
  }

  private static void rows3(
      int k, float[] a, int ao, float[] b, int[] at, float[] c, int co, int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    FloatVector s02 = s00;
    FloatVector s03 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s12 = s00;
    FloatVector s13 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s22 = s00;
    FloatVector s23 = s00;
    for (int p = 0; p < k; p++) {
      int row = at[p];
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
      FloatVector b2 = load(b, row + 2 * LANES);
      FloatVector b3 = load(b, row + 3 * LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      FloatVector x1 = FloatVector.broadcast(S, a[ao + p + LDA]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      s13 = x1.fma(b3, s13);
      FloatVector x2 = FloatVector.broadcast(S, a[ao + p + 2 * LDA]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      s22 = x2.fma(b2, s22);
      s23 = x2.fma(b3, s23);
    }
    s00.intoArray(c, co);
    s01.intoArray(c, co + LANES);
    s02.intoArray(c, co + 2 * LANES);
    s03.intoArray(c, co + 3 * LANES);
    int c1 = co + ldc;
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    s12.intoArray(c, c1 + 2 * LANES);
    s13.intoArray(c, c1 + 3 * LANES);
    int c2 = co + 2 * ldc;
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
    s22.intoArray(c, c2 + 2 * LANES);
    s23.intoArray(c, c2 + 3 * LANES);
  }

  private static void rows4(
      int k, float[] a, int ao, float[] b, int[] at, float[] c, int co, int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    FloatVector s02 = s00;
    FloatVector s03 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s12 = s00;
    FloatVector s13 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s22 = s00;
    FloatVector s23 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    FloatVector s32 = s00;
    FloatVector s33 = s00;
    for (int p = 0; p < k; p++) {
      int row = at[p];
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
      FloatVector b2 = load(b, row + 2 * LANES);
      FloatVector b3 = load(b, row + 3 * LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      FloatVector x1 = FloatVector.broadcast(S, a[ao + p + LDA]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      s13 = x1.fma(b3, s13);
      FloatVector x2 = FloatVector.broadcast(S, a[ao + p + 2 * LDA]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      s22 = x2.fma(b2, s22);
      s23 = x2.fma(b3, s23);
      FloatVector x3 = FloatVector.broadcast(S, a[ao + p + 3 * LDA]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      s32 = x3.fma(b2, s32);
      s33 = x3.fma(b3, s33);
    }
    s00.intoArray(c, co);
    s01.intoArray(c, co + LANES);
    s02.intoArray(c, co + 2 * LANES);
    s03.intoArray(c, co + 3 * LANES);
    int c1 = co + ldc;
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    s12.intoArray(c, c1 + 2 * LANES);
    s13.intoArray(c, c1 + 3 * LANES);
    int c2 = co + 2 * ldc;
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
    s22.intoArray(c, c2 + 2 * LANES);
    s23.intoArray(c, c2 + 3 * LANES);
    int c3 = co + 3 * ldc;
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + LANES);
    s32.intoArray(c, c3 + 2 * LANES);
    s33.intoArray(c, c3 + 3 * LANES);
  }

  private static void rows5(
      int k, float[] a, int ao, float[] b, int[] at, float[] c, int co, int ldc) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    FloatVector s02 = s00;
    FloatVector s03 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s12 = s00;
    FloatVector s13 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s22 = s00;
    FloatVector s23 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    FloatVector s32 = s00;
    FloatVector s33 = s00;
    FloatVector s40 = s00;
    FloatVector s41 = s00;
    FloatVector s42 = s00;
    FloatVector s43 = s00;
    for (int p = 0; p < k; p++) {
      int row = at[p];
      FloatVector b0 = load(b, row);
      FloatVector b1 = load(b, row + LANES);
      FloatVector b2 = load(b, row + 2 * LANES);
      FloatVector b3 = load(b, row + 3 * LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      FloatVector x1 = FloatVector.broadcast(S, a[ao + p + LDA]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      s13 = x1.fma(b3, s13);
      FloatVector x2 = FloatVector.broadcast(S, a[ao + p + 2 * LDA]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      s22 = x2.fma(b2, s22);
      s23 = x2.fma(b3, s23);
      FloatVector x3 = FloatVector.broadcast(S, a[ao + p + 3 * LDA]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      s32 = x3.fma(b2, s32);
      s33 = x3.fma(b3, s33);
      FloatVector x4 = FloatVector.broadcast(S, a[ao + p + 4 * LDA]);
      s40 = x4.fma(b0, s40);
      s41 = x4.fma(b1, s41);
      s42 = x4.fma(b2, s42);
      s43 = x4.fma(b3, s43);
    }
    s00.intoArray(c, co);
    s01.intoArray(c, co + LANES);
    s02.intoArray(c, co + 2 * LANES);
    s03.intoArray(c, co + 3 * LANES);
    int c1 = co + ldc;
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    s12.intoArray(c, c1 + 2 * LANES);
    s13.intoArray(c, c1 + 3 * LANES);
    int c2 = co + 2 * ldc;
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
    s22.intoArray(c, c2 + 2 * LANES);
    s23.intoArray(c, c2 + 3 * LANES);
    int c3 = co + 3 * ldc;
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + LANES);
    s32.intoArray(c, c3 + 2 * LANES);
    s33.intoArray(c, c3 + 3 * LANES);
    int c4 = co + 4 * ldc;
    s40.intoArray(c, c4);
    s41.intoArray(c, c4 + LANES);
    s42.intoArray(c, c4 + 2 * LANES);
    s43.intoArray(c, c4 + 3 * LANES);
  }
}
