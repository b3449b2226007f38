package org.sardonyx.conformance.arbiter;

import org.sardonyx.operators.Attributes;

/** {@code H(t) = f(Xt W^T + H(t-1) R^T + Wb + Rb)}. */
final class Rnn extends Cell {

  private Rnn(Attributes attributes, Readings readings) {
    super(attributes, readings, 1, "Tanh");
  }

  private Rnn(Rnn other) {
    super(other);
  }

  static Cell of(Attributes attributes, Readings readings) {
    return new Rnn(attributes, readings);
  }

  @Override
  Cell fresh() {
    return new Rnn(this);
  }

  @Override
  void step(double[] x, double[] h, double[] c) {
    double[] next = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      Sum sum = new Sum();
      addInput(sum, 0, j, x);
      addHidden(sum, 0, j, h);
      next[j] = activate(0, sum.value());
    }
    System.arraycopy(next, 0, h, 0, hidden);
  }
}
