package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Window;

/**
 * Pooling of planes: first of the rows that windows read, whole, then along them, each for eight
 * vectors at a time. The last vector of a row overlaps the one before; that of a row shorter than a
 * vector overlaps the next row, which is written after it. Where windows go by two, they are taken
 * as if they began everywhere, and every second result is kept.
 *
 * <p>The loops are large enough for the compiler not to take them into others.
 *
 * <p>An object is the room that one thread works in.
 */
final class Pools {

  private static final int EIGHT = 8;

  /**
   * Elements of pooled rows that are written before they are read, and stay in the nearest cache.
   */
  private static final int BLOCK = 1 << 12;

  /** The most elements of pooled rows. */
  private static final int ROOM = 1 << 22;

  /** Elements of arrays that may be kept from one call to the next. */
  private static final int SMALL = 1 << 18;

  /** What {@link #sample} takes. */
  static final int OPERATIONS = 6 * 8 * (3 * 8 + 4);

  private static final float[] NONE = {};

  /** The pooled rows; then the last of the planes; then its outputs. */
  private float[] room = NONE;

  /** Where vectors are read, and where they are written: of rows, and along them. */
  private int[] from = {};

  private int[] to = {};
  private int[] rowFrom = {};
  private int[] rowTo = {};

  /** Taps. */
  private int[] down = {};

  private int[] across = {};

  /** Of runs of rows that read as many rows of the input: taps, and vectors up to their end. */
  private int[] taps = {};

  private int[] ends = {};

  /** Computes the outputs, see {@link Kernels#pool}; returns whether it did. */
  boolean run(
      Kernels kernels,
      Window window,
      Binary f,
      int planes,
      float[] x,
      int xo,
      float[] divisors,
      float[] y,
      int yo) {
    int last = window.in().length - 1;
    int n = window.out()[last];
    int width = window.in()[last];
    int stride = window.stride()[last];
    int outs = (n - 1) * stride + 1;
    int k = window.kernel()[last];
    int extent = outs + (k - 1) * window.dilation()[last];
    int begin = window.begin()[last];
    int line = Math.max(extent, begin + width);
    int out = window.outSize();
    int in = window.inSize();
    int rows = out / n;
    if (width == 0 || (double) rows * line > ROOM) {
      return false;
    }
    int mid = rows * line;
    int block = Math.clamp(BLOCK / mid, 1, planes);
    int spare = block * mid + 4 * LANES;
    int outputs = spare + (width < LANES ? in + LANES : 0);
    int results = outputs + Math.max(out, stride > 2 ? rows * outs : 0) + LANES;
    if (room.length < results) {
      room = new float[results];
    }
    boolean max = f == Binary.MAX;
    Arrays.fill(room, 0, spare, max ? Float.NEGATIVE_INFINITY : 0);
    int runs = rows(window, rows, width, begin, line);
    int count = along(rows, line, stride > 2 ? outs : n, stride == 2 ? 2 : 1);
    if (across.length != k) {
      across = new int[k];
    }
    for (int t = 0; t < k; t++) {
      across[t] = t * window.dilation()[last];
    }
    VectorMask<Float> inside = S.indexInRange(0, width);
    for (int q = 0; q < planes; q += block) {
      int m = Math.min(block, planes - q);
      for (int i = 0; i < m; i++) {
        float[] b = x;
        int bo = xo + (q + i) * in;
        // What lies behind the last plane is not read, and not written.
        if (width < LANES && bo + in + LANES > x.length) {
          System.arraycopy(x, bo, room, spare, in);
          b = room;
          bo = spare;
        }
        int t = 0;
        for (int r = 0, v = 0; r < runs; v = ends[r++]) {
          if (max) {
            greatestDown(
                v, ends[r], rowFrom, rowTo, taps[r], down, t, inside, b, bo, room, i * mid);
          } else {
            sumsDown(v, ends[r], rowFrom, rowTo, taps[r], down, t, inside, b, bo, room, i * mid);
          }
          t += taps[r];
        }
      }
      for (int i = 0; i < m; i++) {
        int to = yo + (q + i) * out;
        boolean beside = stride > 2 || (n < LANES && (planes - 1 - q - i) * out < LANES);
        float[] c = beside ? room : y;
        int co = beside ? outputs : to;
        if (max) {
          greatest(count, from, this.to, stride == 2, across, room, i * mid, c, co);
        } else {
          float[] d = stride > 2 ? NONE : divisors;
          sums(count, from, this.to, stride == 2, across, room, i * mid, c, co, d);
        }
        if (stride > 2) {
          for (int r = 0; r < rows; r++) {
            kernels.take(c, co + r * outs, stride, y, to + r * n, n);
          }
          if (!max) {
            kernels.binary(Binary.DIV, y, to, divisors, 0, y, to, out);
          }
        } else if (beside) {
          System.arraycopy(c, co, y, to, out);
        }
      }
    }
    if (room.length > SMALL) {
      room = NONE;
    }
    return true;
  }

