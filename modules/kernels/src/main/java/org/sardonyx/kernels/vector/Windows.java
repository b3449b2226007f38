package org.sardonyx.kernels.vector;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Plane;

/**
 * Windows over each of many planes: some planes are copied as {@link Plane} lays them out, and of
 * each eight vectors of outputs at a time are computed, one tap after the other. The last vector of
 * a row overlaps the one before; that of a row shorter than a vector overlaps the next row, which
 * is written after it.
 *
 * <p>The loops are large enough for the compiler not to take them into others.
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
  static final int OPERATIONS = 8 * 8 * (3 + 2 + 3 + 4) + 4 * 8 * 6;

  private static final int MAGNITUDE = 0x7fffffff;
  private static final int[] ZERO = {0};
  private static final float[] NONE = {};

  /** The copies, then what is computed of columns, then the outputs of one plane. */
  private float[] room = NONE;

  /** Where vectors of outputs are read, and where they are written; of columns, and of rows. */
  private final int[][] from = {ZERO, ZERO};

  private final int[][] to = {ZERO, ZERO};
  private final int[] count = new int[2];

  /** How far on the taps of a row lie in what is computed of columns. */
  private int[] across = ZERO;

  /** Computes the outputs, see {@link Kernels#windows}. */
  void run(
      Plane plane,
      @Nullable Binary f,
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
    int size = (int) plane.size();
    int block = size == 0 ? 1 : Math.clamp(BLOCK / size, 1, planes);
    int columns = block * size + LANES;
    boolean apart = f != null && plane.isApart();
    int outputs = columns + (apart ? plane.starts().length * plane.line() + LANES : 0);
    int out = plane.outSize();
    if (room.length < outputs + out + LANES) {
      room = new float[outputs + out + LANES];
    }
    places(plane, apart);
    float none = f == Binary.MAX ? Float.NEGATIVE_INFINITY : 0;
    int[] taps = plane.rows();
    for (int q = 0; q < planes; q += block) {
      int m = Math.min(block, planes - q);
      float[] b = x;
      int at = xo + q * plane.inSize();
      if (size > 0) {
        plane.copy(kernels, x, at, m, none, q == 0 || f == Binary.MAX, room, 0);
        b = room;
        at = 0;
        if (f == Binary.MAX) {
          keys(room, m * size);
        }
      }
      for (int i = q; i < q + m; i++) {
        // What follows the last row of all is not to be written.
        boolean beside = i == planes - 1 && plane.outWidth() < LANES;
        float[] c = beside ? room : y;
        int co = beside ? outputs : yo + i * out;
        if (f == null) {
          products(
              count[1], from[1], to[1], taps.length, taps, w, wo + i * taps.length, bias[bo + i], b,
              at, c, co);
        } else if (f == Binary.MAX) {
          if (apart) {
            int[] down = plane.down();
            greatest(count[0], from[0], to[0], down.length, down, 0, b, at, room, columns);
            greatest(
                count[1], from[1], to[1], across.length, across, MAGNITUDE, room, columns, c, co);
          } else {
            greatest(count[1], from[1], to[1], taps.length, taps, MAGNITUDE, b, at, c, co);
          }
        } else if (apart) {
          sums(count[0], from[0], to[0], plane.down(), ZERO, b, at, room, columns, NONE);
          sums(count[1], from[1], to[1], ZERO, across, room, columns, c, co, w);
        } else {
          sums(count[1], from[1], to[1], plane.down(), plane.across(), b, at, c, co, w);
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

  /** Notes where vectors lie. */
  private void places(Plane plane, boolean apart) {
    int[] starts = plane.starts();
    count[0] = 0;
    count[1] = 0;
    int n = plane.outWidth();
    if (!apart) {
      room(1, starts.length, n);
      for (int r = 0; r < starts.length; r++) {
        row(1, starts[r], r * n, n);
      }
      fill(1);
      return;
    }
    int phases = plane.phases();
    int width = plane.width();
    room(0, starts.length * phases, width);
    room(1, starts.length, n);
    for (int r = 0; r < starts.length; r++) {
      for (int p = 0; p < phases; p++) {
        row(0, starts[r] + p * plane.phaseStep(), (r * phases + p) * width, width);
      }
      row(1, r * phases * width, r * n, n);
    }
    fill(0);
    fill(1);
    int[] taps = plane.across();
    if (across.length != taps.length) {
      across = new int[taps.length];
    }
    for (int k = 0; k < taps.length; k++) {
      across[k] = taps[k] / plane.phaseStep() * width + taps[k] % plane.phaseStep();
    }
  }

  private void room(int i, int rows, int n) {
    int most = rows * ((n + LANES - 1) / LANES) + EIGHT;
    if (from[i].length < most) {
      from[i] = new int[most];
      to[i] = new int[most];
    }
  }

  private void row(int i, int start, int target, int n) {
    for (int j = 0; j < n; j += LANES) {
      int at = Math.min(j, Math.max(0, n - LANES));
      from[i][count[i]] = start + at;
      to[i][count[i]++] = target + at;
    }
  }

  /** Has the last vector be computed as often as it takes. */
  private void fill(int i) {
    int n = count[i];
    while (n > 0 && count[i] % EIGHT != 0) {
      from[i][count[i]] = from[i][n - 1];
      to[i][count[i]++] = to[i][n - 1];
    }
  }

  /** Computes what {@link Kernels#take} does with rows, of every element or every second. */
  static void take(
      int[] from, int[] to, float[] x, int xo, int step, float none, float[] y, int yo, int n) {
    if (n < LANES) {
      VectorMask<Float> mask = S.indexInRange(0, n);
      for (int r = 0; r < from.length; r++) {
        int f = xo + from[r];
        int t = yo + to[r];
        if (f + step * LANES > x.length) {
          for (int j = 0; j < n; j++) {
            y[t + j] = x[f + j * step];
          }
        } else {
          FloatVector v = step == 1 ? load(x, f) : UnaryLoops.second(x, f, f + LANES);
          FloatVector.broadcast(S, none).blend(v, mask).intoArray(y, t);
        }
      }
      return;
    }
    for (int r = 0; r < from.length; r++) {
      int f = xo + from[r];
      int t = yo + to[r];
      if (step == 2) {
        UnaryLoops.takeSecond(x, f, y, t, n);
        continue;
      }
      int end = n - LANES;
      for (int j = 0; j < end; j += LANES) {
        load(x, f + j).intoArray(y, t + j);
      }
      load(x, f + end).intoArray(y, t + end);
    }
  }

  /** Makes ints of the same order of floats; NaN becomes the greatest of either sign. */
  private static void keys(float[] x, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, i);
      IntVector bits = v.blend(Float.NaN, v.compare(NE, v)).reinterpretAsInts();
      IntVector keys = bits.lanewise(XOR, bits.lanewise(ASHR, 31).and(MAGNITUDE));
      keys.reinterpretAsFloats().intoArray(x, i);
    }
  }

  private static void products(
      int count, int[] from, int[] to, int k, int[] at, float[] w, int wo, float bias, float[] b,
      int bo, float[] c, int co) {
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

  /** Computes the greatest of keys; {@code mask} makes floats of them, or none. */
  private static void greatest(
      int count, int[] from, int[] to, int k, int[] at, int mask, float[] b, int bo, float[] c,
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
      IntVector s0 = key(b, f0 + at[0]);
      IntVector s1 = key(b, f1 + at[0]);
      IntVector s2 = key(b, f2 + at[0]);
      IntVector s3 = key(b, f3 + at[0]);
      IntVector s4 = key(b, f4 + at[0]);
      IntVector s5 = key(b, f5 + at[0]);
      IntVector s6 = key(b, f6 + at[0]);
      IntVector s7 = key(b, f7 + at[0]);
      for (int p = 1; p < k; p++) {
        int row = at[p];
        s0 = s0.lanewise(MAX, key(b, f0 + row));
        s1 = s1.lanewise(MAX, key(b, f1 + row));
        s2 = s2.lanewise(MAX, key(b, f2 + row));
        s3 = s3.lanewise(MAX, key(b, f3 + row));
        s4 = s4.lanewise(MAX, key(b, f4 + row));
        s5 = s5.lanewise(MAX, key(b, f5 + row));
        s6 = s6.lanewise(MAX, key(b, f6 + row));
        s7 = s7.lanewise(MAX, key(b, f7 + row));
      }
      set(s0, mask, c, co + to[v + 0]);
      set(s1, mask, c, co + to[v + 1]);
      set(s2, mask, c, co + to[v + 2]);
      set(s3, mask, c, co + to[v + 3]);
      set(s4, mask, c, co + to[v + 4]);
      set(s5, mask, c, co + to[v + 5]);
      set(s6, mask, c, co + to[v + 6]);
      set(s7, mask, c, co + to[v + 7]);
    }
  }

  private static IntVector key(float[] b, int at) {
    return load(b, at).reinterpretAsInts();
  }

  private static void set(IntVector keys, int mask, float[] c, int at) {
    IntVector bits = keys.lanewise(XOR, keys.lanewise(ASHR, 31).and(mask));
    bits.reinterpretAsFloats().intoArray(c, at);
  }

  /** Computes sums, of columns first, and divides them where there are divisors. */
  private static void sums(
      int count, int[] from, int[] to, int[] down, int[] across, float[] b, int bo, float[] c,
      int co, float[] divisors) {
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
      for (int p = 0; p < across.length; p++) {
        FloatVector t0 = FloatVector.zero(S);
        FloatVector t1 = FloatVector.zero(S);
        FloatVector t2 = FloatVector.zero(S);
        FloatVector t3 = FloatVector.zero(S);
        FloatVector t4 = FloatVector.zero(S);
        FloatVector t5 = FloatVector.zero(S);
        FloatVector t6 = FloatVector.zero(S);
        FloatVector t7 = FloatVector.zero(S);
        for (int q = 0; q < down.length; q++) {
          int row = across[p] + down[q];
          t0 = t0.add(load(b, f0 + row));
          t1 = t1.add(load(b, f1 + row));
          t2 = t2.add(load(b, f2 + row));
          t3 = t3.add(load(b, f3 + row));
          t4 = t4.add(load(b, f4 + row));
          t5 = t5.add(load(b, f5 + row));
          t6 = t6.add(load(b, f6 + row));
          t7 = t7.add(load(b, f7 + row));
        }
        s0 = s0.add(t0);
        s1 = s1.add(t1);
        s2 = s2.add(t2);
        s3 = s3.add(t3);
        s4 = s4.add(t4);
        s5 = s5.add(t5);
        s6 = s6.add(t6);
        s7 = s7.add(t7);
      }
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

  private static void set(FloatVector sum, float[] divisors, int i, float[] c, int at) {
    if (divisors.length == 0) {
      sum.intoArray(c, at);
    } else {
      sum.div(load(divisors, i)).intoArray(c, at);
    }
  }

  /** Runs all loops, once each. */
  static void sample(int[] at, float[] x, float[] y) {
    take(at, at, x, 0, 1, 0, y, 0, LANES - 1);
    take(at, at, x, 0, 2, 0, y, 0, LANES - 1);
    take(at, at, x, 0, 1, 0, y, 0, 2 * LANES - 1);
    take(at, at, x, 0, 2, 0, y, 0, 2 * LANES - 1);
    keys(y, 8 * LANES);
    products(EIGHT, at, at, 8, at, x, 0, 1, x, 0, y, 0);
    greatest(EIGHT, at, at, 8, at, MAGNITUDE, x, 0, y, 0);
    sums(EIGHT, at, at, at, ZERO, x, 0, y, 0, NONE);
    sums(EIGHT, at, at, ZERO, at, x, 0, y, 0, x);
  }
}
