package org.sardonyx.kernels;

import java.util.Arrays;

/**
 * Softmax of rows, several short ones or a part of a long one at a time. The greatest of a row is
 * looked for among integers, of which C2 knows how to.
 */
final class PlainSoftmax {

  private static final int BLOCK = PlainBlocks.BLOCK;
  private static final int POWER = PlainBlocks.POWER;

  /** Longer rows have blocks of their own, and are summed in parts that C2 makes vectors of. */
  private static final int SHORT = 320;

  private static final int SUMS = BLOCK / 8;

  // From here down exp is 0, and its scale, too: a product of other numbers that is too small takes
  // long.
  private static final float LEAST = -109.5f;

  private static final int INFINITY = 0x7f800000;

  private final PlainBlocks block;
  private final PlainStart start;
  private final float[] s;
  private final int[] k;

  // Of the elements last looked at, in the order of ordered.
  private int greatest;
  private int least;

  PlainSoftmax(PlainBlocks block, PlainStart start) {
    this.block = block;
    this.start = start;
    s = block.s;
    k = block.k;
  }

  void rows(float[] x, int xAt, float[] y, int yAt, int n, int rows) {
    int most = n > SHORT ? 1 : BLOCK / Math.max(n, 1);
    for (int r = 0; r < rows; r += most) {
      int m = Math.min(most, rows - r);
      int from = xAt + r * n;
      int to = yAt + r * n;
      if (start.atOnce(m * n) < m * n) {
        for (int i = 0; i < m; i++) {
          oneByOne(x, from + i * n, y, to + i * n, n);
        }
      } else if (n > BLOCK) {
        row(x, from, y, to, n);
      } else {
        shortRows(x, from, y, to, n, m);
      }
    }
  }

  /** A row as the other methods have it, to the last bit, but of no loops for C2. */
  private void oneByOne(float[] x, int xAt, float[] y, int yAt, int n) {
    float most = Float.NEGATIVE_INFINITY;
    for (int i = xAt; i < xAt + n; i++) {
      most = x[i] > most ? x[i] : most;
    }
    float sum = 0;
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      for (int j = 0; j < count; j++) {
        float c = Math.max(x[xAt + i + j], most + LEAST) - most;
        s[j] = PlainElements.power(c, 0, PlainElements.GREAT);
      }
      System.arraycopy(s, 0, y, yAt + i, count);
      sum += n > SHORT ? sumOfBlock(s, count) : PlainKernels.sumOf(s, 0, n);
    }
    multiply(y, yAt, n, 1 / sum);
  }

  private void shortRows(float[] x, int xAt, float[] y, int yAt, int n, int rows) {
    int all = rows * n;
    block.load(x, xAt, all);
    System.arraycopy(x, xAt, s, POWER, all);
    for (int at = 0; at < all; at += n) {
      look(k, at, n);
      float most = greatest();
      if (isWide(most)) {
        raise(s, POWER + at, n, most + LEAST);
      }
      subtract(s, POWER + at, n, most);
    }
    block.powers(all, 0);
    for (int at = 0; at < all; at += n) {
      float sum = n > SHORT ? sumOfBlock(s, n) : PlainKernels.sumOf(s, at, n);
      multiply(s, at, n, 1 / sum);
    }
    System.arraycopy(s, 0, y, yAt, all);
  }

  private void row(float[] x, int xAt, float[] y, int yAt, int n) {
    int from = Integer.MAX_VALUE;
    int to = Integer.MIN_VALUE;
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      block.load(x, xAt + i, count);
      look(k, 0, count);
      from = Math.min(from, least);
      to = Math.max(to, greatest);
    }
    least = from;
    greatest = to;
    float most = greatest();
    boolean isWide = isWide(most);
    float sum = 0;
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      System.arraycopy(x, xAt + i, s, POWER, count);
      if (isWide) {
        raise(s, POWER, count, most + LEAST);
      }
      block.powers(count, most);
      System.arraycopy(s, 0, y, yAt + i, count);
      sum += sumOfBlock(s, count);
    }
    multiply(y, yAt, n, 1 / sum);
  }

  /** Returns bits of floats as integers in the order of the floats, and those again as bits. */
  private static int ordered(int bits) {
    return bits ^ ((bits >> 31) & 0x7fffffff);
  }

  /** Sets greatest and least to those of the bits of floats. */
  private void look(int[] k, int at, int n) {
    int from = Integer.MAX_VALUE;
    int to = Integer.MIN_VALUE;
    for (int i = at; i < at + n; i++) {
      int b = k[i];
      b ^= (b >> 31) & 0x7fffffff;
      from = Math.min(from, b);
      to = Math.max(to, b);
    }
    least = from;
    greatest = to;
  }

  /** Returns the greatest of the floats, or NaN where one is: those are the first and the last. */
  private float greatest() {
    return least < ordered(INFINITY | 0x80000000)
        ? Float.NaN
        : Float.intBitsToFloat(ordered(greatest));
  }

  /** Whether there are numbers below what powers are made of. */
  private boolean isWide(float most) {
    return !(Float.intBitsToFloat(ordered(least)) - most >= LEAST);
  }

  private static void raise(float[] s, int at, int n, float least) {
    for (int i = at; i < at + n; i++) {
      s[i] = Math.max(s[i], least);
    }
  }

  private static void subtract(float[] s, int at, int n, float x) {
    for (int i = at; i < at + n; i++) {
      s[i] -= x;
    }
  }

  private static void multiply(float[] s, int at, int n, float x) {
    for (int i = at; i < at + n; i++) {
      s[i] *= x;
    }
  }

  /** Returns the sum of n numbers; the rest of the block is lost. */
  private static float sumOfBlock(float[] s, int n) {
    Arrays.fill(s, n, BLOCK, 0);
    for (int i = 0; i < SUMS; i++) {
      float a = s[i] + s[i + SUMS] + (s[i + 2 * SUMS] + s[i + 3 * SUMS]);
      float b = s[i + 4 * SUMS] + s[i + 5 * SUMS] + (s[i + 6 * SUMS] + s[i + 7 * SUMS]);
      s[POWER + i] = a + b;
    }
    return PlainKernels.sumOf(s, POWER, SUMS);
  }
}
