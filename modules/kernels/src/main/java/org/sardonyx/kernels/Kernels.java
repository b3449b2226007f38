package org.sardonyx.kernels;

import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The hot loops, over (array, offset, length). One implementation is scalar and defines the
 * meaning; others must agree with it within the bounds stated.
 *
 * <p>Sums run in an order that depends on the length summed alone, never on what else is computed
 * in the same call: element (i, j) of a product is the same whatever m and n are.
 */
public interface Kernels {

  /**
   * Returns the implementation to use on this machine: by vectors where the module {@code
   * jdk.incubator.vector} is there, the compiler C2 is on and vectors have at least 128 bits, else
   * loops that the compiler makes vectors of, or without it the scalar ones.
   */
  static Kernels best() {
    return BestKernels.INSTANCE;
  }

  /** Returns the implementation that defines the meaning. */
  static Kernels scalar() {
    return ScalarKernels.INSTANCE;
  }

  /**
   * Returns these kernels with their larger loops shared among threads; the results are the same,
   * bit for bit. One caller at a time has the threads, others meanwhile compute alone.
   *
   * @param executor runs the threads beside the caller's, from the first shared loop of a run to
   *     its {@link #rest}; may be out of threads
   * @param threads how many compute, the caller's included
   */
  default Kernels threaded(Executor executor, int threads) {
    if (threads < 1 || threads > Long.SIZE) {
      throw new IllegalArgumentException(threads + " threads; 1 to " + Long.SIZE + " can compute");
    }
    return threads == 1 ? single() : new ThreadedKernels(single(), executor, threads);
  }

  /** Returns these kernels on the calling thread alone. */
  default Kernels single() {
    return this;
  }

  /** Whether no loop that was asked for waits for the compiler; until then slower ones run. */
  default boolean isWarm() {
    return true;
  }

  /**
   * Has the compiler look at loops that a first run begins with, by running them on small arrays.
   *
   * @param windows whether there are convolutions
   */
  default void rehearse(boolean windows) {}

  /** Returns how many threads share loops. */
  default int threads() {
    return 1;
  }

  /** A part of one step of a loop. */
  @FunctionalInterface
  interface Share {
    /** Computes it. */
    void run(int step, int part);
  }

  /**
   * Runs parts [0, parts) of a loop, at most 64, in any order and on any of the threads, and
   * returns after the last. Parts use the kernels of {@link #single}.
   */
  default void share(int parts, IntConsumer task) {
    steps(1, parts, (_, part) -> task.accept(part));
  }

  /**
   * Runs parts [0, parts) of each step [0, steps) of a loop as {@link #share} does; a step begins
   * when all parts of the one before are done, and finds what they wrote.
   */
  default void steps(int steps, int parts, Share body) {
    for (int step = 0; step < steps; step++) {
      for (int part = 0; part < parts; part++) {
        body.run(step, part);
      }
    }
  }

  /** Ends a run of the calling thread: no thread waits for its loops any longer. */
  default void rest() {}

  /**
   * Returns these with larger loops done in pieces of some milliseconds, and the same results to
   * the last bit.
   *
   * @param between called between the pieces, in whichever thread does them; what it throws ends
   *     the loop and reaches the caller
   */
  default Kernels watched(Runnable between) {
    return ThreadedKernels.alone(this, between);
  }

  /**
   * Returns what computes one operation of two operands, or limits, of a few elements with no
   * vectors to wait for: where chains soon are loops of their own, none is wanted of each
   * operation.
   */
  default Kernels plain() {
    return this;
  }

  /** Returns of how many columns the narrower tiles of products are. */
  default int tile() {
    return 16;
  }

  /** Returns the name of the implementation, for profiles. */
  String name();

  /** Computes {@code y[i] = f(x[i])}; {@code x} and {@code y} may be the same place. */
  void unary(Unary f, float[] x, int xOffset, float[] y, int yOffset, int n);

  /** Computes {@code y[i] = f(a[i], b[i])}; the places may be the same. */
  void binary(
      Binary f, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, int n);

  /** Computes {@code y[i] = f(a[i], b)}. */
  void binaryRight(Binary f, float[] a, int aOffset, float b, float[] y, int yOffset, int n);

