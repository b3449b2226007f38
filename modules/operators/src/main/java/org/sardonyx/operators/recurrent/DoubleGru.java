package org.sardonyx.operators.recurrent;

import static org.sardonyx.operators.recurrent.GRU.GATES;
import static org.sardonyx.operators.recurrent.GRU.HIDDEN;
import static org.sardonyx.operators.recurrent.GRU.RESET;
import static org.sardonyx.operators.recurrent.GRU.UPDATE;

/** The cell of {@link GRU} in double. */
final class DoubleGru extends DoubleCell {

  private final boolean linearBeforeReset;
  private final Activation f;
  private final Activation g;
  private final double[] before;
  private final double[] z;
  private final double[] r;

  DoubleGru(Layer layer, boolean linearBeforeReset, int d, Weights weights) {
    super(layer, GATES, d, weights);
    this.linearBeforeReset = linearBeforeReset;
    this.f = layer.activation(d, 0);
    this.g = layer.activation(d, 1);
    this.before = new double[hidden];
    this.z = new double[hidden];
    this.r = new double[hidden];
  }

  @Override
  void step(double[] x, int offset, double[] h, double[] c) {
    System.arraycopy(h, 0, before, 0, hidden);
    for (int j = 0; j < hidden; j++) {
      z[j] = activate(f, fromInput(UPDATE, j, x, offset) + fromHidden(UPDATE, j, before));
      r[j] = activate(f, fromInput(RESET, j, x, offset) + fromHidden(RESET, j, before));
    }
    if (!linearBeforeReset) {
      for (int j = 0; j < hidden; j++) {
        before[j] *= r[j];
      }
    }
    for (int j = 0; j < hidden; j++) {
      double recurrent = fromHidden(HIDDEN, j, before);
      if (linearBeforeReset) {
        recurrent *= r[j];
      }
      double candidate = activate(g, fromInput(HIDDEN, j, x, offset) + recurrent);
      h[j] = (1 - z[j]) * candidate + z[j] * h[j];
    }
  }
}
