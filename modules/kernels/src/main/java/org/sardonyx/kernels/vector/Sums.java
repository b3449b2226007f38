package org.sardonyx.kernels.vector;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import org.sardonyx.kernels.Kernels;

/**
 * Sums, greatest elements and softmax. Four vectors of partial sums, added up in one fixed order:
 * {@code reduceLanes} promises none. What few arrays reach calls the API itself, which C2 always
 * takes in; a method of ours that was seldom called it leaves out, and its vector is an object.
 */
final class Sums {

  private static final int MAGNITUDE = 0x7fffffff;

  private static final VectorShuffle<Float> BY_8 = turn(8);
  private static final VectorShuffle<Float> BY_4 = turn(4);
  private static final VectorShuffle<Float> BY_2 = turn(2);
  private static final VectorShuffle<Float> BY_1 = turn(1);

  private Sums() {}

  private static VectorShuffle<Float> turn(int lanes) {
    return VectorShuffle.iota(S, lanes % LANES, 1, true);
  }

  /** Adds the upper half of the lanes to the lower, then the upper half of those, and so on. */
  private static float total(FloatVector v) {
    FloatVector sum = v;
    for (int by = LANES / 2; by > 8; by /= 2) {
      sum = sum.add(sum.rearrange(turn(by)));
    }
    sum = LANES > 8 ? sum.add(sum.rearrange(BY_8)) : sum;
    sum = LANES > 4 ? sum.add(sum.rearrange(BY_4)) : sum;
    sum = LANES > 2 ? sum.add(sum.rearrange(BY_2)) : sum;
    sum = LANES > 1 ? sum.add(sum.rearrange(BY_1)) : sum;
    return sum.lane(0);
  }

  static float sum(float[] x, int xo, int n) {
    int i = 0;
    float sum = 0;
    if (n >= LANES) {
      FloatVector a = FloatVector.zero(S);
      FloatVector b = a;
      FloatVector c = a;
      FloatVector d = a;
      for (; i + 4 * LANES <= n; i += 4 * LANES) {
        a = a.add(load(x, xo + i));
        b = b.add(load(x, xo + i + LANES));
        c = c.add(load(x, xo + i + 2 * LANES));
        d = d.add(load(x, xo + i + 3 * LANES));
      }
      for (; i + LANES <= n; i += LANES) {
        a = a.add(FloatVector.fromArray(S, x, xo + i));
      }
      sum = total(a.add(b).add(c.add(d)));
    }
    for (; i < n; i++) {
      sum += x[xo + i];
    }
    return sum;
  }

  static float dot(float[] x, int xo, float[] y, int yo, int n) {
    int i = 0;
    float sum = 0;
    if (n >= LANES) {
      FloatVector a = FloatVector.zero(S);
      FloatVector b = a;
      FloatVector c = a;
      FloatVector d = a;
      for (; i + 4 * LANES <= n; i += 4 * LANES) {
        a = load(x, xo + i).fma(load(y, yo + i), a);
        b = load(x, xo + i + LANES).fma(load(y, yo + i + LANES), b);
        c = load(x, xo + i + 2 * LANES).fma(load(y, yo + i + 2 * LANES), c);
        d = load(x, xo + i + 3 * LANES).fma(load(y, yo + i + 3 * LANES), d);
      }
      for (; i + LANES <= n; i += LANES) {
        a = FloatVector.fromArray(S, x, xo + i).fma(FloatVector.fromArray(S, y, yo + i), a);
      }
      sum = total(a.add(b).add(c.add(d)));
    }
    for (; i < n; i++) {
      sum = Math.fma(x[xo + i], y[yo + i], sum);
    }
    return sum;
  }