  /** Computes {@code y[i] = f(a, b[i])}. */
  void binaryLeft(Binary f, float a, float[] b, int bOffset, float[] y, int yOffset, int n);

  /**
   * Computes rows of n elements: {@code y[r * n + i] = f(a[r * aRow + i * aStep], b[r * bRow + i *
   * bStep])}, each from its offset on; the steps are 0 or 1, and not both 0. Rows of y may be those
   * of a or b where these lie as they do.
   */
  default void binary(
      Binary f,
      int rows,
      int n,
      float[] a,
      int aOffset,
      int aRow,
      int aStep,
      float[] b,
      int bOffset,
      int bRow,
      int bStep,
      float[] y,
      int yOffset) {
    for (int r = 0; r < rows; r++) {
      int left = aOffset + r * aRow;
      int right = bOffset + r * bRow;
      int to = yOffset + r * n;
      if (aStep == bStep) {
        binary(f, a, left, b, right, y, to, n);
      } else if (bStep == 0) {
        binaryRight(f, a, left, b[right], y, to, n);
      } else {
        binaryLeft(f, a[left], b, right, y, to, n);
      }
    }
  }

  /**
   * Computes {@code y[i] = x[i] * factor * scale[i] + bias[i]}, each from its offset on; y may be
   * the place of x.
   *
   * @param bias an empty array for none
   */
  default void affine(
      float[] x,
      int xOffset,
      float factor,
      float[] scale,
      int scaleOffset,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset,
      int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = x[xOffset + i] * factor * scale[scaleOffset + i];
    }
    for (int i = 0; i < n && bias.length > 0; i++) {
      y[yOffset + i] += bias[biasOffset + i];
    }
  }

  /**
   * Computes {@code y[i] = f(... f(f(x[rows[0] + i], x[rows[1] + i]), x[rows[2] + i]) ...)}, each
   * from its offset on; the places must not overlap.
   *
   * @param rows where rows begin, at least one
   */
  default void fold(Binary f, float[] x, int xOffset, int[] rows, float[] y, int yOffset, int n) {
    System.arraycopy(x, xOffset + rows[0], y, yOffset, n);
    for (int k = 1; k < rows.length; k++) {
      binary(f, y, yOffset, x, xOffset + rows[k], y, yOffset, n);
    }
  }

  /**
   * Computes {@code y[i] = x[i]}, but {@code least} where that is less than it, and then {@code
   * greatest} where it is greater; NaN stays.
   */
  void clamp(float least, float greatest, float[] x, int xOffset, float[] y, int yOffset, int n);

  /** Computes {@code y[i] = x[i * step]} for a positive step; the places must not overlap. */
  default void take(float[] x, int xOffset, int step, float[] y, int yOffset, int n) {
    if (step == 1) {
      System.arraycopy(x, xOffset, y, yOffset, n);
      return;
    }
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = x[xOffset + i * step];
    }
  }

  /**
   * Takes rows of n elements: {@code y[yOffset + to[r] + i] = x[xOffset + from[r] + i * step]}.
   * What lies behind a row in y is {@code none}, or of a row that comes later, and some of it is
   * set to that once more: {@code to} ascends, and y is larger by a vector.
   */
  default void take(
      int[] from,
      int[] to,
      float[] x,
      int xOffset,
      int step,
      float none,
      float[] y,
      int yOffset,
      int n) {
    for (int r = 0; r < from.length; r++) {
      take(x, xOffset + from[r], step, y, yOffset + to[r], n);
    }
  }

  /**
   * Computes, where there are fast loops for that, a convolution of each of some planes: the bias
   * of the plane and the products with its taps, one after the other.
   *
   * @param w [planes, taps]
   * @return whether it was computed
   */
  default boolean convolve(
      Plane plane,
      int planes,
      float[] x,
      int xOffset,
      float[] w,
      int wOffset,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset) {
    return false;
  }

  /**
   * Pools each of some planes, where there are fast loops for that: along all axes but the last one
   * first.
   *
   * @param f MAX or ADD
   * @param divisors for ADD, what each output is divided by, and up to 64 elements behind
   * @return whether it was computed
   */
  default boolean pool(
      Window window,
      Binary f,
      int planes,
      float[] x,
      int xOffset,
      float[] divisors,
      float[] y,
      int yOffset) {
    return false;
  }

  /**
   * Computes {@code y[j * yRow + i] = x[i * xRow + j]} for i below rows and j below columns, bit
   * for bit; the places must not overlap.
   */
  default void transpose(
      float[] x, int xOffset, int xRow, float[] y, int yOffset, int yRow, int rows, int columns) {
    int i = columns == 3 ? rows : 0;
    for (int r = 0; r < i; r++) {
      // Colours of an image.
      int at = xOffset + r * xRow;
      int to = yOffset + r;
      y[to] = x[at];
      y[to + yRow] = x[at + 1];
      y[to + 2 * yRow] = x[at + 2];
    }
    for (; i + 8 <= rows; i += 8) {
      transposeEight(x, xOffset + i * xRow, xRow, y, yOffset + i, yRow, columns);
    }
    for (; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        y[yOffset + j * yRow + i] = x[xOffset + i * xRow + j];
      }
    }
  }

  /**
   * Computes {@code y[i] = x[xOffset + map[i]]}, map and y from their offsets on; the places must
   * not overlap.
   */
  default void gather(
      float[] x, int xOffset, int[] map, int mapOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = x[xOffset + map[mapOffset + i]];
    }
  }

  /**
   * Computes rows of {@code y[2 * i] = y[2 * i + 1] = x[i]}, {@code copies} of each, which follow
   * each other in y; the places must not overlap.
   *
   * @param xRow how far a row of x is from the next
   */
  default void twice(
      float[] x, int xOffset, int xRow, float[] y, int yOffset, int n, int rows, int copies) {
    for (int r = 0; r < rows; r++) {
      int from = xOffset + r * xRow;
      int to = yOffset + 2 * n * copies * r;
      for (int i = 0; i < n; i++) {
        float v = x[from + i];
        y[to + 2 * i] = v;
        y[to + 2 * i + 1] = v;
      }
      for (int c = 1; c < copies; c++) {
        System.arraycopy(y, to, y, to + 2 * n * c, 2 * n);
      }
    }
  }

  /** Rows at once, which lie side by side in y: no more loads than there are registers. */
  private static void transposeEight(
      float[] x, int x0, int xRow, float[] y, int yOffset, int yRow, int columns) {
    int x1 = x0 + xRow;
    int x2 = x1 + xRow;
    int x3 = x2 + xRow;
    int x4 = x3 + xRow;
    int x5 = x4 + xRow;
    int x6 = x5 + xRow;
    int x7 = x6 + xRow;
    for (int j = 0; j < columns; j++) {
      int at = yOffset + j * yRow;
      y[at] = x[x0 + j];
      y[at + 1] = x[x1 + j];
      y[at + 2] = x[x2 + j];
      y[at + 3] = x[x3 + j];
      y[at + 4] = x[x4 + j];
      y[at + 5] = x[x5 + j];
      y[at + 6] = x[x6 + j];
      y[at + 7] = x[x7 + j];
    }
  }

  /**
   * Computes {@code y[i] = 1} where {@code a[i] < b[i]}, if {@code less} is set, or {@code a[i] ==
   * b[i]}, if {@code equal} is; else 0.
   */
  default void compare(
      boolean less,
      boolean equal,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      byte[] y,
      int yOffset,
      int n) {
    for (int i = 0; i < n; i++) {
      float l = a[aOffset + i];
      float r = b[bOffset + i];
      y[yOffset + i] = (byte) ((less && l < r) || (equal && l == r) ? 1 : 0);
    }
  }

  /**
   * Computes {@code y[i] = a[i]} where {@code c[i] != 0}, else {@code b[i]}, bit for bit; y may be
   * the place of a or b.
   */
  default void select(
      byte[] c,
      int cOffset,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] y,
      int yOffset,
      int n) {
    for (int i = 0; i < n; i++) {
      // By bits, of which the choice is no branch.
      int mask = -c[cOffset + i] | c[cOffset + i];
      int other = Float.floatToRawIntBits(b[bOffset + i]);
      int bits = other ^ ((Float.floatToRawIntBits(a[aOffset + i]) ^ other) & (mask >> 31));
      y[yOffset + i] = Float.intBitsToFloat(bits);
    }
  }

  /**
   * Computes {@code y[i] = round(x[i] / scale) + zero}, rounded half to even and kept within 256
   * values; NaN becomes {@code zero}.
   *
   * @param zero the zero point, one of the values
   * @param low the least of the values
   */
  default void quantize(
      float[] x, int xOffset, float scale, int zero, int low, byte[] y, int yOffset, int n) {
    float least = low - zero;
    float greatest = least + 255;
    for (int i = 0; i < n; i++) {
      float v = Math.min(Math.max(x[xOffset + i] / scale, least), greatest);
      // Adding and taking away this rounds a float below 2^22 to an integer.
      y[yOffset + i] = (byte) ((int) ((v + 0x1.8p23f) - 0x1.8p23f) + zero);
    }
  }

  /** Computes {@code y[i] = (x[i] - zero) * scale}; zero has at most 8 bits, as x. */
  default void dequantize(
      byte[] x, int xOffset, boolean signed, int zero, float scale, float[] y, int yOffset, int n) {
    int mask = signed ? -1 : 0xff;
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = ((x[xOffset + i] & mask) - zero) * scale;
    }
  }

  /** Returns the sum of {@code x}; 0 for n = 0. */
  float sum(float[] x, int xOffset, int n);

  /** Returns the greatest of {@code x}, NaN where one is NaN; minus infinity for n = 0. */
  float max(float[] x, int xOffset, int n);

  /**
   * Returns the least of {@code x}, NaN where one is NaN; infinity for n = 0. Of zeros of both
   * signs it may be either.
   */
  float min(float[] x, int xOffset, int n);

  /** Returns the sum of products. */
  float dot(float[] a, int aOffset, float[] b, int bOffset, int n);

  /** Computes {@code y[i] += alpha * x[i]}. */
  void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int n);

  /**
   * Computes {@code c += alpha * a * b} with a [m, k], b [k, n], c [m, n]; element (i, j) of a
   * matrix lies at {@code offset + i * row + j * column}, c is contiguous in its rows.
   */
  void gemm(
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int aRow,
      int aColumn,
      float[] b,
      int bOffset,
      int bRow,
      int bColumn,
      float[] c,
      int cOffset,
      int cRow);

  /**
   * Lays out a constant right-hand matrix [k, n] for {@link #gemm(int, float, float[], int, int,
   * int, PackedMatrix, float[], int, int)}. Several may share an array.
   */
  default PackedMatrix pack(int k, int n, float[] b, int bOffset, int bRow, int bColumn) {
    return pack(k, n, b, bOffset, bRow, bColumn, null);
  }

  /**
   * As the other {@code pack}, in an array of its own: into the panels of a matrix that nobody
   * multiplies with any more, where it has this size.
   */
  PackedMatrix pack(
      int k, int n, float[] b, int bOffset, int bRow, int bColumn, @Nullable PackedMatrix over);

  /**
   * As {@link #pack}, with each element rounded to the nearest bfloat16, the even one of two; NaN
   * stays NaN. Products with it are those with the rounded elements, bit for bit, and read half as
   * much memory where there are vectors.
   */
  PackedMatrix packBfloat16(int k, int n, float[] b, int bOffset, int bRow, int bColumn);

  /** As the other {@code gemm}, bit for bit, with a matrix that was packed. */
  void gemm(
      int m,
      float alpha,
      float[] a,
      int aOffset,
      int aRow,
      int aColumn,
      PackedMatrix b,
      float[] c,
      int cOffset,
      int cRow);

  /**
   * Computes {@code c = f(bias + a * b)} with a matrix that was packed; what c holds before is not
   * read. The sums are those of {@code gemm}, bit for bit.
   *
   * @param bias n floats from {@code biasOffset} on, laid over each row; an empty array is zeros
   * @param f the function of each element, or null for none
   */
  void gemm(
      int m,
      float[] a,
      int aOffset,
      int aRow,
      int aColumn,
      PackedMatrix b,
      float[] bias,
      int biasOffset,
      @Nullable Unary f,
      float[] c,
      int cOffset,
      int cRow);

  /**
   * Computes {@code c += a * b} for m rows of a and one panel of a packed matrix, its elements
   * being bytes and those of a whole numbers of at most 255.
   *
   * @param width of the panel
   * @param room from {@code roomOffset} on, for {@code width} floats for each row of b, and of a
   * @return whether these kernels did
   */
  default boolean gemm(
      int m,
      int k,
      float[] a,
      int aOffset,
      int aRow,
      byte[] b,
      int width,
      float[] room,
      int roomOffset,
      int[] c,
      int cOffset,
      int cRow) {
    return false;
  }

  /**
   * Computes {@code c = bias + a * b} for each of some lines, with a [m, k], b [k, n], c [m, n],
   * whose rows are contiguous; row p of b begins at {@code bOffset + line * bLine + rows[p]}, rows
   * may overlap, and row i of c, at {@code cOffset + line * cLine + i * cRow}, starts from {@code
   * bias[biasOffset + i]}. c must not be part of b.
   */
  void gemm(
      int lines,
      int bLine,
      int cLine,
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int aRow,
      float[] b,
      int bOffset,
      int[] rows,
      float[] bias,
      int biasOffset,
      float[] c,
      int cOffset,
      int cRow);

  /** As {@link #gemm}, in double. */
  void gemm(
      int m,
      int n,
      int k,
      double alpha,
      double[] a,
      int aOffset,
      int aRow,
      int aColumn,
      double[] b,
      int bOffset,
      int bRow,
      int bColumn,
      double[] c,
      int cOffset,
      int cRow);

  /** Computes the softmax of one row. */
  default void softmax(float[] x, int xOffset, float[] y, int yOffset, int n) {
    softmax(x, xOffset, y, yOffset, n, 1);
  }

  /**
   * Computes the softmax of rows of n elements each: {@code exp(x - max) / sum}. A row of minus
   * infinities gives NaN, as the formula does.
   */
  void softmax(float[] x, int xOffset, float[] y, int yOffset, int n, int rows);

  /**
   * Computes the logarithm of the softmax of rows of n elements each: {@code x - max -
   * log(sum(exp(x - max)))}; the places must not overlap.
   */
  default void logSoftmax(float[] x, int xOffset, float[] y, int yOffset, int n, int rows) {
    for (int r = 0; r < rows; r++) {
      int from = xOffset + r * n;
      int to = yOffset + r * n;
      float max = max(x, from, n);
      binaryRight(Binary.SUB, x, from, max, y, to, n);
      unary(Unary.EXP, y, to, y, to, n);
      float log = (float) StrictMath.log(sum(y, to, n));
      binaryRight(Binary.SUB, x, from, max, y, to, n);
      binaryRight(Binary.SUB, y, to, log, y, to, n);
    }
  }

  /**
   * Takes n units of an LSTM one step on: {@code c = f * c + i * tanh(g)} and {@code h = o *
   * tanh(c)}.
   *
   * @param gates i, o, f and g, n of each, before their functions: sigmoid of the first three;
   *     overwritten
   * @param unit where the units begin in c and in h
   */
  void lstm(int n, float[] gates, int offset, float[] c, float[] h, int unit);

  /**
   * Takes n units of a GRU to the end of a step: {@code next = (1 - z) * tanh(g) + z * h}.
   *
   * @param gates z at {@code z}, and at {@code g} what the function has not been applied to
   * @param next the state after, another array than h
   * @param unit where the units begin in h and in next
   */
  void gru(int n, float[] gates, int z, int g, float[] h, float[] next, int unit);

  /**
   * Takes n units of a GRU with linear_before_reset one step on: as {@link #gru}, of {@code g + r *
   * a}, where a is what the reset gate scales.
   *
   * @param gates g, z, r and a, n of each, before their functions; overwritten
   */
  void gruLinear(int n, float[] gates, int offset, float[] h, float[] next, int unit);

  /**
   * Returns a chain as code of its own; null where these kernels have none.
   *
   * @param moving a bit for each input: whether it moves along a row
   */
  default Chain.@Nullable Code code(Chain chain, int moving) {
    return null;
  }
}
