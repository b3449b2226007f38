package org.sardonyx.operators.recurrent;

import org.jspecify.annotations.Nullable;

/** One direction of a recurrent operator over one row, in double, as the equations stand. */
abstract class DoubleCell {

  final Layer layer;
  final int hidden;
  private final int gates;
  private final int input;
  private final int d;
  private final double[] w;
  private final double[] r;
  private final double @Nullable [] b;

  DoubleCell(Layer layer, int gates, int d, Weights weights) {
    this.layer = layer;
    this.gates = gates;
    this.hidden = weights.hidden();
    this.input = weights.input();
    this.d = d;
    this.w = weights.w().toDoubles();
    this.r = weights.r().toDoubles();
    this.b = weights.b() == null ? null : weights.b().toDoubles();
  }

  /** Replaces the states before by the states after; {@code c} is of LSTM only. */
  abstract void step(double[] x, int offset, double[] h, double[] c);

  /** Returns row {@code unit} of gate {@code gate} of X W^T + Wb. */
  final double fromInput(int gate, int unit, double[] x, int offset) {
    int row = (d * gates + gate) * hidden + unit;
    double sum = b == null ? 0 : b[2 * d * gates * hidden + gate * hidden + unit];
    for (int j = 0; j < input; j++) {
      sum += x[offset + j] * w[row * input + j];
    }
    return sum;
  }

  /** Returns row {@code unit} of gate {@code gate} of H R^T + Rb. */
  final double fromHidden(int gate, int unit, double[] h) {
    int row = (d * gates + gate) * hidden + unit;
    double sum = b == null ? 0 : b[(2 * d + 1) * gates * hidden + gate * hidden + unit];
    for (int j = 0; j < hidden; j++) {
      sum += h[j] * r[row * hidden + j];
    }
    return sum;
  }

  /** Bounds the value where the layer says so, then applies the function. */
  final double activate(Activation activation, double x) {
    return activation.apply(layer.clip(x));
  }
}
