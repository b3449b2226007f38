package org.sardonyx.operators.recurrent;

import static org.sardonyx.operators.recurrent.LSTM.CELL;
import static org.sardonyx.operators.recurrent.LSTM.FORGET;
import static org.sardonyx.operators.recurrent.LSTM.GATES;
import static org.sardonyx.operators.recurrent.LSTM.INPUT;
import static org.sardonyx.operators.recurrent.LSTM.OUTPUT;
import static org.sardonyx.operators.recurrent.LSTM.PEEPHOLES;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Kernels;

/** The cell of {@link LSTM} in float. */
final class FloatLstm extends FloatCell {

  private final boolean inputForget;
  private final Projection projection;
  private final float[] r;
  private final float @Nullable [] p;
  private final Activation f;
  private final Activation g;
  private final Activation h;

  FloatLstm(Layer layer, boolean inputForget, int d, Weights weights) {
    super(layer, weights.hidden());
    int width = GATES * hidden;
    this.inputForget = inputForget;
    this.projection = new Projection(weights, d, weights.bias(d, width, width));
    this.r = Weights.transposed(weights.r(), d, 0, width);
    int peepholes = PEEPHOLES * hidden;
    this.p =
        weights.p() == null
            ? null
            : Arrays.copyOfRange(
                weights.p().toFloats(), d * peepholes, (d + 1) * peepholes);
    this.f = layer.activation(d, 0);
    this.g = layer.activation(d, 1);
    this.h = layer.activation(d, 2);
  }

  @Override
  int width() {
    return GATES * hidden;
  }

  @Override
  void project(Kernels kernels, int rows, float[] x, int offset, float[] to) {
    projection.apply(kernels, rows, x, offset, to);
  }

  @Override
  void step(Kernels kernels, int rows, float[] gates, int offset, State state) {
    int width = width();
    kernels.gemm(
        rows, width, hidden, 1, state.h(), 0, hidden, 1, r, 0, width, 1, gates, offset, width);
    for (int k = 0; k < rows; k++) {
      row(kernels, gates, offset + k * width, state.h(), state.c(), k * hidden);
    }
  }

  private void row(Kernels kernels, float[] gates, int at, float[] hs, float[] cs, int unit) {
    int i = at + INPUT * hidden;
    int o = at + OUTPUT * hidden;
    int f = at + FORGET * hidden;
    int c = at + CELL * hidden;
    if (p == null) {
      // i, o and f lie side by side.
      activate(kernels, this.f, gates, i, 3 * hidden);
    } else {
      multiplyAdd(p, INPUT * hidden, cs, unit, gates, i, hidden);
      multiplyAdd(p, FORGET * hidden, cs, unit, gates, f, hidden);
      activate(kernels, this.f, gates, i, hidden);
      activate(kernels, this.f, gates, f, hidden);
    }
    activate(kernels, g, gates, c, hidden);
    if (inputForget) {
      oneMinus(gates, i, gates, f, hidden);
    }
    // C = f . C(t-1) + i . c
    cell(gates, i, f, c, cs, unit, hidden);
    if (p != null) {
      multiplyAdd(p, OUTPUT * hidden, cs, unit, gates, o, hidden);
      activate(kernels, this.f, gates, o, hidden);
    }
    // H = o . h(C)
    System.arraycopy(cs, unit, hs, unit, hidden);
    activate(kernels, h, hs, unit, hidden);
    multiply(gates, o, hs, unit, hidden);
  }

  private static void cell(float[] gates, int i, int f, int c, float[] cs, int unit, int n) {
    for (int j = 0; j < n; j++) {
      cs[unit + j] = gates[f + j] * cs[unit + j] + gates[i + j] * gates[c + j];
    }
  }

  private static void multiplyAdd(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
    for (int j = 0; j < n; j++) {
      y[yi + j] += a[ai + j] * b[bi + j];
    }
  }

  private static void multiply(float[] a, int ai, float[] y, int yi, int n) {
    for (int j = 0; j < n; j++) {
      y[yi + j] *= a[ai + j];
    }
  }

  private static void oneMinus(float[] a, int ai, float[] y, int yi, int n) {
    for (int j = 0; j < n; j++) {
      y[yi + j] = 1 - a[ai + j];
    }
  }
}
