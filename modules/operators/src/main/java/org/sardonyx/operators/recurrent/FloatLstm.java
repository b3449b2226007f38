package org.sardonyx.operators.recurrent;

import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;

/** The cell of {@link LSTM} in float. */
final class FloatLstm extends LstmCell {

  private final Projection projection;
  private final PackedMatrix r;

  FloatLstm(Kernels kernels, Layer layer, boolean inputForget, int d, Weights weights) {
    super(layer, weights.hidden(), d, inputForget, true, weights.p());
    this.projection = new Projection(kernels, weights, d, weights.bias(d, width(), width()));
    this.r = Weights.packed(kernels, weights.r(), d, 0, width());
  }

  @Override
  void project(Kernels kernels, int rows, float[] x, int offset, float[] to) {
    projection.apply(kernels, rows, x, offset, to);
  }

  @Override
  void addRecurrent(Kernels kernels, int rows, float[] h, float[] gates, int offset) {
    kernels.gemm(rows, 1, h, 0, hidden, 1, r, gates, offset, width());
  }
}
