package org.sardonyx.operators;

import java.util.Arrays;
import org.sardonyx.kernels.Kernels;

/** The innermost loops of {@link Moves}, once for every kind of array. */
final class Grid {

  /** Tiles of this many rows and columns keep both sides of a transposition in the cache. */
  private static final int TILE = 8;

  /** From so many rows and columns on, a grid of floats is left to the kernels. */
  private static final int SQUARE = 8;

  /** Or so many of one, and of the other many more: colours of an image. */
  private static final int FEW = 3;

  private static final int LONG = 64;

  private Grid() {}

  /** As the other one, by kernels where they have loops for it. */
  static void move(
      Kernels kernels,
      Object from,
      int f,
      int fi,
      int fj,
      Object to,
      int t,
      int ti,
      int tj,
      int rows,
      int columns) {
    boolean isGrid = Math.min(rows, columns) >= (Math.max(rows, columns) < LONG ? SQUARE : FEW);
    if (fi == 1 && tj == 1 && isGrid && from instanceof float[] x) {
      kernels.transpose(x, f, fj, (float[]) to, t, ti, columns, rows);
    } else if (fi == 1 && tj == 1 && isGrid && from instanceof byte[] x) {
      Squares.transpose(x, f, fj, (byte[]) to, t, ti, columns, rows);
    } else if (fj == 2 && tj == 1 && columns >= Moves.SHORT && from instanceof float[] x) {
      for (int i = 0; i < rows; i++) {
        kernels.take(x, f + i * fi, fj, (float[]) to, t + i * ti, columns);
      }
    } else {
      move(from, f, fi, fj, to, t, ti, tj, rows, columns);
    }
  }

  /**
   * Moves a grid of {@code rows} by {@code columns} elements: {@code to[t + i * ti + j * tj] =
   * from[f + i * fi + j * fj]}.
   */
  static void move(
      Object from, int f, int fi, int fj, Object to, int t, int ti, int tj, int rows, int columns) {
    if (rows > TILE && columns > TILE && fj != 0) {
      for (int i = 0; i < rows; i += TILE) {
        int high = Math.min(TILE, rows - i);
        for (int j = 0; j < columns; j += TILE) {
          int wide = Math.min(TILE, columns - j);
          tile(from, f + i * fi + j * fj, fi, fj, to, t + i * ti + j * tj, ti, tj, high, wide);
        }
      }
    } else {
      tile(from, f, fi, fj, to, t, ti, tj, rows, columns);
    }
  }

  private static void tile(
      Object from, int f, int fi, int fj, Object to, int t, int ti, int tj, int rows, int columns) {
    if (from instanceof float[] a) {
      // Before a switch that takes milliseconds at first.
      tile(a, f, fi, fj, (float[]) to, t, ti, tj, rows, columns);
      return;
    }
    switch (from) {
      case double[] a -> tile(a, f, fi, fj, (double[]) to, t, ti, tj, rows, columns);
      case int[] a -> tile(a, f, fi, fj, (int[]) to, t, ti, tj, rows, columns);
      case long[] a -> tile(a, f, fi, fj, (long[]) to, t, ti, tj, rows, columns);
      case short[] a -> tile(a, f, fi, fj, (short[]) to, t, ti, tj, rows, columns);
      case byte[] a -> tile(a, f, fi, fj, (byte[]) to, t, ti, tj, rows, columns);
      case String[] a -> tile(a, f, fi, fj, (String[]) to, t, ti, tj, rows, columns);
      default -> throw new IllegalStateException();
    }
  }

