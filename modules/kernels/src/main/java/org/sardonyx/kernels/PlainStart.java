package org.sardonyx.kernels;

/**
 * How far some loops are from being fast. That takes some hundred calls and some ten milliseconds
 * of the compiler, for a method of one element far less. Hence elements of the first blocks are
 * computed one by one, but for some blocks: short ones until C1 has the loops, then whole ones, as
 * C2 is to see them.
 */
final class PlainStart {

  private static final int SHORTS = 1200;
  private static final int ALL = 10_000;

  /** Fewer elements are always computed one by one. */
  private static final int LEAST = 24;

  /** Blocks that are still to come. */
  private int left;

  /**
   * Makes one.
   *
   * @param isCold whether the loops are not fast yet
   */
  PlainStart(boolean isCold) {
    left = isCold ? ALL : 0;
  }

  /** Returns how many elements of the next block of n are to be computed by loops. */
  int atOnce(int n) {
    if (n < LEAST) {
      return 0;
    }
    if (left == 0) {
      return n;
    }
    left--;
    if (left > ALL - SHORTS) {
      return left % 8 == 0 ? Math.min(n, 64) : 0;
    }
    return left % 64 == 0 ? n : 0;
  }
}
