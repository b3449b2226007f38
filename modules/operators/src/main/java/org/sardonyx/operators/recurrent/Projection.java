package org.sardonyx.operators.recurrent;

import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.Packing;

/** {@code X W^T + b} of one direction, with W packed for it, part by part. */
final class Projection {

  /** Multiplications that are worth a second thread. */
  private static final long SHARED = 1 << 20;

  private final int input;
  private final PackedMatrix[] w;
  private final float[] bias;

  /** Where the columns of each part begin, those of W and those that are made. */
  private final int[] first;

  private final int[] to;

  /**
   * Takes W of direction {@code d}.
   *
   * @param turn the gate that is made first; the others follow in a circle
   * @param bias of as many elements, in the order of what is made
   * @param span floats for each unit of a row that is made: gates, and room behind those of a part
   */
  Projection(Packing packing, Weights weights, int d, int turn, float[] bias, int span) {
    int gates = bias.length / Math.max(1, weights.hidden());
    int[] firsts = weights.firsts();
    this.input = weights.input();
    this.bias = bias;
    this.w = new PackedMatrix[weights.parts()];
    this.first = new int[w.length];
    this.to = new int[w.length];
    for (int i = 0; i < w.length; i++) {
      first[i] = gates * firsts[i];
      to[i] = span * firsts[i];
      w[i] = weights.packedW(packing, d, turn, first[i], gates * firsts[i + 1]);
    }
  }

  void apply(Kernels kernels, int rows, float[] x, int offset, float[] y, int width) {
    if (kernels.threads() > 1 && w.length > 1 && (long) rows * input * bias.length >= SHARED) {
      // Each thread makes what it takes on afterwards, and finds it in its cache.
      kernels.share(w.length, part -> apply(kernels.single(), rows, x, offset, y, width, part));
      return;
    }
    for (int part = 0; part < w.length; part++) {
      apply(kernels, rows, x, offset, y, width, part);
    }
  }

  private void apply(
      Kernels kernels, int rows, float[] x, int offset, float[] y, int width, int part) {
    kernels.gemm(rows, x, offset, input, 1, w[part], bias, first[part], null, y, to[part], width);
  }
}
