package org.sardonyx.kernels;

/**
 * The right-hand matrix [k, n] of a product, copied into the layout that one implementation of
 * {@link Kernels} reads: columns in panels, each panel row after row, the last one filled up with
 * zeros. Immutable; belongs to the implementation that made it.
 */
public final class PackedMatrix {

  private final int k;
  private final int n;
  private final int width;
  private final float[] panels;
  private final int offset;

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

  private PackedMatrix(int k, int n, int width, float[] panels, int offset) {
    this.k = k;
    this.n = n;
    this.width = width;
    this.panels = panels;
    this.offset = offset;
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
    return new PackedMatrix(k, to - from, width, panels, offset + from * k);
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

  /** Returns the panels themselves; not to be changed. */
  public float[] panels() {
    return panels;
  }

  /** Returns where in {@link #panels} the first one begins. */
  public int offset() {
    return offset;
  }
}
