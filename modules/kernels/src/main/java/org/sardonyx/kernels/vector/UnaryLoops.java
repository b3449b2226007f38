package org.sardonyx.kernels.vector;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.sardonyx.kernels.vector.Elementary.S;

import jdk.incubator.vector.FloatVector;
import org.sardonyx.kernels.Unary;

/**
 * One loop a function: the compiler inlines about one of them into a method before its budget is
 * spent. Each loop takes n of at least one vector; the last vector overlaps the one before, and is
 * read before anything is written, since x and y may be one place.
 */
final class UnaryLoops {

  static final int LANES = S.length();

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

  static void exp(float[] x, int xo, float[] y, int yo, int n) {
    int end = n - LANES;
    FloatVector last = load(x, xo + end);
    for (int i = 0; i < end; i += LANES) {
      Elementary.exp(load(x, xo + i)).intoArray(y, yo + i);
    }
    Elementary.exp(last).intoArray(y, yo + end);
  }

  static void log(float[] x, int xo, float[] y, int yo, int n) {
    int end = n - LANES;
    FloatVector last = load(x, xo + end);
    for (int i = 0; i < end; i += LANES) {
      Elementary.log(load(x, xo + i)).intoArray(y, yo + i);
    }
    Elementary.log(last).intoArray(y, yo + end);
  }

  /** What is left of a vector is done one by one: two sigmoids are beyond the budget. */
  static void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
    int whole = n - n % LANES;
    for (int i = 0; i < whole; i += LANES) {
      Elementary.sigmoid(load(x, xo + i)).intoArray(y, yo + i);
    }
    Twin.unary(Unary.SIGMOID, x, xo + whole, y, yo + whole, n - whole);
  }

  static void tanh(float[] x, int xo, float[] y, int yo, int n) {
    int end = n - LANES;
    FloatVector last = load(x, xo + end);
    for (int i = 0; i < end; i += LANES) {
      Elementary.tanh(load(x, xo + i)).intoArray(y, yo + i);
    }
    Elementary.tanh(last).intoArray(y, yo + end);
  }

  static void erf(float[] x, int xo, float[] y, int yo, int n) {
    int end = n - LANES;
    FloatVector last = load(x, xo + end);
    for (int i = 0; i < end; i += LANES) {
      Elementary.erf(load(x, xo + i)).intoArray(y, yo + i);
    }
    Elementary.erf(last).intoArray(y, yo + end);
  }

  static void softplus(float[] x, int xo, float[] y, int yo, int n) {
    int end = n - LANES;
    FloatVector last = load(x, xo + end);
    for (int i = 0; i < end; i += LANES) {
      Elementary.softplus(load(x, xo + i)).intoArray(y, yo + i);
    }
    Elementary.softplus(last).intoArray(y, yo + end);
  }

  static void gelu(float[] x, int xo, float[] y, int yo, int n) {
    int end = n - LANES;
    FloatVector last = load(x, xo + end);
    for (int i = 0; i < end; i += LANES) {
      Elementary.gelu(load(x, xo + i)).intoArray(y, yo + i);
    }
    Elementary.gelu(last).intoArray(y, yo + end);
  }

  static void geluTanh(float[] x, int xo, float[] y, int yo, int n) {
    int end = n - LANES;
    FloatVector last = load(x, xo + end);
    for (int i = 0; i < end; i += LANES) {
      Elementary.geluTanh(load(x, xo + i)).intoArray(y, yo + i);
    }
    Elementary.geluTanh(last).intoArray(y, yo + end);
  }

  static void silu(float[] x, int xo, float[] y, int yo, int n) {
    int end = n - LANES;
    FloatVector last = load(x, xo + end);
    for (int i = 0; i < end; i += LANES) {
      Elementary.silu(load(x, xo + i)).intoArray(y, yo + i);
    }
    Elementary.silu(last).intoArray(y, yo + end);
  }
}
