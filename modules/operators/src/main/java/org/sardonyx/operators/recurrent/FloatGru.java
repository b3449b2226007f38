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

  /** Of z and r of each part of the units, [H, 2*n]. */
  private final PackedMatrix[] rzr;

  /** Of h, [H, n]. */
  private final PackedMatrix[] rh;

  /** Where parts begin, and where the last one ends. */
  private final int[] first;

  /** R's bias of h where it is not part of the projection. */
  private final float[] rbh;

  private final Activation f;
  private final Activation g;
  private final String unfused;
  private final boolean isFused;

  FloatGru(Packing packing, Layer layer, boolean linearBeforeReset, int d, Weights weights) {
    super(layer, weights.hidden());
    int width = GATES * hidden;
    int two = HIDDEN * hidden;
    this.linearBeforeReset = linearBeforeReset;
    // With linear_before_reset the reset gate scales Rbh, which so cannot join Wbh.
    this.projection =
        new Projection(
            packing, weights, d, weights.bias(d, width, linearBeforeReset ? two : width));
    this.first = weights.firsts();
    this.rzr = new PackedMatrix[weights.parts()];
    this.rh = new PackedMatrix[weights.parts()];
    for (int i = 0; i < rh.length; i++) {
      int start = GATES * first[i];
      int end = GATES * first[i + 1];
      int middle = start + HIDDEN * (first[i + 1] - first[i]);
      rzr[i] = weights.packedR(packing, d, start, middle);
      rh[i] = weights.packedR(packing, d, middle, end);
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
    return apart(GATES * hidden);
  }

  /** What the reset gate is multiplied with, and H(t-1) while others write H(t). */
  @Override
  int scratch() {
    return rh.length == 1 ? hidden : 2 * hidden;
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
  void step(Kernels kernels, int rows, float[] gates, int offset, float[] h, float[] c, float[] s) {
    if (kernels.threads() > 1 && rh.length > 1) {
      int before = rows * hidden;
      System.arraycopy(h, 0, s, before, before);
      kernels.share(
          rh.length,
          part -> {
            Kernels own = kernels.single();
            reset(own, rows, gates, offset, s, before, s, part);
            if (linearBeforeReset) {
              update(own, rows, gates, offset, h, s, part);
            }
          });
      if (!linearBeforeReset) {
        kernels.share(rh.length, part -> update(kernels.single(), rows, gates, offset, h, s, part));
      }
      return;
    }
    for (int part = 0; part < rh.length; part++) {
      reset(kernels, rows, gates, offset, h, 0, s, part);
    }
    for (int part = 0; part < rh.length; part++) {
      update(kernels, rows, gates, offset, h, s, part);
    }
  }

  /**
   * Computes the gates z and r of a part, and what of the candidate depends on them: all of it with
   * linear_before_reset, else {@code s = r . H(t-1)}.
   */
  private void reset(
      Kernels kernels,
      int rows,
      float[] gates,
      int offset,
      float[] h,
      int ho,
      float[] s,
      int part) {
    int width = width();
    int unit = first[part];
    int n = first[part + 1] - unit;
    int start = offset + GATES * unit;
    kernels.gemm(rows, 1, h, ho, hidden, 1, rzr[part], gates, start, width);
    for (int k = 0; k < rows; k++) {
      activate(kernels, f, gates, start + k * width + UPDATE * n, HIDDEN * n);
    }
    if (linearBeforeReset) {
      // X Wh^T + Wbh += r . (H(t-1) Rh^T + Rbh)
      for (int k = 0; k < rows; k++) {
        System.arraycopy(rbh, unit, s, k * hidden + unit, n);
      }
      kernels.gemm(rows, 1, h, ho, hidden, 1, rh[part], s, unit, hidden);
      for (int k = 0; k < rows; k++) {
        int at = start + k * width;
        multiplyAdd(gates, at + RESET * n, s, k * hidden + unit, gates, at + HIDDEN * n, n);
      }
    } else {
      for (int k = 0; k < rows; k++) {
        int row = k * hidden + unit;
        multiply(gates, start + k * width + RESET * n, h, ho + row, s, row, n);
      }
    }
  }

  /** Computes the candidate of a part and mixes it with H(t-1). */
  private void update(
      Kernels kernels, int rows, float[] gates, int offset, float[] h, float[] s, int part) {
    int width = width();
    int unit = first[part];
    int n = first[part + 1] - unit;
    int start = offset + GATES * unit;
    if (!linearBeforeReset) {
      // X Wh^T + Wbh + Rbh += (r . H(t-1)) Rh^T
      kernels.gemm(rows, 1, s, 0, hidden, 1, rh[part], gates, start + HIDDEN * n, width);
    }
    for (int k = 0; k < rows; k++) {
      int z = start + k * width + UPDATE * n;
      int g = start + k * width + HIDDEN * n;
      if (isFused) {
        kernels.gru(n, gates, z, g, h, k * hidden + unit);
      } else {
        activate(kernels, this.g, gates, g, n);
        mix(gates, z, g, h, k * hidden + unit, n);
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
