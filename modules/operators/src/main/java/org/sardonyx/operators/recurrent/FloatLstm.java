package org.sardonyx.operators.recurrent;

import static org.sardonyx.operators.recurrent.LSTM.GATES;

import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.Packing;

/** The cell of {@link LSTM} in float. */
final class FloatLstm extends LstmCell {

  private final Projection projection;

  /** R of each part of the units. */
  private final PackedMatrix[] r;

  /** Where parts begin, and where the last one ends. */
  private final int[] first;

  FloatLstm(Packing packing, Layer layer, boolean inputForget, int d, Weights weights) {
    super(layer, weights.hidden(), d, inputForget, true, weights.p());
    int rows = GATES * hidden;
    this.projection = new Projection(packing, weights, d, 0, weights.bias(d, 0, rows, rows), GATES);
    this.first = weights.firsts();
    this.r = new PackedMatrix[weights.parts()];
    for (int i = 0; i < r.length; i++) {
      r[i] = weights.packedR(packing, d, GATES * first[i], GATES * first[i + 1]);
    }
  }

  @Override
  int width() {
    return apart(GATES * hidden);
  }

  @Override
  int scratch() {
    return r.length == 1 ? 0 : hidden;
  }

  @Override
  void project(Kernels kernels, int rows, float[] x, int offset, float[] to) {
    projection.apply(kernels, rows, x, offset, to, width());
  }

  @Override
  void step(Kernels kernels, int rows, float[] gates, int offset, float[] h, float[] c, float[] s) {
    if (kernels.threads() > 1 && r.length > 1) {
      // Parts read H(t-1) of all units while others write H(t) of theirs.
      System.arraycopy(h, 0, s, 0, rows * hidden);
      kernels.share(
          r.length,
          part -> {
            Kernels own = kernels.single();
            add(own, rows, s, part, gates, offset);
            units(own, rows, gates, offset, h, c, part);
          });
      return;
    }
    for (int part = 0; part < r.length; part++) {
      add(kernels, rows, h, part, gates, offset);
    }
    for (int part = 0; part < r.length; part++) {
      units(kernels, rows, gates, offset, h, c, part);
    }
  }

  /** Adds {@code H(t-1) R^T} to the gates of a part. */
  private void add(Kernels kernels, int rows, float[] h, int part, float[] gates, int offset) {
    int at = offset + GATES * first[part];
    kernels.gemm(rows, 1, h, 0, hidden, 1, r[part], gates, at, width());
  }

  private void units(
      Kernels kernels, int rows, float[] gates, int offset, float[] h, float[] c, int part) {
    units(kernels, rows, gates, offset, h, c, first[part], first[part + 1] - first[part]);
  }
}
