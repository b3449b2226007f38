package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Plane;
import org.sardonyx.kernels.Window;

/**
 * Convolutions of one channel each, over many planes: some planes are copied as {@link Plane} lays
 * them out, and of each eight vectors of outputs at a time are computed, one tap after the other.
 * The last vector of a row overlaps the one before; that of a row shorter than a vector overlaps
 * the next row, which is written after it.
 *
 * <p>The loop is large enough for the compiler not to take it into another.
 *
 * <p>An object is the room that one thread works in.
 */
final class Windows {

  /** Vectors of outputs that are computed together. */
  private static final int EIGHT = 8;

  /** Elements of planes that are copied together, and stay in the nearest cache. */
  private static final int BLOCK = 1 << 12;

  /** Elements of arrays that may be kept from one call to the next. */
  private static final int SMALL = 1 << 18;

  /** What {@link #sample} takes. */
  static final int OPERATIONS = 8 * 8 * 3 + 2 * 9 * 16 + 6 * 8 * 6 + 2 * 8 * 3 * 15;

  private static final float[] NONE = {};

  /** The copies, then the outputs of one plane. */
  private float[] room = NONE;

  /** Where vectors of outputs are read, and where they are written. */
  private int[] from = {};

  private int[] to = {};

  /** Computes the outputs, see {@link Kernels#convolve}. */
  void run(
      Plane plane,
      Kernels kernels,
      int planes,
      float[] x,
      int xo,
      float[] w,
      int wo,
      float[] bias,
      int bo,
      float[] y,
      int yo) {
    Rows rows = rows(plane);
    if (!rows.shuffles.isEmpty()) {
      narrow(plane.window(), rows, planes, x, xo, w, wo, bias, bo, y, yo);
      return;
    }
    int size = (int) plane.size();
    int block = size == 0 ? 1 : Math.clamp(BLOCK / size, 1, planes);
    int outputs = block * size + LANES;
    int out = plane.outSize();
    if (room.length < outputs + out + LANES) {
      room = new float[outputs + out + LANES];
    }
    int n = plane.outWidth();
    int[] taps = plane.rows();
    int k = taps.length;
    int lines = plane.lines();
    int step = plane.rowStep();
    boolean square = plane.isSquare(3) && lines * n == out;
    int count = square ? 0 : places(plane.starts(), n);
    for (int q = 0; q < planes; q += block) {
      int m = Math.min(block, planes - q);
      float[] b = x;
      int at = xo + q * plane.inSize();
      if (size > 0) {
        plane.copy(kernels, x, at, m, 0, q == 0, room, 0);
        b = room;
        at = 0;
      }
      for (int i = q; i < q + m; i++) {
        // What follows the last plane is not to be written.
        boolean beside = (planes - 1 - i) * out < LANES && n < LANES;
        float[] c = beside ? room : y;
        int co = beside ? outputs : yo + i * out;
        if (square) {
          threes(lines, step, n, taps, w, wo + i * k, bias[bo + i], b, at, c, co);
        } else {
          products(count, from, to, k, taps, w, wo + i * k, bias[bo + i], b, at, c, co);
        }
        if (beside) {
          System.arraycopy(c, co, y, yo + i * out, out);
        }
        at += size;
      }
    }
    if (room.length > SMALL) {
      room = NONE;
    }
  }

  /**
   * What each tap along a row takes of a vector, for all outputs; none where that is not enough.
   */
  private record Rows(List<VectorShuffle<Float>> shuffles, List<VectorMask<Float>> masks) {}

  private static final Rows OTHER = new Rows(List.of(), List.of());

  private static Rows rows(Plane plane) {
    if (plane.kept() instanceof Rows rows) {
      return rows;
    }
    Window window = plane.window();
    int last = window.in().length - 1;
    int width = window.in()[last];
    int n = window.out()[last];
    int k = window.kernel()[last];
    Rows made = OTHER;
    // Where each row is read for three others, that is faster.
    if (last == 1 && Math.max(width, n) <= LANES && (k == 3 || k == 5) && !plane.isSquare(3)) {
      made = new Rows(new ArrayList<>(), new ArrayList<>());
      for (int t = 0; t < k; t++) {
        int first = t * window.dilation()[last] - window.begin()[last];
        int step = window.stride()[last];
        boolean[] inside = new boolean[LANES];
        int[] from = new int[LANES];
        for (int j = 0; j < n; j++) {
          int at = first + j * step;
          inside[j] = at >= 0 && at < width;
          from[j] = inside[j] ? at : 0;
        }
        made.shuffles.add(VectorShuffle.fromArray(S, from, 0));
        made.masks.add(VectorMask.fromArray(S, inside, 0));
      }
    }
    plane.keep(made);
    return made;
  }

