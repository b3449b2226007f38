package org.sardonyx.operators.recurrent;

import org.sardonyx.kernels.Kernels;

/** One direction of a recurrent operator over rows of a batch, with its weights packed for that. */
abstract class FloatCell {

  final Layer layer;
  final int hidden;

  FloatCell(Layer layer, int hidden) {
    this.layer = layer;
    this.hidden = hidden;
  }

  /** Returns the number of floats that {@link #project} makes of a row. */
  abstract int width();

  /** Returns the floats that a step needs to work in, for one row. */
  int scratch() {
    return 0;
  }

  /**
   * Computes what of the gates depends on X alone: {@code to = X W^T + b}, {@code [rows, width]}.
   */
  abstract void project(Kernels kernels, int rows, float[] x, int offset, float[] to);

  /**
   * Takes the first {@code rows} rows one step on.
   *
   * @param gates what {@link #project} made, at {@code offset}; overwritten
   * @param h the states [N, H] before, and the states after
   * @param c as h, of LSTM only
   * @param scratch room to work
   */
  abstract void step(
      Kernels kernels, int rows, float[] gates, int offset, float[] h, float[] c, float[] scratch);

  /** Whether a step runs by the kernel made for this cell, rather than function by function. */
  boolean isFused() {
    return false;
  }

  /** Fills {@code [rows, bias.length]} with the bias. */
  static void fill(float[] to, int offset, int rows, float[] bias) {
    for (int k = 0; k < rows; k++) {
      System.arraycopy(bias, 0, to, offset + k * bias.length, bias.length);
    }
  }

  /** Bounds the values where the layer says so, then applies the function. */
  final void activate(Kernels kernels, Activation activation, float[] x, int offset, int n) {
    if (layer.clips()) {
      layer.clip(x, offset, n);
    }
    activation.apply(kernels, x, offset, n);
  }
}
