package org.sardonyx.kernels;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The right-hand matrix [k, n] of a product, copied into the layout that one implementation of
 * {@link Kernels} reads: columns in panels, each panel row after row, the last one filled up with
 * zeros. Elements are floats, or bfloat16 in pairs. Belongs to the implementation that made it, and
 * does not change unless another is packed over it.
 */
public final class PackedMatrix {

  /**
   * Where panels begin in their arrays: at a line of the cache, where an array begins with a header
   * of 16 bytes and has a page, or more, of its own. So G1 and ZGC lay out large ones. Intel's
   * processors take a seventh longer for products with vectors that lie in two lines each.
   */
  public static final int FIRST = 12;

  /** Elements of a line. */
  public static final int LINE = 16;

  private static final float[] NO_PANELS = {};

  /** Elements of other matrices that push one out of the caches of a core: 4 MB. */
  private static final int NEAR = 1 << 20;

  /** Elements that products have gone through, about: of two threads, one may lose its own. */
  private static long elements = 1;

  private final int k;
  private final int n;
  private final int width;
  private final float[] panels;
  private final int offset;
  private final boolean forSteps;

  /** Elements of bfloat16. */
  private final @Nullable MemorySegment pairs;

  private volatile @Nullable MemorySegment copyForSteps;

  /** What {@link #elements} was when a product last went through this; 0 where none has. */
  private long seen;

  /**
   * Wraps panels.
   *
   * @param k rows
   * @param n columns
   * @param width columns of a panel; 0 where the whole matrix is one, with no zeros
   * @param panels the panels one after another, each {@code k * width}; kept, not copied
   */
  public PackedMatrix(int k, int n, int width, float[] panels) {
    this(k, n, width, panels, 0);
  }

  /**
   * As the other constructor, with panels from {@code offset} on.
   *
   * @param offset where the first begins
   */
  public PackedMatrix(int k, int n, int width, float[] panels, int offset) {
    this(k, n, width, panels, null, offset, false);
  }

  /**
   * Wraps panels of bfloat16.
   *
   * @param pairs as the panels of the other constructor, with two elements in each int: how they
   *     lie is for the implementation to say; kept, not copied
   */
  public PackedMatrix(int k, int n, int width, MemorySegment pairs) {
    this(k, n, width, NO_PANELS, pairs, 0, false);
  }

  private PackedMatrix(
      int k,
      int n,
      int width,
      float[] panels,
      @Nullable MemorySegment pairs,
      int offset,
      boolean forSteps) {
    this.k = k;
    this.n = n;
    this.width = width;
    this.panels = panels;
    this.pairs = pairs;
    this.offset = offset;
    this.forSteps = forSteps;
  }

  /**
   * Returns this matrix for the steps of a recurrent layer, which multiply it with one row time and
   * again: implementations may keep a second copy for that, once they meet the first such row.
   */
  public PackedMatrix forSteps() {
    return new PackedMatrix(k, n, width, panels, pairs, offset, true);
  }

  /** Whether this is what {@link #forSteps} returned. */
  public boolean isForSteps() {
    return forSteps;
  }

  /** Returns the panels of bfloat16, not to be changed; null where elements are floats. */
  public @Nullable MemorySegment pairs() {
    return pairs;
  }

  /** Returns the second copy of floats, not to be changed; null before one is kept. */
  public @Nullable MemorySegment copyForSteps() {
    return copyForSteps;
  }

  /** Keeps a second copy; of two threads that bring one at a time, either is as good. */
  public void keepForSteps(MemorySegment copy) {
    copyForSteps = copy;
  }

  /**
   * Returns the bfloat16 that is nearest, the even one of two, as a float; NaN stays NaN, of which
   * the upper bits remain.
   */
  static float rounded(float x) {
    int bits = Float.floatToRawIntBits(x);
    int up = Float.isNaN(x) ? 0 : 0x7fff + (bits >>> 16 & 1);
    // A NaN of lower bits alone would become infinity.
    int quiet = Float.isNaN(x) ? 0x400000 : 0;
    return Float.intBitsToFloat((bits + up | quiet) & 0xffff0000);
  }

  /** Returns two elements in one int, the first in its lower half, each rounded to bfloat16. */
  public static int pair(float first, float second) {
    return Float.floatToRawIntBits(rounded(first)) >>> 16
        | Float.floatToRawIntBits(rounded(second));
  }

  /**
   * Returns columns [from, to) of this matrix, which share its panels.
   *
   * @param from where a panel begins
   */
  PackedMatrix columns(int from, int to) {
    if (from % width != 0) {
      throw new IllegalArgumentException("no panel begins at column " + from);
    }
    return new PackedMatrix(k, to - from, width, panels, pairs, offset + from * k, false);
  }

  /** Whether this has floats of its own for a matrix [k, n] in panels of this width. */
  public boolean holds(int rows, int columns, int panelWidth) {
    return k == rows && n == columns && width == panelWidth && panels.length > 0 && !forSteps;
  }

  /**
   * Notes that a product goes through this matrix, and tells whether it has to come from far: so
   * much else was gone through since the last time.
   */
  public boolean comesFromFar() {
    long now = elements;
    boolean far = seen != 0 && now - seen > NEAR;
    seen = now;
    elements = now + (long) k * n;
    return far;
  }

  /** Returns the number of rows. */
  public int k() {
    return k;
  }

  /** Returns the number of columns. */
  public int n() {
    return n;
  }

  /** Returns the number of columns of a panel, or 0. */
  public int width() {
    return width;
  }

  /** Returns the panels themselves; empty where elements are bfloat16. */
  public float[] panels() {
    return panels;
  }

  /** Returns before how many elements of the panels the first begins. */
  public int offset() {
    return offset;
  }
}
