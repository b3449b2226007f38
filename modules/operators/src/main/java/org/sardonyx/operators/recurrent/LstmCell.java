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
  private final String unfused;
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
    this.unfused =
        layer.clips()
            ? "clip"
            : inputForget
                ? "input_forget"
                : peepholes != null
                    ? "peepholes"
                    : f.is(Function.SIGMOID) && g.is(Function.TANH) && h.is(Function.TANH)
                        ? ""
                        : "activations";
    this.isFused = unfused.isEmpty();
  }

  @Override
  int width() {
    return GATES * hidden;
  }

  @Override
  final String unfused() {
    return unfused;
  }

  /**
   * Takes units [first, first + n) of each row one step on, once {@code H(t-1) R^T} is added.
   *
   * @param gates those of the units lie together, at GATES * first of each row
   */
  final void units(
      Kernels kernels,
      int rows,
      float[] gates,
      int offset,
      float[] hs,
      float[] cs,
      int first,
      int n) {
    for (int k = 0; k < rows; k++) {
      int at = offset + k * width() + GATES * first;
      if (isFused) {
        kernels.lstm(n, gates, at, cs, hs, k * hidden + first);
      } else {
        row(kernels, gates, at, hs, cs, k * hidden + first, first, n);
      }
    }
  }

  private void row(
      Kernels kernels, float[] gates, int at, float[] hs, float[] cs, int unit, int first, int n) {
    int i = at + INPUT * n;
    int o = at + OUTPUT * n;
    int f = at + FORGET * n;
    int c = at + CELL * n;
    if (p == null) {
      // i, o and f lie side by side.
      activate(kernels, this.f, gates, i, 3 * n);
    } else {
      multiplyAdd(p, INPUT * hidden + first, cs, unit, gates, i, n);
      multiplyAdd(p, FORGET * hidden + first, cs, unit, gates, f, n);
      activate(kernels, this.f, gates, i, n);
      activate(kernels, this.f, gates, f, n);
    }
    activate(kernels, g, gates, c, n);
    if (inputForget) {
      oneMinus(gates, i, gates, f, n);
    }
    // C = f . C(t-1) + i . c
    cell(gates, i, f, c, cs, unit, n);
    if (p != null) {
      multiplyAdd(p, OUTPUT * hidden + first, cs, unit, gates, o, n);
      activate(kernels, this.f, gates, o, n);
    }
    // H = o . h(C)
    System.arraycopy(cs, unit, hs, unit, n);
    if (clipsCell) {
      activate(kernels, h, hs, unit, n);
    } else {
      h.apply(kernels, hs, unit, n);
    }
    multiply(gates, o, hs, unit, n);
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