  static float max(float[] x, int xo, int n) {
    if (n < LANES) {
      float max = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < n; i++) {
        max = Math.max(max, x[xo + i]);
      }
      return max;
    }
    // Not by max(), which takes several instructions for NaN: a sum tells whether there may be one.
    FloatVector a = load(x, xo + n - LANES);
    FloatVector b = a;
    FloatVector s = a;
    FloatVector t = a;
    int i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
      FloatVector v = load(x, xo + i);
      FloatVector w = load(x, xo + i + LANES);
      a = a.blend(v, v.compare(GT, a));
      b = b.blend(w, w.compare(GT, b));
      s = s.add(v);
      t = t.add(w);
    }
    if (i + LANES <= n) {
      FloatVector v = FloatVector.fromArray(S, x, xo + i);
      a = a.blend(v, v.compare(GT, a));
      s = s.add(v);
    }
    float max = a.max(b).reduceLanes(VectorOperators.MAX);
    // Comparisons take zeros of both signs for one.
    return max == 0 || s.add(t).test(VectorOperators.IS_NAN).anyTrue() ? Twin.max(x, xo, n) : max;
  }

  /** Returns the least, n being at least one vector; see {@link #max}. */
  static float min(float[] x, int xo, int n) {
    FloatVector a = load(x, xo + n - LANES);
    FloatVector b = a;
    FloatVector s = a;
    FloatVector t = a;
    int i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
      FloatVector v = load(x, xo + i);
      FloatVector w = load(x, xo + i + LANES);
      a = a.blend(v, v.compare(LT, a));
      b = b.blend(w, w.compare(LT, b));
      s = s.add(v);
      t = t.add(w);
    }
    if (i + LANES <= n) {
      FloatVector v = FloatVector.fromArray(S, x, xo + i);
      a = a.blend(v, v.compare(LT, a));
      s = s.add(v);
    }
    return s.add(t).test(VectorOperators.IS_NAN).anyTrue()
        ? Kernels.scalar().min(x, xo, n)
        : a.min(b).reduceLanes(VectorOperators.MIN);
  }

  /**
   * Writes the greatest of each row to {@code z}, of zeros any, and NaN where a row has NaN, or
   * both infinities on the way to its sum. Floats from 0 on compare as integers do, those below the
   * other way round.
   */
  static void greatest(int n, int rows, float[] x, int xo, float[] z, int zo) {
    int whole = n - n % LANES;
    for (int r = 0; r < rows; r++) {
      int from = xo + r * n;
      FloatVector sum = load(x, from + n - LANES);
      IntVector a = sum.reinterpretAsInts();
      IntVector b = a;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector v = load(x, from + i);
        IntVector bits = v.reinterpretAsInts();
        a = a.max(bits);
        b = b.min(bits);
        sum = sum.add(v);
      }
      b = b.blend(a, a.compare(VectorOperators.GE, 0));
      IntVector key = b.lanewise(VectorOperators.ASHR, 31).and(MAGNITUDE);
      int most = key.lanewise(VectorOperators.XOR, b).reduceLanes(VectorOperators.MAX);
      // All bits where there is one: a branch would be left out where the compiler saw none.
      long nan = sum.test(VectorOperators.IS_NAN).toLong();
      z[zo + r] = Float.intBitsToFloat((most ^ (most >> 31 & MAGNITUDE)) | (int) (-nan >> 63));
    }
  }

  /**
   * Computes {@code y[i] = exp(x[i] - max)} of what fills whole vectors, at least one a row; where
   * {@code z} has what no x is above, and what it gives is summed: NaN where that is none.
   */
  static void powers(int n, int rows, float[] x, int xo, float[] y, int yo, float[] z, int zo) {
    int whole = n - n % LANES;
    for (int r = 0; r < rows; r++) {
      int from = xo + r * n;
      int to = yo + r * n;
      FloatVector max = FloatVector.broadcast(S, z[zo + r]);
      FloatVector a = FloatVector.zero(S);
      FloatVector b = a;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector e = Elementary.softExp(max.sub(load(x, from + i)));
        e.intoArray(y, to + i);
        // They take turns.
        FloatVector c = a.add(e);
        a = b;
        b = c;
      }
      z[zo + r] = total(a.add(b)) + 0 * z[zo + r];
    }
  }

  /** Divides each row, of at least one vector, by what {@code z} has for it. */
  static void divide(int n, int rows, float[] y, int yo, float[] z, int zo) {
    int end = n - LANES;
    for (int r = 0; r < rows; r++) {
      int at = yo + r * n;
      FloatVector factor = FloatVector.broadcast(S, 1 / z[zo + r]);
      FloatVector last = load(y, at + end);
      for (int i = 0; i < end; i += LANES) {
        load(y, at + i).mul(factor).intoArray(y, at + i);
      }
      last.mul(factor).intoArray(y, at + end);
    }
  }
}
