package org.sardonyx.operators.recurrent;

import static org.sardonyx.operators.recurrent.GRU.GATES;
import static org.sardonyx.operators.recurrent.GRU.HIDDEN;
import static org.sardonyx.operators.recurrent.GRU.RESET;
import static org.sardonyx.operators.recurrent.GRU.UPDATE;

import java.util.Arrays;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.Packing;
import org.sardonyx.operators.recurrent.Activation.Function;

/** The cell of {@link GRU} in float. */
final class FloatGru extends FloatCell {

  private final boolean linearBeforeReset;
  private final Projection projection;

  /**
   * Of z and r of each part of the units, [H, 2*n]; with linear_before_reset of h too, [H, 3*n].
   */
  private final PackedMatrix[] r;

  /** Of h, [H, n]; with linear_before_reset none. */
  private final PackedMatrix[] rh;

  /** Where parts begin, and where the last one ends. */
  private final int[] first;

  /** R's bias of h where it is not part of the projection. */
  private final float[] rbh;

  // Where what belongs to n units begins in their part of a row, in n floats. Products with R are
  // added to z and r and, with linear_before_reset, to a row of their own behind them.
  private final int z;
  private final int reset;
  private final int candidate;
  private final int span;

  private final Activation f;
  private final Activation g;
  private final String unfused;
  private final boolean isFused;

  FloatGru(Packing packing, Layer layer, boolean linearBeforeReset, int d, Weights weights) {
    super(layer, weights.hidden());
    int width = GATES * hidden;
    int two = HIDDEN * hidden;
    this.linearBeforeReset = linearBeforeReset;
    int turn = linearBeforeReset ? HIDDEN : 0;
    this.z = (GATES + UPDATE - turn) % GATES;
    this.reset = (GATES + RESET - turn) % GATES;
    this.candidate = HIDDEN - turn;
    this.span = linearBeforeReset ? GATES + 1 : GATES;
    // With linear_before_reset the reset gate scales Rbh, which so cannot join Wbh.
    float[] bias = weights.bias(d, turn, width, linearBeforeReset ? two : width);
    this.projection = new Projection(packing, weights, d, turn, bias, span);
    this.first = weights.firsts();
    this.r = new PackedMatrix[weights.parts()];
    this.rh = new PackedMatrix[linearBeforeReset ? 0 : r.length];
    for (int i = 0; i < r.length; i++) {
      int start = GATES * first[i];
      int end = GATES * first[i + 1];
      int middle = start + HIDDEN * (first[i + 1] - first[i]);
      r[i] = weights.packedR(packing, d, start, linearBeforeReset ? end : middle);
      if (!linearBeforeReset) {
        rh[i] = weights.packedR(packing, d, middle, end);
      }
    }
    int from = (2 * d + 1) * width + two;
    this.rbh =
        weights.b() == null
            ? new float[hidden]
            : Arrays.copyOfRange(weights.b().toFloats(), from, from + hidden);
    this.f = layer.activation(d, 0);
    this.g = layer.activation(d, 1);
    this.unfused =
        layer.clips() ? "clip" : f.is(Function.SIGMOID) && g.is(Function.TANH) ? "" : "activations";
    this.isFused = unfused.isEmpty();
  }

  @Override
  int width() {
    return apart(span * hidden);
  }

  /** What the reset gate made of H(t-1). */
  @Override
  int scratch() {
    return linearBeforeReset ? 0 : hidden;
  }

  @Override
  int parts() {
    return r.length;
  }

  @Override
  int first(int part) {
    return first[part];
  }

  @Override
  int phases() {
    return linearBeforeReset ? 1 : 2;
  }

  @Override
  void project(Kernels kernels, int rows, float[] x, int offset, float[] to) {
    projection.apply(kernels, rows, x, offset, to, width());
  }

  @Override
  String unfused() {
    return unfused;
  }

