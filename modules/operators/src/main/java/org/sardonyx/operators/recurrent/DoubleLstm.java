package org.sardonyx.operators.recurrent;

import static org.sardonyx.operators.recurrent.LSTM.CELL;
import static org.sardonyx.operators.recurrent.LSTM.FORGET;
import static org.sardonyx.operators.recurrent.LSTM.GATES;
import static org.sardonyx.operators.recurrent.LSTM.INPUT;
import static org.sardonyx.operators.recurrent.LSTM.OUTPUT;
import static org.sardonyx.operators.recurrent.LSTM.PEEPHOLES;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The cell of {@link LSTM} in double. */
final class DoubleLstm extends DoubleCell {

  private final boolean inputForget;
  private final double @Nullable [] p;
  private final Activation f;
  private final Activation g;
  private final Activation h;
  private final double[] before;

  DoubleLstm(Layer layer, boolean inputForget, int d, Weights weights) {
    super(layer, GATES, d, weights);
    this.inputForget = inputForget;
    int peepholes = PEEPHOLES * hidden;
    this.p =
        weights.p() == null
            ? null
            : Arrays.copyOfRange(weights.p().doubles(), d * peepholes, (d + 1) * peepholes);
    this.f = layer.activation(d, 0);
    this.g = layer.activation(d, 1);
    this.h = layer.activation(d, 2);
    this.before = new double[hidden];
  }

  @Override
  void step(double[] x, int offset, double[] hs, double[] cs) {
    System.arraycopy(hs, 0, before, 0, hidden);
    for (int j = 0; j < hidden; j++) {
      double i = activate(f, sum(INPUT, j, x, offset) + peep(INPUT, j, cs[j]));
      double forget =
          inputForget ? 1 - i : activate(f, sum(FORGET, j, x, offset) + peep(FORGET, j, cs[j]));
      double c = activate(g, sum(CELL, j, x, offset));
      cs[j] = forget * cs[j] + i * c;
      double o = activate(f, sum(OUTPUT, j, x, offset) + peep(OUTPUT, j, cs[j]));
      hs[j] = o * activate(h, cs[j]);
    }
  }

  private double sum(int gate, int unit, double[] x, int offset) {
    return fromInput(gate, unit, x, offset) + fromHidden(gate, unit, before);
  }

  private double peep(int gate, int unit, double c) {
    return p == null ? 0 : p[gate * hidden + unit] * c;
  }
}
