package org.sardonyx.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * Functions of blocks of floats whose bits are needed as integers, and back. C2 makes vectors of
 * loops over either, but not of what makes one of the other, and slow ones of bounds of floats.
 * Hence whole blocks are copied from floats to ints and back, which takes less time than what is
 * done in between. Each thread has its own.
 *
 * <p>{@link PlainElements} has the same functions of one element, to the same last bit: an element
 * has the same result wherever it stands.
 */
final class PlainBlocks {

  /** The most elements of a block: all that a loop uses stays in the first cache. */
  static final int BLOCK = 1024;

  // Parts of an array, which C2 must see never to overlap, a bit more than a power of 2 apart: else
  // all would be in the same few places of a cache.
  private static final int PART = BLOCK + 16;
  static final int POWER = PART;
  static final int SCALE = 2 * PART;

  private static final int SIGN = 0x80000000;
  private static final int MAGNITUDE = 0x7fffffff;
  private static final int INFINITY = 0x7f800000;
  // What makes floats from 2^31 on negative, as integers, and those from -2^31 down positive.
  private static final int FROM_2_31 = 0x31000000;

  final float[] s = new float[3 * PART];
  private final float[] t = new float[BLOCK];
  private final float[] number = new float[1];
  final int[] k = new int[BLOCK];
  private final MemorySegment floats = MemorySegment.ofArray(s);
  private final MemorySegment ints = MemorySegment.ofArray(k);

  private final boolean isCold;
  private final Map<Unary, PlainStart> starts = new EnumMap<>(Unary.class);

  /**
   * Makes scratch.
   *
   * @param isCold whether the loops are not fast yet
   */
  PlainBlocks(boolean isCold) {
    this.isCold = isCold;
  }

  /** Sets n elements of y to f of those of x. */
  void apply(Unary f, float[] x, int xAt, float[] y, int yAt, int n) {
    if (isPlain(f)) {
      for (int at = 0; at < n; at += BLOCK) {
        block(f, x, xAt + at, y, yAt + at, Math.min(BLOCK, n - at));
      }
      return;
    }
    PlainStart start = starts.get(f);
    if (start == null) {
      start = new PlainStart(isCold);
      starts.put(f, start);
    }
    for (int at = 0; at < n; at += BLOCK) {
      int count = Math.min(BLOCK, n - at);
      int here = start.atOnce(count);
      if (here > 0) {
        block(f, x, xAt + at, y, yAt + at, here);
      }
      elements(f, x, xAt + at + here, y, yAt + at + here, count - here);
    }
  }

  /** Returns where to find an input that does not move, until it is asked for again. */
  float[] number(float x) {
    number[0] = x;
    return number;
  }

  /** As the other, of two inputs, each of which moves by a step of 1, or of 0. */
  void apply(
      Binary f,
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int bStep,
      float[] y,
      int yAt,
      int n) {
    boolean isEven = aAt == yAt && bAt == yAt && aStep + bStep == 2;
    for (int at = 0; at < n; at += BLOCK) {
      int count = Math.min(BLOCK, n - at);
      if (isEven) {
        binary(f, a, b, y, yAt + at, count);
        continue;
      }
      float[] left = fromZero(a, aAt + at * aStep, aStep, s, count);
      float[] right = fromZero(b, bAt + at * bStep, bStep, t, count);
      if (yAt + at == 0) {
        binary(f, left, right, y, 0, count);
      } else {
        binary(f, left, right, s, 0, count);
        System.arraycopy(s, 0, y, yAt + at, count);
      }
    }
  }

  private static float[] fromZero(float[] x, int at, int step, float[] to, int n) {
    if (step == 0) {
      Arrays.fill(to, 0, n, x[at]);
      return to;
    }
    if (at > 0) {
      System.arraycopy(x, at, to, 0, n);
      return to;
    }
    return x;
  }

