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

  /** Returns how many floats lie from one row that {@link #project} makes to the next. */
  abstract int width();

  /**
   * Returns how far apart rows of so many floats lie best: those of a tile of a product that lie
   * 4096 bytes apart share eight places in the cache, and drive one another out.
   */
  static int apart(int floats) {
    return floats % 1024 == 0 ? floats + 16 : floats;
  }

  /** Returns the floats that a step needs to work in, for one row. */
  int scratch() {
    return 0;
  }

  /**
   * Computes what of the gates depends on X alone: {@code to = X W^T + b}, {@code [rows, width]}.
   */
  abstract void project(Kernels kernels, int rows, float[] x, int offset, float[] to);

  /** Returns into how many parts the units go, which threads can take a step on each. */
  int parts() {
    return 1;
  }

  /** Returns the first unit of a part; H for the part behind the last. */
  int first(int part) {
    return part == 0 ? 0 : hidden;
  }

  /** Returns how often all parts must wait for one another in a step. */
  int phases() {
    return 1;
  }

  /**
   * Takes a part of the first {@code rows} rows one step on, or one phase of a step.
   *
   * @param gates what {@link #project} made, at {@code offset}; overwritten
   * @param h the states [N, H] before, of all parts
   * @param next the states after, of which this part's are written in the last phase
   * @param c the states of cells, of LSTM only
   * @param scratch room to work
   */
  abstract void step(
      Kernels kernels,
      int phase,
      int part,
      int rows,
      float[] gates,
      int offset,
      float[] h,
      float[] next,
      float[] c,
      float[] scratch);

  /**
   * Returns what keeps a step from the kernel made for this cell, so that it runs function by
   * function; empty where nothing does.
   */
  String unfused() {
    return "no kernel for this cell";
  }

  /** Bounds the values where the layer says so, then applies the function. */
  final void activate(Kernels kernels, Activation activation, float[] x, int offset, int n) {
    if (layer.clips()) {
      layer.clip(x, offset, n);
    }
    activation.apply(kernels, x, offset, n);
  }
}