  /** Moves {@code from[f + map[i]]} to {@code to[t + i]}; negative entries move nothing. */
  static void pick(Object from, int f, int[] map, int start, int end, Object to, int t) {
    if (from instanceof float[] a) {
      pick(a, f, map, start, end, (float[]) to, t); // as in tile
      return;
    }
    switch (from) {
      case double[] a -> pick(a, f, map, start, end, (double[]) to, t);
      case int[] a -> pick(a, f, map, start, end, (int[]) to, t);
      case long[] a -> pick(a, f, map, start, end, (long[]) to, t);
      case short[] a -> pick(a, f, map, start, end, (short[]) to, t);
      case byte[] a -> pick(a, f, map, start, end, (byte[]) to, t);
      case String[] a -> pick(a, f, map, start, end, (String[]) to, t);
      default -> throw new IllegalStateException();
    }
  }

  /** Moves {@code from[f + i]} to {@code to[map[i]]}. */
  static void put(Object from, int f, int[] map, int start, int end, Object to) {
    switch (from) {
      case float[] a -> put(a, f, map, start, end, (float[]) to);
      case double[] a -> put(a, f, map, start, end, (double[]) to);
      case int[] a -> put(a, f, map, start, end, (int[]) to);
      case long[] a -> put(a, f, map, start, end, (long[]) to);
      case short[] a -> put(a, f, map, start, end, (short[]) to);
      case byte[] a -> put(a, f, map, start, end, (byte[]) to);
      case String[] a -> put(a, f, map, start, end, (String[]) to);
      default -> throw new IllegalStateException();
    }
  }

  private static void tile(
      float[] from, int f, int fi, int fj, float[] to, int t, int ti, int tj, int m, int n) {
    for (int i = 0; i < m; i++) {
      int x = f + i * fi;
      int y = t + i * ti;
      if (fj == 0 && tj == 1) {
        Arrays.fill(to, y, y + n, from[x]);
        continue;
      }
      if (fj == 2 && tj == 1) {
        // With distances that the compiler knows, indices are checked once.
        for (int j = 0; j < n; j++) {
          to[y + j] = from[x + 2 * j];
        }
        continue;
      }
      for (int j = 0; j < n; j++) {
        to[y] = from[x];
        x += fj;
        y += tj;
      }
    }
  }

  private static void pick(float[] from, int f, int[] map, int start, int end, float[] to, int t) {
    for (int i = start; i < end; i++) {
      if (map[i] >= 0) {
        to[t + i] = from[f + map[i]];
      }
    }
  }

  private static void put(float[] from, int f, int[] map, int start, int end, float[] to) {
    for (int i = start; i < end; i++) {
      to[map[i]] = from[f + i];
    }
  }

  private static void tile(
      double[] from, int f, int fi, int fj, double[] to, int t, int ti, int tj, int m, int n) {
    for (int i = 0; i < m; i++) {
      int x = f + i * fi;
      int y = t + i * ti;
      if (fj == 0 && tj == 1) {
        Arrays.fill(to, y, y + n, from[x]);
        continue;
      }
      for (int j = 0; j < n; j++) {
        to[y] = from[x];
        x += fj;
        y += tj;
      }
    }
  }

  private static void pick(
      double[] from, int f, int[] map, int start, int end, double[] to, int t) {
    for (int i = start; i < end; i++) {
      if (map[i] >= 0) {
        to[t + i] = from[f + map[i]];
      }
    }
  }

  private static void put(double[] from, int f, int[] map, int start, int end, double[] to) {
    for (int i = start; i < end; i++) {
      to[map[i]] = from[f + i];
    }
  }

  private static void tile(
      int[] from, int f, int fi, int fj, int[] to, int t, int ti, int tj, int m, int n) {
    for (int i = 0; i < m; i++) {
      int x = f + i * fi;
      int y = t + i * ti;
      if (fj == 0 && tj == 1) {
        Arrays.fill(to, y, y + n, from[x]);
        continue;
      }
      for (int j = 0; j < n; j++) {
        to[y] = from[x];
        x += fj;
        y += tj;
      }
    }
  }

  private static void pick(int[] from, int f, int[] map, int start, int end, int[] to, int t) {
    for (int i = start; i < end; i++) {
      if (map[i] >= 0) {
        to[t + i] = from[f + map[i]];
      }
    }
  }

