package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import org.sardonyx.kernels.PackedMatrix;

/**
 * A second copy of a packed matrix that one row after the other is multiplied with: columns in
 * stripes of eight vectors, each row after row, off the heap. There a vector lies in one line of
 * the cache; arrays begin anywhere, and most of their vectors lie in two lines.
 */
final class Stripes {

  /** Columns of a stripe. */
  static final int WIDTH = 8 * LANES;

  private static final long VECTOR = (long) LANES * Float.BYTES;
  private static final long PAGE = 4096;

  /** Has so many bits that C2 makes no shifts of a product with it. */
  private static final long APART = 0x9e3779b97f4a7c15L;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private Stripes() {}

  /** Returns how many stripes n columns go in; what is left of them is less than half of one. */
  static int count(int n) {
    return (n + WIDTH / 2 - 1) / WIDTH;
  }

  /** Returns room for n floats or integers, zeros at first. */
  static MemorySegment room(long n) {
    return Arena.ofAuto().allocate(Float.BYTES * n, PAGE);
  }

  /** Copies a matrix of floats; the last stripe may be filled up with zeros. */
  static MemorySegment copy(PackedMatrix b) {
    int k = b.k();
    MemorySegment to = room((long) count(b.n()) * WIDTH * k);
    for (int j = 0; j < Math.min(b.n(), count(b.n()) * WIDTH); j += Panels.WIDTH) {
      int width = Panels.rounded(b.n() - j);
      for (int p = 0; p < k; p++) {
        long at = ((long) (j - j % WIDTH) * k + (long) p * WIDTH + j % WIDTH) * Float.BYTES;
        int from = b.offset() + j * k + p * width;
        MemorySegment.copy(b.panels(), from, to, ValueLayout.JAVA_FLOAT, at, width);
      }
    }
    return to;
  }

  private static FloatVector from(MemorySegment b, long at) {
    return FloatVector.fromMemorySegment(S, b, at, ORDER);
  }

  private static void add(FloatVector sum, float[] d, int from, float[] c, int to) {
    sum.add(load(d, from)).intoArray(c, to);
  }

  /**
   * Computes {@code c = d + a * b} for one row of a and k rows of the stripe that begins at {@code
   * bo}. The index is an int and the place goes on by as much in each turn: so C2 keeps no check in
   * the loop.
   *
   * <p>Of a turn that has up to 60 nodes C2 makes one with others, and then has rows be read in the
   * order of their sums and not of memory, which on Zen 5 takes half as long again. Products of
   * longs count as ten nodes: one that nobody needs keeps turns apart.
   *
   * @return a number without meaning, or C2 would leave it out
   */
  static long row(
      int k, float[] a, int ao, MemorySegment b, long bo, float[] d, int dd, float[] c, int co) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    long at = bo;
    long unneeded = 0;
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(S, a[ao + p]);
      s0 = x.fma(from(b, at), s0);
      s1 = x.fma(from(b, at + VECTOR), s1);
      s2 = x.fma(from(b, at + 2 * VECTOR), s2);
      s3 = x.fma(from(b, at + 3 * VECTOR), s3);
      s4 = x.fma(from(b, at + 4 * VECTOR), s4);
      s5 = x.fma(from(b, at + 5 * VECTOR), s5);
      s6 = x.fma(from(b, at + 6 * VECTOR), s6);
      s7 = x.fma(from(b, at + 7 * VECTOR), s7);
      at += 8 * VECTOR;
      unneeded = unneeded * APART + p;
    }
    add(s0, d, dd, c, co);
    add(s1, d, dd + LANES, c, co + LANES);
    add(s2, d, dd + 2 * LANES, c, co + 2 * LANES);
    add(s3, d, dd + 3 * LANES, c, co + 3 * LANES);
    add(s4, d, dd + 4 * LANES, c, co + 4 * LANES);
    add(s5, d, dd + 5 * LANES, c, co + 5 * LANES);
    add(s6, d, dd + 6 * LANES, c, co + 6 * LANES);
    add(s7, d, dd + 7 * LANES, c, co + 7 * LANES);
    return unneeded;
  }
}