  /** Notes which rows of the input each row reads; returns how many runs there are. */
  private int rows(Window window, int rows, int width, int begin, int line) {
    int[] offsets = window.rowOffsets();
    int all = offsets.length / rows;
    int vectors = (width + LANES - 1) / LANES;
    if (down.length < offsets.length) {
      down = new int[offsets.length];
    }
    if (taps.length < rows) {
      taps = new int[rows];
      ends = new int[rows];
    }
    if (rowFrom.length < rows * (vectors + EIGHT)) {
      rowFrom = new int[rows * (vectors + EIGHT)];
      rowTo = new int[rows * (vectors + EIGHT)];
    }
    int runs = 0;
    int v = 0;
    int used = 0;
    for (int r = 0; r < rows; r++) {
      int first = -1;
      int n = 0;
      // The taps of the run before, or of a new one.
      int at = runs == 0 ? 0 : used - taps[runs - 1];
      boolean same = runs > 0;
      for (int pass = 0; pass < 2; pass++) {
        n = 0;
        for (int t = 0; t < all; t++) {
          int offset = offsets[t * rows + r];
          if (offset < 0) {
            continue;
          }
          first = n == 0 ? offset : first;
          if (pass == 0) {
            same &= n < taps[Math.max(0, runs - 1)] && down[at + n] == offset - first;
          } else if (!same) {
            down[used + n] = offset - first;
          }
          n++;
        }
        same &= runs > 0 && n == taps[runs - 1];
      }
      if (n == 0) {
        continue;
      }
      if (!same) {
        if (runs > 0) {
          v = fill(v, runs == 1 ? 0 : ends[runs - 2], rowFrom, rowTo);
          ends[runs - 1] = v;
        }
        taps[runs++] = n;
        used += n;
      }
      for (int j = 0; j < vectors; j++) {
        int place = Math.min(j * LANES, Math.max(0, width - LANES));
        rowFrom[v] = first + place;
        rowTo[v++] = r * line + begin + place;
      }
    }
    if (runs > 0) {
      ends[runs - 1] = fill(v, runs == 1 ? 0 : ends[runs - 2], rowFrom, rowTo);
    }
    return runs;
  }

  /** Has the last vector be computed as often as it takes; returns where its run ends. */
  private static int fill(int v, int start, int[] from, int[] to) {
    int end = v;
    for (; (end - start) % EIGHT != 0; end++) {
      from[end] = from[v - 1];
      to[end] = to[v - 1];
    }
    return end;
  }

