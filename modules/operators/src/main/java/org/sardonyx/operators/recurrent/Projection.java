package org.sardonyx.operators.recurrent;

import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.Packing;

/** {@code X W^T + b} of one direction, with W packed for it. */
final class Projection {

  private final int input;
  private final PackedMatrix w;
  private final float[] bias;

  /** Takes W's rows of direction {@code d} and a bias of as many elements. */
  Projection(Packing packing, Weights weights, int d, float[] bias) {
    this.input = weights.input();
    this.w = weights.packedW(packing, d);
    this.bias = bias;
  }

  void apply(Kernels kernels, int rows, float[] x, int offset, float[] to, int width) {
    kernels.gemm(rows, x, offset, input, 1, w, bias, 0, null, to, 0, width);
  }
}