  /** Planes whose rows are vectors: what taps read of a row is taken of it in registers. */
  private void narrow(
      Window window,
      Rows rows,
      int planes,
      float[] x,
      int xo,
      float[] w,
      int wo,
      float[] bias,
      int bo,
      float[] y,
      int yo) {
    int width = window.in()[1];
    int in = window.inSize();
    int out = window.outSize();
    int n = window.out()[1];
    int top = window.begin()[0] * width;
    int down = window.kernel()[0];
    int height = (window.out()[0] - 1) * window.stride()[0] + (down - 1) * window.dilation()[0] + 1;
    int size = Math.max(height * width, top + in);
    int block = Math.clamp(BLOCK / size, 1, planes);
    int outputs = block * size + LANES;
    if (room.length < outputs + out + LANES) {
      room = new float[outputs + out + LANES];
    }
    Arrays.fill(room, 0, outputs, 0);
    boolean five = rows.shuffles.size() == 5;
    int last = five ? 4 : 2;
    int k = window.taps();
    for (int q = 0; q < planes; q += block) {
      int m = Math.min(block, planes - q);
      for (int i = 0; i < m; i++) {
        System.arraycopy(x, xo + (q + i) * in, room, i * size + top, in);
      }
      for (int i = 0; i < m; i++) {
        int to = yo + (q + i) * out;
        boolean beside = (planes - 1 - q - i) * out < LANES && n < LANES;
        row(
            window.out()[0],
            window.stride()[0] * width,
            down,
            window.dilation()[0] * width,
            five,
            rows.shuffles.get(0),
            rows.masks.get(0),
            rows.shuffles.get(1),
            rows.masks.get(1),
            rows.shuffles.get(2),
            rows.masks.get(2),
            rows.shuffles.get(last - 1),
            rows.masks.get(last - 1),
            rows.shuffles.get(last),
            rows.masks.get(last),
            w,
            wo + (q + i) * k,
            bias[bo + q + i],
            room,
            i * size,
            beside ? room : y,
            beside ? outputs : to,
            n);
        if (beside) {
          System.arraycopy(room, outputs, y, to, out);
        }
      }
    }
    if (room.length > SMALL) {
      room = NONE;
    }
  }

  private static void row(
      int lines,
      int step,
      int down,
      int apart,
      boolean five,
      VectorShuffle<Float> s0,
      VectorMask<Float> m0,
      VectorShuffle<Float> s1,
      VectorMask<Float> m1,
      VectorShuffle<Float> s2,
      VectorMask<Float> m2,
      VectorShuffle<Float> s3,
      VectorMask<Float> m3,
      VectorShuffle<Float> s4,
      VectorMask<Float> m4,
      float[] w,
      int wo,
      float bias,
      float[] b,
      int bo,
      float[] c,
      int co,
      int n) {
    for (int r = 0; r < lines; r += 2) {
      // Of an odd number of rows the last one is computed twice.
      int second = Math.min(r + 1, lines - 1);
      FloatVector s = FloatVector.zero(S);
      FloatVector z = s;
      int f = bo + r * step;
      int g = bo + second * step;
      int p = wo;
      for (int t = 0; t < down; t++) {
        FloatVector v = load(b, f);
        FloatVector u = load(b, g);
        FloatVector x = FloatVector.broadcast(S, w[p]);
        s = x.fma(v.rearrange(s0, m0), s);
        z = x.fma(u.rearrange(s0, m0), z);
        x = FloatVector.broadcast(S, w[p + 1]);
        s = x.fma(v.rearrange(s1, m1), s);
        z = x.fma(u.rearrange(s1, m1), z);
        x = FloatVector.broadcast(S, w[p + 2]);
        s = x.fma(v.rearrange(s2, m2), s);
        z = x.fma(u.rearrange(s2, m2), z);
        p += 3;
        if (five) {
          x = FloatVector.broadcast(S, w[p]);
          s = x.fma(v.rearrange(s3, m3), s);
          z = x.fma(u.rearrange(s3, m3), z);
          x = FloatVector.broadcast(S, w[p + 1]);
          s = x.fma(v.rearrange(s4, m4), s);
          z = x.fma(u.rearrange(s4, m4), z);
          p += 2;
        }
        f += apart;
        g += apart;
      }
      s.add(bias).intoArray(c, co + r * n);
      z.add(bias).intoArray(c, co + second * n);
    }
  }

