package org.sardonyx.operators.recurrent;

import static org.sardonyx.operators.recurrent.GRU.GATES;
import static org.sardonyx.operators.recurrent.GRU.HIDDEN;
import static org.sardonyx.operators.recurrent.GRU.RESET;
import static org.sardonyx.operators.recurrent.GRU.UPDATE;

import java.util.Arrays;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.operators.recurrent.Activation.Function;

/** The cell of {@link GRU} in float. */
final class FloatGru extends FloatCell {

  private final boolean linearBeforeReset;
  private final Projection projection;

  /** Of z and r, [H, 2*H]. */
  private final PackedMatrix rzr;

  /** Of h, [H, H]. */
  private final PackedMatrix rh;

  /** R's bias of h where it is not part of the projection. */
  private final float[] rbh;

  private final Activation f;
  private final Activation g;
  private final boolean isFused;

  FloatGru(Kernels kernels, Layer layer, boolean linearBeforeReset, int d, Weights weights) {
    super(layer, weights.hidden());
    int width = GATES * hidden;
    int two = HIDDEN * hidden;
    this.linearBeforeReset = linearBeforeReset;
    // With linear_before_reset the reset gate scales Rbh, which so cannot join Wbh.
    this.projection =
        new Projection(
            kernels, weights, d, weights.bias(d, width, linearBeforeReset ? two : width));
    this.rzr = Weights.packed(kernels, weights.r(), d, 0, two);
    this.rh = Weights.packed(kernels, weights.r(), d, two, width);
    int from = (2 * d + 1) * width + two;
    this.rbh =
        weights.b() == null
            ? new float[hidden]
            : Arrays.copyOfRange(weights.b().toFloats(), from, from + hidden);
    this.f = layer.activation(d, 0);
    this.g = layer.activation(d, 1);
    this.isFused = !layer.clips() && f.is(Function.SIGMOID) && g.is(Function.TANH);
  }

  @Override
  int width() {
    return GATES * hidden;
  }

  @Override
  int scratch() {
    return hidden;
  }

  @Override
  void project(Kernels kernels, int rows, float[] x, int offset, float[] to) {
    projection.apply(kernels, rows, x, offset, to);
  }

  @Override
  boolean isFused() {
    return isFused;
  }

  @Override
  void step(Kernels kernels, int rows, float[] gates, int offset, float[] h, float[] c, float[] s) {
    int width = width();
    int two = HIDDEN * hidden;
    kernels.gemm(rows, 1, h, 0, hidden, 1, rzr, gates, offset, width);
    for (int k = 0; k < rows; k++) {
      activate(kernels, f, gates, offset + k * width + UPDATE * hidden, two);
    }
    if (linearBeforeReset) {
      // X Wh^T + Wbh += r . (H(t-1) Rh^T + Rbh)
      fill(s, 0, rows, rbh);
      kernels.gemm(rows, 1, h, 0, hidden, 1, rh, s, 0, hidden);
      for (int k = 0; k < rows; k++) {
        int at = offset + k * width;
        multiplyAdd(gates, at + RESET * hidden, s, k * hidden, gates, at + two, hidden);
      }
    } else {
      // X Wh^T + Wbh + Rbh += (r . H(t-1)) Rh^T
      for (int k = 0; k < rows; k++) {
        int r = offset + k * width + RESET * hidden;
        multiply(gates, r, h, k * hidden, s, k * hidden, hidden);
      }
      kernels.gemm(rows, 1, s, 0, hidden, 1, rh, gates, offset + two, width);
    }
    for (int k = 0; k < rows; k++) {
      int at = offset + k * width;
      int z = at + UPDATE * hidden;
      if (isFused) {
        kernels.gru(hidden, gates, z, at + two, h, k * hidden);
      } else {
        activate(kernels, g, gates, at + two, hidden);
        mix(gates, z, at + two, h, k * hidden, hidden);
      }
    }
  }

  /** H = (1 - z) . h + z . H(t-1). */
  private static void mix(float[] gates, int z, int h, float[] hs, int unit, int n) {
    for (int j = 0; j < n; j++) {
      float update = gates[z + j];
      hs[unit + j] = (1 - update) * gates[h + j] + update * hs[unit + j];
    }
  }

  private static void multiply(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
    for (int j = 0; j < n; j++) {
      y[yi + j] = a[ai + j] * b[bi + j];
    }
  }

  private static void multiplyAdd(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
    for (int j = 0; j < n; j++) {
      y[yi + j] += a[ai + j] * b[bi + j];
    }
  }
}