  private static void binary(Binary f, float[] a, float[] b, float[] y, int at, int n) {
    switch (f) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = a[at + i] + b[at + i];
        }
      }
      case SUB -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = a[at + i] - b[at + i];
        }
      }
      case MUL -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = a[at + i] * b[at + i];
        }
      }
      case DIV -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = a[at + i] / b[at + i];
        }
      }
      case MAX -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = Math.max(a[at + i], b[at + i]);
        }
      }
      case MIN -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = Math.min(a[at + i], b[at + i]);
        }
      }
    }
  }

  /** Whether it takes an instruction or two, and is fast at once. */
  private static boolean isPlain(Unary f) {
    return f == Unary.ABS
        || f == Unary.NEG
        || f == Unary.RELU
        || f == Unary.SQRT
        || f == Unary.RECIPROCAL;
  }

  private static void elements(Unary f, float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] = PlainElements.of(f, x[xAt + i]);
    }
  }

  private void block(Unary f, float[] x, int xAt, float[] y, int yAt, int n) {
    switch (f) {
      case TANH, ERF -> {
        load(x, xAt, n);
        bound(k, n, f == Unary.TANH ? PlainElements.TANH_MOST : PlainElements.ERF_MOST);
        MemorySegment.copy(ints, ValueLayout.JAVA_FLOAT, 0, y, yAt, n);
        if (f == Unary.TANH) {
          tanh(y, yAt, n);
        } else {
          erf(y, yAt, n);
        }
        return;
      }
      case EXP, SIGMOID -> {
        System.arraycopy(x, xAt, s, POWER, n);
        powers(s, n, 0);
      }
      case SILU -> {
        System.arraycopy(x, xAt, s, 0, n);
        System.arraycopy(x, xAt, s, POWER, n);
        powers(s, n, 0);
      }
      case SOFTPLUS -> {
        System.arraycopy(x, xAt, s, 0, n);
        softplusPowers(s, n);
      }
      case GELU -> {
        System.arraycopy(x, xAt, s, 0, n);
        geluArguments(s, n);
        longPowers(s, n);
      }
      case GELU_TANH -> {
        System.arraycopy(x, xAt, s, 0, n);
        geluTanhFactors(s, n);
        geluTanhArguments(s, n);
        longPowers(s, n);
      }
      default -> {
        if (x != y || xAt != yAt) {
          System.arraycopy(x, xAt, y, yAt, n);
        }
        here(f, y, yAt, n);
        return;
      }
    }
    toInts(n);
    boolean isComplete = scales(k, n, f == Unary.EXP ? PlainElements.BEYOND : PlainElements.GREAT);
    toFloats(SCALE, n);
    if (!isComplete) {
      elements(f, x, xAt, y, yAt, n);
      return;
    }
    switch (f) {
      case EXP -> exp(s, n);
      case SIGMOID -> sigmoid(s, n);
      case SOFTPLUS -> softplus(s, n);
      case GELU -> gelu(s, n);
      default -> silu(s, n);
    }
    System.arraycopy(s, 0, y, yAt, n);
  }

  /** C2 makes vectors of them in the place of the elements. */
  private static void here(Unary f, float[] y, int at, int n) {
    switch (f) {
      case ABS -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = Math.abs(y[at + i]);
        }
      }
      case NEG -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = -y[at + i];
        }
      }
      case RELU -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = Math.max(y[at + i], 0);
        }
      }
      case SQRT -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = (float) Math.sqrt(y[at + i]);
        }
      }
      case RECIPROCAL -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = 1 / y[at + i];
        }
      }
      default -> throw new IllegalArgumentException(f.toString());
    }
  }

  /** Takes the bits of floats as integers. */
  void load(float[] x, int xAt, int n) {
    MemorySegment.copy(x, xAt, ints, ValueLayout.JAVA_FLOAT, 0, n);
  }

  private void toInts(int n) {
    MemorySegment.copy(floats, SCALE * 4L, ints, 0, n * 4L);
  }

  private void toFloats(int at, int n) {
    MemorySegment.copy(ints, 0, floats, at * 4L, n * 4L);
  }

  /** Makes of n numbers c at POWER 2^31 exp(c - x), at 0, where c - x is up to 0, or NaN. */
  void powers(int n, float x) {
    powers(s, n, x);
    toInts(n);
    shift(k, n);
    toFloats(SCALE, n);
    multiply(s, n);
  }

  private static void shift(int[] k, int n) {
    for (int i = 0; i < n; i++) {
      k[i] <<= 23;
    }
  }

  private static void multiply(float[] s, int n) {
    for (int i = 0; i < n; i++) {
      s[i] = s[POWER + i] * s[SCALE + i];
    }
  }

  /** Makes the bits of floats those of no greater magnitudes than that; NaN stays. */
  private static void bound(int[] k, int n, float most) {
    int bits = Float.floatToRawIntBits(most);
    for (int i = 0; i < n; i++) {
      int a = k[i] & MAGNITUDE;
      k[i] = (k[i] & SIGN) | Math.min(a, bits) | ((INFINITY - a) >> 31);
    }
  }

  /**
   * Makes powers of 2 of the exponents in the low bits of floats, 0 of those that are too small,
   * and returns whether all powers of e are right with them: the floats are within 2^31, where the
   * polynomials do not overflow, and no exponent is BEYOND.
   */
  private static boolean scales(int[] k, int n, int most) {
    int no = 0;
    for (int i = 0; i < n; i++) {
      int b = k[i];
      int e = Math.min(Math.max(b, PlainElements.MAGIC_BITS), most);
      no |= (b ^ (b + FROM_2_31)) | (PlainElements.BEYOND - 1 - e);
      k[i] = e << 23;
    }
    return no >= 0;
  }

  /** Computes 2^31 exp(c - x), but for the scales, whose exponents are low bits. */
  private static void powers(float[] s, int n, float x) {
    for (int i = 0; i < n; i++) {
      float c = s[POWER + i] - x;
      float t = PlainElements.shifted(c);
      s[POWER + i] = PlainElements.polynomial(PlainElements.rest(c, t));
      s[SCALE + i] = t;
    }
  }

  /** As {@link #powers}, of the sums of two floats. */
  private static void longPowers(float[] s, int n) {
    for (int i = 0; i < n; i++) {
      float c = s[POWER + i];
      float low = s[SCALE + i];
      float t = PlainElements.shifted(c);
      s[POWER + i] = PlainElements.polynomial(PlainElements.rest(c, t) + low);
      s[SCALE + i] = t;
    }
  }

  /** As {@link #powers}, of -|x|. */
  private static void softplusPowers(float[] s, int n) {
    for (int i = 0; i < n; i++) {
      float c = -Math.abs(s[i]);
      float t = PlainElements.shifted(c);
      s[POWER + i] = PlainElements.polynomial(PlainElements.rest(c, t));
      s[SCALE + i] = t;
    }
  }

  private static void geluArguments(float[] s, int n) {
    for (int i = 0; i < n; i++) {
      float x = s[i];
      float square = x * x;
      s[POWER + i] = square * -0.5f;
      s[SCALE + i] = PlainElements.lost(x, x, square) * -0.5f;
    }
  }

  private static void geluTanhFactors(float[] s, int n) {
    for (int i = 0; i < n; i++) {
      float x = s[i];
      float square = x * x;
      float factor = PlainElements.factor(square);
      s[POWER + i] = factor;
      s[SCALE + i] = PlainElements.factorLow(x, square, factor);
    }
  }

  /** Not in the loop before: of both in one C2 makes a slow one. */
  private static void geluTanhArguments(float[] s, int n) {
    for (int i = 0; i < n; i++) {
      float x = s[i];
      float factor = s[POWER + i];
      float c = x * factor;
      s[POWER + i] = c;
      s[SCALE + i] = Math.fma(x, s[SCALE + i], PlainElements.lost(x, factor, c));
    }
  }

  private static void exp(float[] s, int n) {
    for (int i = 0; i < n; i++) {
      s[i] = PlainElements.exp(s[POWER + i] * s[SCALE + i]);
    }
  }

  private static void sigmoid(float[] s, int n) {
    for (int i = 0; i < n; i++) {
      s[i] = PlainElements.sigmoid(s[POWER + i] * s[SCALE + i]);
    }
  }

  private static void silu(float[] s, int n) {
    for (int i = 0; i < n; i++) {
      s[i] *= PlainElements.sigmoid(s[POWER + i] * s[SCALE + i]);
    }
  }

  private static void softplus(float[] s, int n) {
    for (int i = 0; i < n; i++) {
      s[i] = PlainElements.softplus(s[i], s[POWER + i] * s[SCALE + i]);
    }
  }

  private static void gelu(float[] s, int n) {
    for (int i = 0; i < n; i++) {
      s[i] = PlainElements.gelu(s[i], s[POWER + i] * s[SCALE + i]);
    }
  }

  private static void tanh(float[] y, int at, int n) {
    for (int i = 0; i < n; i++) {
      y[at + i] = PlainElements.tanh(y[at + i]);
    }
  }

  private static void erf(float[] y, int at, int n) {
    for (int i = 0; i < n; i++) {
      y[at + i] = PlainElements.erf(y[at + i]);
    }
  }
}
