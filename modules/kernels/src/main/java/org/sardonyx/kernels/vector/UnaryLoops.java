package org.sardonyx.kernels.vector;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.sardonyx.kernels.vector.Elementary.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.sardonyx.kernels.Unary;

/**
 * One loop a function, which it calls at one place: the compiler inlines about one of them into a
 * method before its budget is spent, and of two calls it would leave some that box their vectors.
 * So what is left of a vector is done one by one. Each loop takes n of at least one vector; where
 * the function is short, the last vector overlaps the one before, and is read before anything is
 * written, since x and y may be one place.
 */
final class UnaryLoops {

  static final int LANES = S.length();

  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int SIGN = 0x80000000;
  private static final int MAGNITUDE = 0x7fffffff;
  private static final int FOUR_BITS = 0x40800000;
  private static final int EXP_MOST_BITS = 0x42ae0000;
  private static final int INFINITY_BITS = 0x7f800000;

  /** Every second lane, twice over. */
  private static final VectorShuffle<Float> SECOND =
      VectorShuffle.fromOp(S, lane -> 2 * lane % LANES);

  /** The lanes after these. */
  private static final VectorShuffle<Float> BETWEEN =
      VectorShuffle.fromOp(S, lane -> 2 * lane % LANES + 1);

  /** Every lane of the first half twice, and of the second. */
  private static final VectorShuffle<Float> TWICE = VectorShuffle.fromOp(S, lane -> lane / 2);

  private static final VectorShuffle<Float> TWICE_HIGH =
      VectorShuffle.fromOp(S, lane -> (LANES + lane) / 2);

  /** The upper half of the lanes. */
  private static final VectorMask<Float> UPPER =
      VectorMask.fromLong(S, (-1L << ((LANES + 1) / 2)) & ((1L << LANES) - 1));

  private UnaryLoops() {}