  /** Notes where outputs are read along rows; returns how many vectors are to be read. */
  private int along(int rows, int line, int outs, int step) {
    int most = rows * ((outs + LANES - 1) / LANES) + EIGHT;
    if (to.length < most) {
      from = new int[2 * most];
      to = new int[most];
    }
    int v = 0;
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < outs; j += LANES, v++) {
        int place = Math.min(j, Math.max(0, outs - LANES));
        from[step * v] = r * line + step * place;
        from[step * v + step - 1] = from[step * v] + (step - 1) * LANES;
        to[v] = r * outs + place;
      }
    }
    for (int i = v; step * i % EIGHT != 0; i++) {
      from[step * i] = from[step * v - step];
      from[step * i + step - 1] = from[step * v - 1];
      to[i] = to[v - 1];
    }
    return step * v;
  }

  private static void set(FloatVector sum, float[] divisors, int i, float[] c, int at) {
    if (divisors.length == 0) {
      sum.intoArray(c, at);
    } else {
      sum.div(load(divisors, i)).intoArray(c, at);
    }
  }

  private static void greatestDown(
      int start,
      int end,
      int[] from,
      int[] to,
      int k,
      int[] down,
      int t,
      VectorMask<Float> inside,
      float[] b,
      int bo,
      float[] c,
      int co) {
    FloatVector none = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
    for (int v = start; v < end; v += EIGHT) {
      int f0 = bo + from[v + 0];
      int f1 = bo + from[v + 1];
      int f2 = bo + from[v + 2];
      int f3 = bo + from[v + 3];
      int f4 = bo + from[v + 4];
      int f5 = bo + from[v + 5];
      int f6 = bo + from[v + 6];
      int f7 = bo + from[v + 7];
      FloatVector s0 = load(b, f0 + down[t]);
      FloatVector s1 = load(b, f1 + down[t]);
      FloatVector s2 = load(b, f2 + down[t]);
      FloatVector s3 = load(b, f3 + down[t]);
      FloatVector s4 = load(b, f4 + down[t]);
      FloatVector s5 = load(b, f5 + down[t]);
      FloatVector s6 = load(b, f6 + down[t]);
      FloatVector s7 = load(b, f7 + down[t]);
      for (int p = 1; p < k; p++) {
        int row = down[t + p];
        s0 = s0.max(load(b, f0 + row));
        s1 = s1.max(load(b, f1 + row));
        s2 = s2.max(load(b, f2 + row));
        s3 = s3.max(load(b, f3 + row));
        s4 = s4.max(load(b, f4 + row));
        s5 = s5.max(load(b, f5 + row));
        s6 = s6.max(load(b, f6 + row));
        s7 = s7.max(load(b, f7 + row));
      }
      none.blend(s0, inside).intoArray(c, co + to[v + 0]);
      none.blend(s1, inside).intoArray(c, co + to[v + 1]);
      none.blend(s2, inside).intoArray(c, co + to[v + 2]);
      none.blend(s3, inside).intoArray(c, co + to[v + 3]);
      none.blend(s4, inside).intoArray(c, co + to[v + 4]);
      none.blend(s5, inside).intoArray(c, co + to[v + 5]);
      none.blend(s6, inside).intoArray(c, co + to[v + 6]);
      none.blend(s7, inside).intoArray(c, co + to[v + 7]);
    }
  }

  private static void sumsDown(
      int start,
      int end,
      int[] from,
      int[] to,
      int k,
      int[] down,
      int t,
      VectorMask<Float> inside,
      float[] b,
      int bo,
      float[] c,
      int co) {
    FloatVector none = FloatVector.zero(S);
    for (int v = start; v < end; v += EIGHT) {
      int f0 = bo + from[v + 0];
      int f1 = bo + from[v + 1];
      int f2 = bo + from[v + 2];
      int f3 = bo + from[v + 3];
      int f4 = bo + from[v + 4];
      int f5 = bo + from[v + 5];
      int f6 = bo + from[v + 6];
      int f7 = bo + from[v + 7];
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s1 = FloatVector.zero(S);
      FloatVector s2 = FloatVector.zero(S);
      FloatVector s3 = FloatVector.zero(S);
      FloatVector s4 = FloatVector.zero(S);
      FloatVector s5 = FloatVector.zero(S);
      FloatVector s6 = FloatVector.zero(S);
      FloatVector s7 = FloatVector.zero(S);
      for (int p = 0; p < k; p++) {
        int row = down[t + p];
        s0 = s0.add(load(b, f0 + row));
        s1 = s1.add(load(b, f1 + row));
        s2 = s2.add(load(b, f2 + row));
        s3 = s3.add(load(b, f3 + row));
        s4 = s4.add(load(b, f4 + row));
        s5 = s5.add(load(b, f5 + row));
        s6 = s6.add(load(b, f6 + row));
        s7 = s7.add(load(b, f7 + row));
      }
      none.blend(s0, inside).intoArray(c, co + to[v + 0]);
      none.blend(s1, inside).intoArray(c, co + to[v + 1]);
      none.blend(s2, inside).intoArray(c, co + to[v + 2]);
      none.blend(s3, inside).intoArray(c, co + to[v + 3]);
      none.blend(s4, inside).intoArray(c, co + to[v + 4]);
      none.blend(s5, inside).intoArray(c, co + to[v + 5]);
      none.blend(s6, inside).intoArray(c, co + to[v + 6]);
      none.blend(s7, inside).intoArray(c, co + to[v + 7]);
    }
  }

  private static void greatest(
      int count,
      int[] from,
      int[] to,
      boolean halves,
      int[] at,
      float[] b,
      int bo,
      float[] c,
      int co) {
    for (int v = 0; v < count; v += EIGHT) {
      int f0 = bo + from[v + 0];
      int f1 = bo + from[v + 1];
      int f2 = bo + from[v + 2];
      int f3 = bo + from[v + 3];
      int f4 = bo + from[v + 4];
      int f5 = bo + from[v + 5];
      int f6 = bo + from[v + 6];
      int f7 = bo + from[v + 7];
      FloatVector s0 = load(b, f0 + at[0]);
      FloatVector s1 = load(b, f1 + at[0]);
      FloatVector s2 = load(b, f2 + at[0]);
      FloatVector s3 = load(b, f3 + at[0]);
      FloatVector s4 = load(b, f4 + at[0]);
      FloatVector s5 = load(b, f5 + at[0]);
      FloatVector s6 = load(b, f6 + at[0]);
      FloatVector s7 = load(b, f7 + at[0]);
      for (int p = 1; p < at.length; p++) {
        int row = at[p];
        s0 = s0.max(load(b, f0 + row));
        s1 = s1.max(load(b, f1 + row));
        s2 = s2.max(load(b, f2 + row));
        s3 = s3.max(load(b, f3 + row));
        s4 = s4.max(load(b, f4 + row));
        s5 = s5.max(load(b, f5 + row));
        s6 = s6.max(load(b, f6 + row));
        s7 = s7.max(load(b, f7 + row));
      }
      if (halves) {
        UnaryLoops.second(s0, s1).intoArray(c, co + to[v / 2 + 0]);
        UnaryLoops.second(s2, s3).intoArray(c, co + to[v / 2 + 1]);
        UnaryLoops.second(s4, s5).intoArray(c, co + to[v / 2 + 2]);
        UnaryLoops.second(s6, s7).intoArray(c, co + to[v / 2 + 3]);
      } else {
        s0.intoArray(c, co + to[v + 0]);
        s1.intoArray(c, co + to[v + 1]);
        s2.intoArray(c, co + to[v + 2]);
        s3.intoArray(c, co + to[v + 3]);
        s4.intoArray(c, co + to[v + 4]);
        s5.intoArray(c, co + to[v + 5]);
        s6.intoArray(c, co + to[v + 6]);
        s7.intoArray(c, co + to[v + 7]);
      }
    }
  }

  private static void sums(
      int count,
      int[] from,
      int[] to,
      boolean halves,
      int[] at,
      float[] b,
      int bo,
      float[] c,
      int co,
      float[] divisors) {
    for (int v = 0; v < count; v += EIGHT) {
      int f0 = bo + from[v + 0];
      int f1 = bo + from[v + 1];
      int f2 = bo + from[v + 2];
      int f3 = bo + from[v + 3];
      int f4 = bo + from[v + 4];
      int f5 = bo + from[v + 5];
      int f6 = bo + from[v + 6];
      int f7 = bo + from[v + 7];
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s1 = FloatVector.zero(S);
      FloatVector s2 = FloatVector.zero(S);
      FloatVector s3 = FloatVector.zero(S);
      FloatVector s4 = FloatVector.zero(S);
      FloatVector s5 = FloatVector.zero(S);
      FloatVector s6 = FloatVector.zero(S);
      FloatVector s7 = FloatVector.zero(S);
      for (int p = 0; p < at.length; p++) {
        int row = at[p];
        s0 = s0.add(load(b, f0 + row));
        s1 = s1.add(load(b, f1 + row));
        s2 = s2.add(load(b, f2 + row));
        s3 = s3.add(load(b, f3 + row));
        s4 = s4.add(load(b, f4 + row));
        s5 = s5.add(load(b, f5 + row));
        s6 = s6.add(load(b, f6 + row));
        s7 = s7.add(load(b, f7 + row));
      }
      if (halves) {
        set(UnaryLoops.second(s0, s1), divisors, to[v / 2 + 0], c, co + to[v / 2 + 0]);
        set(UnaryLoops.second(s2, s3), divisors, to[v / 2 + 1], c, co + to[v / 2 + 1]);
        set(UnaryLoops.second(s4, s5), divisors, to[v / 2 + 2], c, co + to[v / 2 + 2]);
        set(UnaryLoops.second(s6, s7), divisors, to[v / 2 + 3], c, co + to[v / 2 + 3]);
      } else {
        set(s0, divisors, to[v + 0], c, co + to[v + 0]);
        set(s1, divisors, to[v + 1], c, co + to[v + 1]);
        set(s2, divisors, to[v + 2], c, co + to[v + 2]);
        set(s3, divisors, to[v + 3], c, co + to[v + 3]);
        set(s4, divisors, to[v + 4], c, co + to[v + 4]);
        set(s5, divisors, to[v + 5], c, co + to[v + 5]);
        set(s6, divisors, to[v + 6], c, co + to[v + 6]);
        set(s7, divisors, to[v + 7], c, co + to[v + 7]);
      }
    }
  }

  /** Runs all loops. */
  static void sample(int[] at, float[] x, float[] y) {
    VectorMask<Float> inside = S.indexInRange(0, LANES - 1);
    greatestDown(0, EIGHT, at, at, EIGHT, at, 0, inside, x, 0, y, 0);
    sumsDown(0, EIGHT, at, at, EIGHT, at, 0, inside, x, 0, y, 0);
    greatest(EIGHT, at, at, true, at, x, 0, y, 0);
    greatest(EIGHT, at, at, false, at, x, 0, y, 0);
    sums(EIGHT, at, at, true, at, x, 0, y, 0, x);
    sums(EIGHT, at, at, false, at, x, 0, y, 0, NONE);
  }
}