  @Override
  void step(
      Kernels kernels,
      int phase,
      int part,
      int rows,
      float[] gates,
      int offset,
      float[] h,
      float[] next,
      float[] c,
      float[] s) {
    if (linearBeforeReset && isFused) {
      linear(kernels, rows, gates, offset, h, next, part);
      return;
    }
    if (phase == 0) {
      reset(kernels, rows, gates, offset, h, s, part);
    }
    if (phase == phases() - 1) {
      if (!linearBeforeReset) {
        candidate(kernels, rows, gates, offset, s, part);
      }
      update(kernels, rows, gates, offset, h, next, part);
    }
  }

  /** Takes a part a step on by the kernel made for it. */
  private void linear(
      Kernels kernels, int rows, float[] gates, int offset, float[] h, float[] next, int part) {
    int unit = first[part];
    int n = first[part + 1] - unit;
    int start = offset + span * unit;
    products(kernels, rows, gates, start, h, part);
    for (int k = 0; k < rows; k++) {
      kernels.gruLinear(n, gates, start + k * width(), h, next, k * hidden + unit);
    }
  }

  /** Adds products of a part with H(t-1) to z and r, and with linear_before_reset to Rbh. */
  private void products(Kernels kernels, int rows, float[] gates, int start, float[] h, int part) {
    int width = width();
    int unit = first[part];
    int n = first[part + 1] - unit;
    for (int k = 0; k < rows && linearBeforeReset; k++) {
      System.arraycopy(rbh, unit, gates, start + GATES * n + k * width, n);
    }
    kernels.gemm(rows, 1, h, 0, hidden, 1, r[part], gates, start + z * n, width);
  }

  /**
   * Computes the gates z and r of a part, and what of the candidate depends on them: all of it with
   * linear_before_reset, else {@code s = r . H(t-1)}.
   */
  private void reset(
      Kernels kernels, int rows, float[] gates, int offset, float[] h, float[] s, int part) {
    int width = width();
    int unit = first[part];
    int n = first[part + 1] - unit;
    int start = offset + span * unit;
    int own = start + GATES * n;
    products(kernels, rows, gates, start, h, part);
    for (int k = 0; k < rows; k++) {
      int row = k * width;
      activate(kernels, f, gates, start + row + z * n, HIDDEN * n);
      int scale = start + row + reset * n;
      if (linearBeforeReset) {
        // X Wh^T + Wbh += r . (H(t-1) Rh^T + Rbh)
        multiplyAdd(gates, scale, gates, own + row, gates, start + row + candidate * n, n);
      } else {
        multiply(gates, scale, h, k * hidden + unit, s, k * hidden + unit, n);
      }
    }
  }

  /** Adds {@code (r . H(t-1)) Rh^T} to X Wh^T + Wbh + Rbh of a part. */
  private void candidate(
      Kernels kernels, int rows, float[] gates, int offset, float[] s, int part) {
    int unit = first[part];
    int at = offset + span * unit + candidate * (first[part + 1] - unit);
    kernels.gemm(rows, 1, s, 0, hidden, 1, rh[part], gates, at, width());
  }

  /** Computes the candidate of a part and mixes it with H(t-1). */
  private void update(
      Kernels kernels, int rows, float[] gates, int offset, float[] h, float[] next, int part) {
    int unit = first[part];
    int n = first[part + 1] - unit;
    for (int k = 0; k < rows; k++) {
      int start = offset + span * unit + k * width();
      int update = start + z * n;
      int fresh = start + candidate * n;
      int at = k * hidden + unit;
      if (isFused) {
        kernels.gru(n, gates, update, fresh, h, next, at);
      } else {
        activate(kernels, g, gates, fresh, n);
        mix(gates, update, fresh, h, next, at, n);
      }
    }
  }

  /** H = (1 - z) . h + z . H(t-1). */
  private static void mix(float[] gates, int z, int h, float[] hs, float[] next, int unit, int n) {
    for (int j = 0; j < n; j++) {
      float update = gates[z + j];
      next[unit + j] = (1 - update) * gates[h + j] + update * hs[unit + j];
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
