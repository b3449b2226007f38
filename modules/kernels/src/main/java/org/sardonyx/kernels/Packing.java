package org.sardonyx.kernels;

/** A way to lay out right-hand matrices: {@link Kernels#pack} or another one beside it. */
@FunctionalInterface
public interface Packing {

  /** Lays out a matrix [k, n], of which element (i, j) lies at i * bRow + j * bColumn. */
  PackedMatrix pack(int k, int n, float[] b, int bOffset, int bRow, int bColumn);
}