  private static void put(int[] from, int f, int[] map, int start, int end, int[] to) {
    for (int i = start; i < end; i++) {
      to[map[i]] = from[f + i];
    }
  }

  private static void tile(
      long[] from, int f, int fi, int fj, long[] to, int t, int ti, int tj, int m, int n) {
    for (int i = 0; i < m; i++) {
      int x = f + i * fi;
      int y = t + i * ti;
      if (fj == 0 && tj == 1) {
        Arrays.fill(to, y, y + n, from[x]);
        continue;
      }
      for (int j = 0; j < n; j++) {
        to[y] = from[x];
        x += fj;
        y += tj;
      }
    }
  }

  private static void pick(long[] from, int f, int[] map, int start, int end, long[] to, int t) {
    for (int i = start; i < end; i++) {
      if (map[i] >= 0) {
        to[t + i] = from[f + map[i]];
      }
    }
  }

  private static void put(long[] from, int f, int[] map, int start, int end, long[] to) {
    for (int i = start; i < end; i++) {
      to[map[i]] = from[f + i];
    }
  }

  private static void tile(
      short[] from, int f, int fi, int fj, short[] to, int t, int ti, int tj, int m, int n) {
    for (int i = 0; i < m; i++) {
      int x = f + i * fi;
      int y = t + i * ti;
      if (fj == 0 && tj == 1) {
        Arrays.fill(to, y, y + n, from[x]);
        continue;
      }
      for (int j = 0; j < n; j++) {
        to[y] = from[x];
        x += fj;
        y += tj;
      }
    }
  }

  private static void pick(short[] from, int f, int[] map, int start, int end, short[] to, int t) {
    for (int i = start; i < end; i++) {
      if (map[i] >= 0) {
        to[t + i] = from[f + map[i]];
      }
    }
  }

  private static void put(short[] from, int f, int[] map, int start, int end, short[] to) {
    for (int i = start; i < end; i++) {
      to[map[i]] = from[f + i];
    }
  }

  private static void tile(
      byte[] from, int f, int fi, int fj, byte[] to, int t, int ti, int tj, int m, int n) {
    for (int i = 0; i < m; i++) {
      int x = f + i * fi;
      int y = t + i * ti;
      if (fj == 0 && tj == 1) {
        Arrays.fill(to, y, y + n, from[x]);
        continue;
      }
      for (int j = 0; j < n; j++) {
        to[y] = from[x];
        x += fj;
        y += tj;
      }
    }
  }

  private static void pick(byte[] from, int f, int[] map, int start, int end, byte[] to, int t) {
    for (int i = start; i < end; i++) {
      if (map[i] >= 0) {
        to[t + i] = from[f + map[i]];
      }
    }
  }

  private static void put(byte[] from, int f, int[] map, int start, int end, byte[] to) {
    for (int i = start; i < end; i++) {
      to[map[i]] = from[f + i];
    }
  }

  private static void tile(
      String[] from, int f, int fi, int fj, String[] to, int t, int ti, int tj, int m, int n) {
    for (int i = 0; i < m; i++) {
      int x = f + i * fi;
      int y = t + i * ti;
      if (fj == 0 && tj == 1) {
        Arrays.fill(to, y, y + n, from[x]);
        continue;
      }
      for (int j = 0; j < n; j++) {
        to[y] = from[x];
        x += fj;
        y += tj;
      }
    }
  }

  private static void pick(
      String[] from, int f, int[] map, int start, int end, String[] to, int t) {
    for (int i = start; i < end; i++) {
      if (map[i] >= 0) {
        to[t + i] = from[f + map[i]];
      }
    }
  }

  private static void put(String[] from, int f, int[] map, int start, int end, String[] to) {
    for (int i = start; i < end; i++) {
      to[map[i]] = from[f + i];
    }
  }
}