  /** Notes where vectors lie; returns how many there are, eights. */
  private int places(int[] starts, int n) {
    int most = starts.length * ((n + LANES - 1) / LANES) + EIGHT;
    if (from.length < most) {
      from = new int[most];
      to = new int[most];
    }
    int v = 0;
    for (int r = 0; r < starts.length; r++) {
      for (int j = 0; j < n; j += LANES) {
        int at = Math.min(j, Math.max(0, n - LANES));
        from[v] = starts[r] + at;
        to[v++] = r * n + at;
      }
    }
    // The last one is computed as often as it takes.
    for (; v % EIGHT != 0; v++) {
      from[v] = from[v - 1];
      to[v] = to[v - 1];
    }
    return v;
  }

  /** Computes what {@link Kernels#take} does with rows, of every element or every second. */
  static void take(
      int[] from, int[] to, float[] x, int xo, int step, float none, float[] y, int yo, int n) {
    // What a row reads together, and its last vector, which overlaps the one before.
    int reach = step * Math.max(n, LANES);
    int last = Math.max(0, n - LANES);
    VectorMask<Float> inside = S.indexInRange(0, n);
    for (int r = 0; r < from.length; r++) {
      int f = xo + from[r];
      int t = yo + to[r];
      if (n > 4 * LANES || f + reach > x.length) {
        take(x, f, step, y, t, n);
      } else if (step == 2) {
        if (n > 2 * LANES) {
          two(x, f + 2 * LANES).intoArray(y, t + LANES);
          two(x, f + 2 * Math.min(last, 2 * LANES)).intoArray(y, t + Math.min(last, 2 * LANES));
        }
        FloatVector.broadcast(S, none).blend(two(x, f), inside).intoArray(y, t);
        if (n > LANES) {
          two(x, f + 2 * last).intoArray(y, t + last);
        }
      } else {
        if (n > 2 * LANES) {
          load(x, f + LANES).intoArray(y, t + LANES);
          load(x, f + Math.min(last, 2 * LANES)).intoArray(y, t + Math.min(last, 2 * LANES));
        }
        FloatVector.broadcast(S, none).blend(load(x, f), inside).intoArray(y, t);
        if (n > LANES) {
          load(x, f + last).intoArray(y, t + last);
        }
      }
    }
  }

  private static FloatVector two(float[] x, int at) {
    return UnaryLoops.second(load(x, at), load(x, at + LANES));
  }

  /** One row, of any length. */
  private static void take(float[] x, int f, int step, float[] y, int t, int n) {
    if (step == 1) {
      System.arraycopy(x, f, y, t, n);
    } else if (n >= LANES) {
      UnaryLoops.takeSecond(x, f, y, t, n);
    } else {
      for (int j = 0; j < n; j++) {
        y[t + j] = x[f + j * step];
      }
    }
  }

