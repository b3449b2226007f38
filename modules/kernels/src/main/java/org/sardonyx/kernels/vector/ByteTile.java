package org.sardonyx.kernels.vector;

import static jdk.incubator.vector.VectorOperators.B2F;
import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of integers with a panel of bytes, four vectors wide. The first tile of rows widens them
 * in registers, where that takes no time of its own but what the multiplications leave, and keeps
 * what it widened for those of {@link Tile4} that follow: so few rows of the panel at a time that
 * they stay in the first cache.
 */
final class ByteTile {

  static final int WIDTH = 4 * LANES;

  /** Rows at a time: 32 kB of floats. Sums of 128 * 128 * 255 are below 2^22. */
  static final int DEPTH = 128;

  private static final int MOST = 6;
  private static final int LEAST = 4;

  /** 1.5 * 2^23: added to a small integer, it leaves that in the low bits. */
  private static final float MAGIC = 0x1.8p23f;

  private static final int MAGIC_BITS = Float.floatToRawIntBits(MAGIC);

  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Byte.SIZE * LANES));

  private static final VectorSpecies<Integer> INTS = S.withLanes(int.class);

  private ByteTile() {}

  private static FloatVector widened(byte[] b, int at) {
    return (FloatVector) ByteVector.fromArray(BYTES, b, at).convertShape(B2F, S, 0);
  }

  /**
   * Adds the products to c.
   *
   * @param room from {@code at} on for so many rows of the panel and for sums of all rows of a
   */
  static void run(
      int rows,
      int k,
      float[] a,
      int ao,
      int lda,
      byte[] b,
      float[] room,
      int at,
      int[] c,
      int co,
      int ldc) {
    int tiles = (rows + MOST - 1) / MOST;
    int first = rows < LEAST ? 1 : (rows + tiles - 1) / tiles;
    int sums = at + Math.min(k, DEPTH) * WIDTH;
    for (int p = 0; p < k; p += DEPTH) {
      int depth = Math.min(DEPTH, k - p);
      switch (first) {
        case 1 -> rows1(depth, a, ao + p, b, p * WIDTH, room, at, sums);
        case 4 -> rows4(depth, a, ao + p, lda, b, p * WIDTH, room, at, sums);
        case 5 -> rows5(depth, a, ao + p, lda, b, p * WIDTH, room, at, sums);
        default -> rows6(depth, a, ao + p, lda, b, p * WIDTH, room, at, sums);
      }
      for (int r = first, n; r < rows; r += n) {
        int left = (rows - r + MOST - 1) / MOST;
        n = (rows - r + left - 1) / left;
        int to = sums + r * WIDTH;
        Tile4.run(n, depth, a, ao + p + r * lda, lda, room, at, room, to, WIDTH);
      }
      for (int r = 0; r < rows; r++) {
        add(room, sums + r * WIDTH, c, co + r * ldc);
      }
    }
  }

  private static void add(float[] sums, int at, int[] c, int co) {
    for (int i = 0; i < WIDTH; i += LANES) {
      IntVector.fromArray(INTS, c, co + i)
          .add(FloatVector.fromArray(S, sums, at + i).add(MAGIC).reinterpretAsInts())
          .sub(MAGIC_BITS)
          .intoArray(c, co + i);
    }
  }

  private static void rows1(
      int k, float[] a, int ao, byte[] b, int bo, float[] room, int wo, int co) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    FloatVector s02 = s00;
    FloatVector s03 = s00;
    int at = bo;
    int to = wo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = widened(b, at);
      FloatVector b1 = widened(b, at + LANES);
      FloatVector b2 = widened(b, at + 2 * LANES);
      FloatVector b3 = widened(b, at + 3 * LANES);
      b0.intoArray(room, to);
      b1.intoArray(room, to + LANES);
      b2.intoArray(room, to + 2 * LANES);
      b3.intoArray(room, to + 3 * LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      at += WIDTH;
      to += WIDTH;
    }
    s00.intoArray(room, co);
    s01.intoArray(room, co + LANES);
    s02.intoArray(room, co + 2 * LANES);
    s03.intoArray(room, co + 3 * LANES);
  }

  private static void rows4(
      int k, float[] a, int ao, int lda, byte[] b, int bo, float[] room, int wo, int co) {
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
    int a1 = ao + lda;
    int a2 = ao + 2 * lda;
    int a3 = ao + 3 * lda;
    int at = bo;
    int to = wo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = widened(b, at);
      FloatVector b1 = widened(b, at + LANES);
      FloatVector b2 = widened(b, at + 2 * LANES);
      FloatVector b3 = widened(b, at + 3 * LANES);
      b0.intoArray(room, to);
      b1.intoArray(room, to + LANES);
      b2.intoArray(room, to + 2 * LANES);
      b3.intoArray(room, to + 3 * LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      s13 = x1.fma(b3, s13);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      s22 = x2.fma(b2, s22);
      s23 = x2.fma(b3, s23);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      s32 = x3.fma(b2, s32);
      s33 = x3.fma(b3, s33);
      at += WIDTH;
      to += WIDTH;
    }
    s00.intoArray(room, co);
    s01.intoArray(room, co + LANES);
    s02.intoArray(room, co + 2 * LANES);
    s03.intoArray(room, co + 3 * LANES);
    int c1 = co + WIDTH;
    s10.intoArray(room, c1);
    s11.intoArray(room, c1 + LANES);
    s12.intoArray(room, c1 + 2 * LANES);
    s13.intoArray(room, c1 + 3 * LANES);
    int c2 = co + 2 * WIDTH;
    s20.intoArray(room, c2);
    s21.intoArray(room, c2 + LANES);
    s22.intoArray(room, c2 + 2 * LANES);
    s23.intoArray(room, c2 + 3 * LANES);
    int c3 = co + 3 * WIDTH;
    s30.intoArray(room, c3);
    s31.intoArray(room, c3 + LANES);
    s32.intoArray(room, c3 + 2 * LANES);
    s33.intoArray(room, c3 + 3 * LANES);
  }

  private static void rows5(
      int k, float[] a, int ao, int lda, byte[] b, int bo, float[] room, int wo, int co) {
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
    int a1 = ao + lda;
    int a2 = ao + 2 * lda;
    int a3 = ao + 3 * lda;
    int a4 = ao + 4 * lda;
    int at = bo;
    int to = wo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = widened(b, at);
      FloatVector b1 = widened(b, at + LANES);
      FloatVector b2 = widened(b, at + 2 * LANES);
      FloatVector b3 = widened(b, at + 3 * LANES);
      b0.intoArray(room, to);
      b1.intoArray(room, to + LANES);
      b2.intoArray(room, to + 2 * LANES);
      b3.intoArray(room, to + 3 * LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      s13 = x1.fma(b3, s13);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      s22 = x2.fma(b2, s22);
      s23 = x2.fma(b3, s23);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      s32 = x3.fma(b2, s32);
      s33 = x3.fma(b3, s33);
      FloatVector x4 = FloatVector.broadcast(S, a[a4 + p]);
      s40 = x4.fma(b0, s40);
      s41 = x4.fma(b1, s41);
      s42 = x4.fma(b2, s42);
      s43 = x4.fma(b3, s43);
      at += WIDTH;
      to += WIDTH;
    }
    s00.intoArray(room, co);
    s01.intoArray(room, co + LANES);
    s02.intoArray(room, co + 2 * LANES);
    s03.intoArray(room, co + 3 * LANES);
    int c1 = co + WIDTH;
    s10.intoArray(room, c1);
    s11.intoArray(room, c1 + LANES);
    s12.intoArray(room, c1 + 2 * LANES);
    s13.intoArray(room, c1 + 3 * LANES);
    int c2 = co + 2 * WIDTH;
    s20.intoArray(room, c2);
    s21.intoArray(room, c2 + LANES);
    s22.intoArray(room, c2 + 2 * LANES);
    s23.intoArray(room, c2 + 3 * LANES);
    int c3 = co + 3 * WIDTH;
    s30.intoArray(room, c3);
    s31.intoArray(room, c3 + LANES);
    s32.intoArray(room, c3 + 2 * LANES);
    s33.intoArray(room, c3 + 3 * LANES);
    int c4 = co + 4 * WIDTH;
    s40.intoArray(room, c4);
    s41.intoArray(room, c4 + LANES);
    s42.intoArray(room, c4 + 2 * LANES);
    s43.intoArray(room, c4 + 3 * LANES);
  }

  private static void rows6(
      int k, float[] a, int ao, int lda, byte[] b, int bo, float[] room, int wo, int co) {
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
    FloatVector s50 = s00;
    FloatVector s51 = s00;
    FloatVector s52 = s00;
    FloatVector s53 = s00;
    int a1 = ao + lda;
    int a2 = ao + 2 * lda;
    int a3 = ao + 3 * lda;
    int a4 = ao + 4 * lda;
    int a5 = ao + 5 * lda;
    int at = bo;
    int to = wo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = widened(b, at);
      FloatVector b1 = widened(b, at + LANES);
      FloatVector b2 = widened(b, at + 2 * LANES);
      FloatVector b3 = widened(b, at + 3 * LANES);
      b0.intoArray(room, to);
      b1.intoArray(room, to + LANES);
      b2.intoArray(room, to + 2 * LANES);
      b3.intoArray(room, to + 3 * LANES);
      FloatVector x0 = FloatVector.broadcast(S, a[ao + p]);
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      s13 = x1.fma(b3, s13);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      s22 = x2.fma(b2, s22);
      s23 = x2.fma(b3, s23);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      s32 = x3.fma(b2, s32);
      s33 = x3.fma(b3, s33);
      FloatVector x4 = FloatVector.broadcast(S, a[a4 + p]);
      s40 = x4.fma(b0, s40);
      s41 = x4.fma(b1, s41);
      s42 = x4.fma(b2, s42);
      s43 = x4.fma(b3, s43);
      FloatVector x5 = FloatVector.broadcast(S, a[a5 + p]);
      s50 = x5.fma(b0, s50);
      s51 = x5.fma(b1, s51);
      s52 = x5.fma(b2, s52);
      s53 = x5.fma(b3, s53);
      at += WIDTH;
      to += WIDTH;
    }
    s00.intoArray(room, co);
    s01.intoArray(room, co + LANES);
    s02.intoArray(room, co + 2 * LANES);
    s03.intoArray(room, co + 3 * LANES);
    int c1 = co + WIDTH;
    s10.intoArray(room, c1);
    s11.intoArray(room, c1 + LANES);
    s12.intoArray(room, c1 + 2 * LANES);
    s13.intoArray(room, c1 + 3 * LANES);
    int c2 = co + 2 * WIDTH;
    s20.intoArray(room, c2);
    s21.intoArray(room, c2 + LANES);
    s22.intoArray(room, c2 + 2 * LANES);
    s23.intoArray(room, c2 + 3 * LANES);
    int c3 = co + 3 * WIDTH;
    s30.intoArray(room, c3);
    s31.intoArray(room, c3 + LANES);
    s32.intoArray(room, c3 + 2 * LANES);
    s33.intoArray(room, c3 + 3 * LANES);
    int c4 = co + 4 * WIDTH;
    s40.intoArray(room, c4);
    s41.intoArray(room, c4 + LANES);
    s42.intoArray(room, c4 + 2 * LANES);
    s43.intoArray(room, c4 + 3 * LANES);
    int c5 = co + 5 * WIDTH;
    s50.intoArray(room, c5);
    s51.intoArray(room, c5 + LANES);
    s52.intoArray(room, c5 + 2 * LANES);
    s53.intoArray(room, c5 + 3 * LANES);
  }
}
