package org.sardonyx.conformance.arbiter;

import org.sardonyx.operators.Attributes;

/**
 * <pre>
 * z(t) = f(Xt Wz^T + H(t-1) Rz^T + Wbz + Rbz)
 * r(t) = f(Xt Wr^T + H(t-1) Rr^T + Wbr + Rbr)
 * h(t) = g(Xt Wh^T + (r(t) * H(t-1)) Rh^T + Rbh + Wbh)    linear_before_reset = 0
 * h(t) = g(Xt Wh^T + r(t) * (H(t-1) Rh^T + Rbh) + Wbh)    linear_before_reset = 1
 * H(t) = (1 - z(t)) * h(t) + z(t) * H(t-1)
 * </pre>
 *
 * W, R and B hold z, r, h.
 */
final class Gru extends Cell {

  private final boolean linearBeforeReset;

  private Gru(Attributes attributes, Readings readings) {
    super(attributes, readings, 3, "Sigmoid", "Tanh");
    linearBeforeReset = attributes.getFlagOrFalse("linear_before_reset");
  }

  private Gru(Gru other) {
    super(other);
    linearBeforeReset = other.linearBeforeReset;
  }

  static Cell of(Attributes attributes, Readings readings) {
    return new Gru(attributes, readings);
  }

  @Override
  Cell fresh() {
    return new Gru(this);
  }

  @Override
  void step(double[] x, double[] h, double[] c) {
    double[] z = new double[hidden];
    double[] r = new double[hidden];
    double[] reset = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      z[j] = activate(0, sum(0, j, x, h));
      r[j] = activate(0, sum(1, j, x, h));
      reset[j] = r[j] * h[j];
    }
    double[] next = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      Sum candidate = new Sum();
      addInput(candidate, 2, j, x);
      if (linearBeforeReset) {
        Sum linear = new Sum();
        addHidden(linear, 2, j, h);
        candidate.addProduct(r[j], linear.value());
      } else {
        addHidden(candidate, 2, j, reset);
      }
      Sum mixed = new Sum();
      mixed.addProduct(1 - z[j], activate(1, candidate.value()));
      mixed.addProduct(z[j], h[j]);
      next[j] = mixed.value();
    }
    System.arraycopy(next, 0, h, 0, hidden);
  }

  private double sum(int gate, int j, double[] x, double[] h) {
    Sum sum = new Sum();
    addInput(sum, gate, j, x);
    addHidden(sum, gate, j, h);
    return sum.value();
  }
}