  /**
   * As {@link #products}, of three rows of three taps that lie as far apart as the rows of outputs:
   * each row is read once, for three of those.
   */
  private static void threes(
      int lines,
      int step,
      int n,
      int[] at,
      float[] w,
      int wo,
      float bias,
      float[] b,
      int bo,
      float[] c,
      int co) {
    FloatVector w0 = FloatVector.broadcast(S, w[wo]);
    FloatVector w1 = FloatVector.broadcast(S, w[wo + 1]);
    FloatVector w2 = FloatVector.broadcast(S, w[wo + 2]);
    FloatVector w3 = FloatVector.broadcast(S, w[wo + 3]);
    FloatVector w4 = FloatVector.broadcast(S, w[wo + 4]);
    FloatVector w5 = FloatVector.broadcast(S, w[wo + 5]);
    FloatVector w6 = FloatVector.broadcast(S, w[wo + 6]);
    FloatVector w7 = FloatVector.broadcast(S, w[wo + 7]);
    FloatVector w8 = FloatVector.broadcast(S, w[wo + 8]);
    FloatVector more = FloatVector.broadcast(S, bias);
    FloatVector zero = FloatVector.zero(S);
    int a0 = at[0];
    int a1 = at[1];
    int a2 = at[2];
    for (int j = 0; j < n; j += LANES) {
      int place = Math.min(j, Math.max(0, n - LANES));
      int t = co + place;
      int f = bo + place;
      FloatVector x0 = load(b, f + a0);
      FloatVector x1 = load(b, f + a1);
      FloatVector x2 = load(b, f + a2);
      FloatVector next = w2.fma(x2, w1.fma(x1, w0.fma(x0, zero)));
      f += step;
      x0 = load(b, f + a0);
      x1 = load(b, f + a1);
      x2 = load(b, f + a2);
      FloatVector s = w5.fma(x2, w4.fma(x1, w3.fma(x0, next)));
      next = w2.fma(x2, w1.fma(x1, w0.fma(x0, zero)));
      for (int r = 0; r < lines; r++) {
        f += step;
        x0 = load(b, f + a0);
        x1 = load(b, f + a1);
        x2 = load(b, f + a2);
        w8.fma(x2, w7.fma(x1, w6.fma(x0, s))).add(more).intoArray(c, t);
        s = w5.fma(x2, w4.fma(x1, w3.fma(x0, next)));
        next = w2.fma(x2, w1.fma(x1, w0.fma(x0, zero)));
        t += n;
      }
    }
  }

  private static void products(
      int count,
      int[] from,
      int[] to,
      int k,
      int[] at,
      float[] w,
      int wo,
      float bias,
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
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s1 = FloatVector.zero(S);
      FloatVector s2 = FloatVector.zero(S);
      FloatVector s3 = FloatVector.zero(S);
      FloatVector s4 = FloatVector.zero(S);
      FloatVector s5 = FloatVector.zero(S);
      FloatVector s6 = FloatVector.zero(S);
      FloatVector s7 = FloatVector.zero(S);
      for (int p = 0; p < k; p++) {
        int row = at[p];
        FloatVector x = FloatVector.broadcast(S, w[wo + p]);
        s0 = x.fma(load(b, f0 + row), s0);
        s1 = x.fma(load(b, f1 + row), s1);
        s2 = x.fma(load(b, f2 + row), s2);
        s3 = x.fma(load(b, f3 + row), s3);
        s4 = x.fma(load(b, f4 + row), s4);
        s5 = x.fma(load(b, f5 + row), s5);
        s6 = x.fma(load(b, f6 + row), s6);
        s7 = x.fma(load(b, f7 + row), s7);
      }
      s0.add(bias).intoArray(c, co + to[v + 0]);
      s1.add(bias).intoArray(c, co + to[v + 1]);
      s2.add(bias).intoArray(c, co + to[v + 2]);
      s3.add(bias).intoArray(c, co + to[v + 3]);
      s4.add(bias).intoArray(c, co + to[v + 4]);
      s5.add(bias).intoArray(c, co + to[v + 5]);
      s6.add(bias).intoArray(c, co + to[v + 6]);
      s7.add(bias).intoArray(c, co + to[v + 7]);
    }
  }

  /** Runs all loops, once each. */
  static void sample(int[] at, float[] x, float[] y) {
    take(at, at, x, 0, 1, 0, y, 0, LANES - 1);
    take(at, at, x, 0, 2, 0, y, 0, LANES - 1);
    take(at, at, x, 0, 1, 0, y, 0, 3 * LANES - 1);
    take(at, at, x, 0, 2, 0, y, 0, 3 * LANES - 1);
    take(at, at, x, 0, 2, 0, y, 0, 5 * LANES - 1);
    threes(8, LANES, LANES + 1, at, x, 0, 1, x, 0, y, 0);
    VectorShuffle<Float> turned = VectorShuffle.fromOp(S, i -> LANES - 1 - i);
    VectorMask<Float> some = S.indexInRange(0, LANES - 1);
    for (int i = 0; i < 2; i++) {
      row(
          8, LANES, 3, LANES, i == 0, turned, some, turned, some, turned, some, turned, some,
          turned, some, x, 0, 1, x, 0, y, 0, LANES - 1);
    }
    products(EIGHT, at, at, 8, at, x, 0, 1, x, 0, y, 0);
  }
}
