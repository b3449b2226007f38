package org.sardonyx.operators;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Transposes matrices of bytes: squares of eight by eight of them, a row in a long. */
final class Squares {

  private static final int SIDE = 8;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Squares() {}

  /**
   * Sets {@code y[yo + j * yRow + i] = x[xo + i * xRow + j]} for i of the rows and j of columns.
   */
  static void transpose(
      byte[] x, int xo, int xRow, byte[] y, int yo, int yRow, int rows, int columns) {
    int high = rows - rows % SIDE;
    int wide = columns - columns % SIDE;
    for (int j = 0; j < wide; j += SIDE) {
      for (int i = 0; i < high; i += SIDE) {
        square(x, xo + i * xRow + j, xRow, y, yo + j * yRow + i, yRow);
      }
    }
    Grid.move(x, xo + wide, 1, xRow, y, yo + wide * yRow, yRow, 1, columns - wide, high);
    Grid.move(x, xo + high * xRow, 1, xRow, y, yo + high, yRow, 1, columns, rows - high);
  }

  private static void square(byte[] x, int at, int xRow, byte[] y, int to, int yRow) {
    long a = (long) LONGS.get(x, at);
    long b = (long) LONGS.get(x, at + xRow);
    long c = (long) LONGS.get(x, at + 2 * xRow);
    long d = (long) LONGS.get(x, at + 3 * xRow);
    long e = (long) LONGS.get(x, at + 4 * xRow);
    long f = (long) LONGS.get(x, at + 5 * xRow);
    long g = (long) LONGS.get(x, at + 6 * xRow);
    long h = (long) LONGS.get(x, at + 7 * xRow);
    // Quarters of a square change places with those across its diagonal: of single bytes first.
    long p = low(a, b, 1);
    b = high(a, b, 1);
    long q = low(c, d, 1);
    d = high(c, d, 1);
    long r = low(e, f, 1);
    f = high(e, f, 1);
    long s = low(g, h, 1);
    h = high(g, h, 1);
    a = low(p, q, 2);
    c = high(p, q, 2);
    p = low(b, d, 2);
    d = high(b, d, 2);
    e = low(r, s, 2);
    g = high(r, s, 2);
    q = low(f, h, 2);
    h = high(f, h, 2);
    LONGS.set(y, to, low(a, e, 4));
    LONGS.set(y, to + yRow, low(p, q, 4));
    LONGS.set(y, to + 2 * yRow, low(c, g, 4));
    LONGS.set(y, to + 3 * yRow, low(d, h, 4));
    LONGS.set(y, to + 4 * yRow, high(a, e, 4));
    LONGS.set(y, to + 5 * yRow, high(p, q, 4));
    LONGS.set(y, to + 6 * yRow, high(c, g, 4));
    LONGS.set(y, to + 7 * yRow, high(d, h, 4));
  }

  /** Returns which bits are in the lower halves of pairs of so many bytes. */
  private static long halves(int bytes) {
    return bytes == 1 ? 0x00ff00ff00ff00ffL : bytes == 2 ? 0x0000ffff0000ffffL : 0xffffffffL;
  }

  private static long low(long a, long b, int bytes) {
    return (a & halves(bytes)) | ((b & halves(bytes)) << (Byte.SIZE * bytes));
  }

  private static long high(long a, long b, int bytes) {
    return ((a >>> (Byte.SIZE * bytes)) & halves(bytes)) | (b & ~halves(bytes));
  }
}