  static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(S, x, at);
  }

  /** Keeps NaN, and makes zeros positive, as {@code Math.max(x, 0)}, which takes longer. */
  static void relu(float[] x, int xo, float[] y, int yo, int n) {
    int end = n - LANES;
    FloatVector last = load(x, xo + end);
    for (int i = 0; i < end; i += LANES) {
      FloatVector v = load(x, xo + i);
      v.blend(0f, v.compare(LE, 0f)).intoArray(y, yo + i);
    }
    last.blend(0f, last.compare(LE, 0f)).intoArray(y, yo + end);
  }

  static void clamp(float least, float greatest, float[] x, int xo, float[] y, int yo, int n) {
    int end = n - LANES;
    FloatVector last = clamp(load(x, xo + end), least, greatest);
    for (int i = 0; i < end; i += LANES) {
      clamp(load(x, xo + i), least, greatest).intoArray(y, yo + i);
    }
    last.intoArray(y, yo + end);
  }

  static FloatVector clamp(FloatVector x, float least, float greatest) {
    FloatVector v = x.blend(least, x.compare(LT, least));
    return v.blend(greatest, v.compare(GT, greatest));
  }

  /** Computes {@code y[i] = x[2 i]}; reads nothing beyond x[2 n - 2]. */
  static void takeSecond(float[] x, int xo, float[] y, int yo, int n) {
    int end = n - LANES;
    for (int i = 0; i < end; i += LANES) {
      second(load(x, xo + 2 * i), load(x, xo + 2 * i + LANES)).intoArray(y, yo + i);
    }
    FloatVector low = load(x, xo + 2 * end).rearrange(SECOND);
    FloatVector high = load(x, xo + 2 * end + LANES - 1).rearrange(BETWEEN);
    low.blend(high, UPPER).intoArray(y, yo + end);
  }

  /** Returns every second element of two vectors. */
  static FloatVector second(FloatVector low, FloatVector high) {
    return low.rearrange(SECOND).blend(high.rearrange(SECOND), UPPER);
  }

  static void twice(float[] x, int xo, int xRow, float[] y, int yo, int n, int rows, int copies) {
    int end = n - LANES;
    int step = 2 * n * copies;
    // Where there is one copy, the last is the first.
    int more = 2 * n * (copies - 1);
    for (int r = 0; r < rows; r++) {
      int from = xo + r * xRow;
      int to = yo + r * step;
      for (int i = 0; i < end; i += LANES) {
        twice(load(x, from + i), y, to + 2 * i, more);
      }
      twice(load(x, from + end), y, to + 2 * end, more);
      for (int c = 1; c < copies - 1; c++) {
        System.arraycopy(y, to, y, to + 2 * n * c, 2 * n);
      }
    }
  }

  private static void twice(FloatVector v, float[] y, int to, int more) {
    FloatVector low = v.rearrange(TWICE);
    FloatVector high = v.rearrange(TWICE_HIGH);
    low.intoArray(y, to);
    high.intoArray(y, to + LANES);
    low.intoArray(y, to + more);
    high.intoArray(y, to + more + LANES);
  }

  static void exp(float[] x, int xo, float[] y, int yo, int n) {
    int whole = n - n % LANES;
    for (int i = 0; i < whole; i += LANES) {
      Elementary.exp(load(x, xo + i)).intoArray(y, yo + i);
    }
    Twin.unary(Unary.EXP, x, xo + whole, y, yo + whole, n - whole);
  }

  /**
   * {@link #exp} of whole vectors up to 87 and from -87 on.
   *
   * @return above 0 where one of these is beyond, or NaN, and y is not right
   */
  static float nearExp(float[] x, int xo, float[] y, int yo, int n) {
    int whole = n - n % LANES;
    IntVector all = IntVector.zero(INTS);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = load(x, xo + i);
      all = all.max(v.reinterpretAsInts().and(MAGNITUDE));
      Elementary.nearExp(v).intoArray(y, yo + i);
    }
    return all.reduceLanes(MAX) - EXP_MOST_BITS;
  }

  static void log(float[] x, int xo, float[] y, int yo, int n) {
    int whole = n - n % LANES;
    for (int i = 0; i < whole; i += LANES) {
      Elementary.log(load(x, xo + i)).intoArray(y, yo + i);
    }
    Twin.unary(Unary.LOG, x, xo + whole, y, yo + whole, n - whole);
  }

  /**
   * {@link #sigmoid} of whole vectors from -4 on.
   *
   * @return above 0 where one of these is below -4 or NaN, and y is not right. By no branch, of
   *     which the compiler would leave out what it has not seen
   */
  static float logistic(float[] x, int xo, float[] y, int yo, int n) {
    int whole = n - n % LANES;
    IntVector below = IntVector.zero(INTS);
    IntVector all = below;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = load(x, xo + i);
      IntVector bits = v.reinterpretAsInts();
      below = below.max(bits.lanewise(XOR, SIGN));
      all = all.max(bits.and(MAGNITUDE));
      Elementary.logistic(v).intoArray(y, yo + i);
    }
    return Math.max(below.reduceLanes(MAX) - FOUR_BITS, all.reduceLanes(MAX) - INFINITY_BITS);
  }

  /** SiLU as {@link #logistic} is sigmoid. */
  static float timesLogistic(float[] x, int xo, float[] y, int yo, int n) {
    int whole = n - n % LANES;
    IntVector below = IntVector.zero(INTS);
    IntVector all = below;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = load(x, xo + i);
      IntVector bits = v.reinterpretAsInts();
      below = below.max(bits.lanewise(XOR, SIGN));
      all = all.max(bits.and(MAGNITUDE));
      Elementary.logistic(v).mul(v).intoArray(y, yo + i);
    }
    return Math.max(below.reduceLanes(MAX) - FOUR_BITS, all.reduceLanes(MAX) - INFINITY_BITS);
  }

  /**
   * Sigmoid of whole vectors, where y is what {@link #logistic} gave: of numbers below -4, and NaN.
   * They are few, or many side by side. Both functions in one loop are too much.
   */
  static void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
    int whole = n - n % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = load(x, xo + i);
      VectorMask<Float> near = v.compare(GE, -4f);
      if (!near.allTrue()) {
        Elementary.logisticTail(v).blend(load(y, yo + i), near).intoArray(y, yo + i);
      }
    }
  }

  static void tanh(float[] x, int xo, float[] y, int yo, int n) {
    int whole = n - n % LANES;
    for (int i = 0; i < whole; i += LANES) {
      Elementary.tanh(load(x, xo + i)).intoArray(y, yo + i);
    }
    Twin.unary(Unary.TANH, x, xo + whole, y, yo + whole, n - whole);
  }

  static void erf(float[] x, int xo, float[] y, int yo, int n) {
    int whole = n - n % LANES;
    for (int i = 0; i < whole; i += LANES) {
      Elementary.erf(load(x, xo + i)).intoArray(y, yo + i);
    }
    Twin.unary(Unary.ERF, x, xo + whole, y, yo + whole, n - whole);
  }

  static void softplus(float[] x, int xo, float[] y, int yo, int n) {
    int whole = n - n % LANES;
    for (int i = 0; i < whole; i += LANES) {
      Elementary.softplus(load(x, xo + i)).intoArray(y, yo + i);
    }
    Twin.unary(Unary.SOFTPLUS, x, xo + whole, y, yo + whole, n - whole);
  }

  static void gelu(float[] x, int xo, float[] y, int yo, int n) {
    int whole = n - n % LANES;
    for (int i = 0; i < whole; i += LANES) {
      Elementary.gelu(load(x, xo + i)).intoArray(y, yo + i);
    }
    Twin.unary(Unary.GELU, x, xo + whole, y, yo + whole, n - whole);
  }

  static void geluTanh(float[] x, int xo, float[] y, int yo, int n) {
    int whole = n - n % LANES;
    for (int i = 0; i < whole; i += LANES) {
      Elementary.geluTanh(load(x, xo + i)).intoArray(y, yo + i);
    }
    Twin.unary(Unary.GELU_TANH, x, xo + whole, y, yo + whole, n - whole);
  }

  /** SiLU of whole vectors; z is their sigmoid. */
  static void silu(float[] x, int xo, float[] y, int yo, float[] z, int zo, int n) {
    int whole = n - n % LANES;
    for (int i = 0; i < whole; i += LANES) {
      Elementary.silu(load(x, xo + i), load(z, zo + i)).intoArray(y, yo + i);
    }
  }
}
