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
  int parts() {
    return r.length;
  }

  @Override
  int first(int part) {
    return first[part];
  }

  @Override
  void project(Kernels kernels, int rows, float[] x, int offset, float[] to) {
    projection.apply(kernels, rows, x, offset, to, width());
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
    int unit = first[part];
    // H(t-1) R^T
    kernels.gemm(rows, 1, h, 0, hidden, 1, r[part], gates, offset + GATES * unit, width());
    units(kernels, rows, gates, offset, next, c, unit, first[part + 1] - unit);
  }
}
