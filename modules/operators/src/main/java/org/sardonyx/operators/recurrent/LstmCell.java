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
import org.sardonyx.operators.recurrent.Activation.Function;
import org.sardonyx.tensor.Tensor;

/**
 * The gates of {@link LSTM} in float; how products with R come about is left to others.
 *
 * @see LSTM
 */
abstract class LstmCell extends FloatCell {

  private final boolean inputForget;
  private final boolean clipsCell;
  private final float @Nullable [] p;
  private final Activation f;
  private final Activation g;
  private final Activation h;
  private final boolean isFused;

  /**
   * Makes one.
   *
   * @param clipsCell whether C is bounded on its way into h
   * @param peepholes P, or null
   */
  LstmCell(
      Layer layer,
      int hidden,
      int d,
      boolean inputForget,
      boolean clipsCell,
      @Nullable Tensor peepholes) {
    super(layer, hidden);
    this.inputForget = inputForget;
    this.clipsCell = clipsCell;
    int width = PEEPHOLES * hidden;
    this.p =
        peepholes == null
            ? null
            : Arrays.copyOfRange(peepholes.toFloats(), d * width, (d + 1) * width);
    this.f = layer.activation(d, 0);
    this.g = layer.activation(d, 1);
    this.h = layer.activation(d, 2);
    this.isFused =
        !layer.clips()
            && !inputForget
            && peepholes == null
            && f.is(Function.SIGMOID)
            && g.is(Function.TANH)
            && h.is(Function.TANH);
  }

  @Override
  final int width() {
    return GATES * hidden;
  }

  /** Adds {@code H(t-1) R^T} to the gates of each row. */
  abstract void addRecurrent(Kernels kernels, int rows, float[] h, float[] gates, int offset);

  @Override
  final boolean isFused() {
    return isFused;
  }

  @Override
  final void step(
      Kernels kernels, int rows, float[] gates, int offset, float[] hs, float[] cs, float[] s) {
    addRecurrent(kernels, rows, hs, gates, offset);
    for (int k = 0; k < rows; k++) {
      int at = offset + k * width();
      if (isFused) {
        kernels.lstm(hidden, gates, at, cs, hs, k * hidden);
      } else {
        row(kernels, gates, at, hs, cs, k * hidden);
      }
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
    if (clipsCell) {
      activate(kernels, h, hs, unit, hidden);
    } else {
      h.apply(kernels, hs, unit, hidden);
    }
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
