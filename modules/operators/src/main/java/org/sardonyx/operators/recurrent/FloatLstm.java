package org.sardonyx.operators.recurrent;

import org.sardonyx.kernels.Kernels;

/** The cell of {@link LSTM} in float. */
final class FloatLstm extends LstmCell {

  private final Projection projection;
  private final float[] r;

  FloatLstm(Layer layer, boolean inputForget, int d, Weights weights) {
    super(layer, weights.hidden(), d, inputForget, true, weights.p());
    this.projection = new Projection(weights, d, weights.bias(d, width(), width()));
    this.r = Weights.transposed(weights.r(), d, 0, width());
  }

  @Override
  void project(Kernels kernels, int rows, float[] x, int offset, float[] to) {
    projection.apply(kernels, rows, x, offset, to);
  }

  @Override
  void addRecurrent(Kernels kernels, int rows, float[] h, float[] gates, int offset) {
    int width = width();
    kernels.gemm(
        rows, width, hidden, 1, h, 0, hidden, 1, r, 0, width, 1, gates, offset, width);
  }
}
