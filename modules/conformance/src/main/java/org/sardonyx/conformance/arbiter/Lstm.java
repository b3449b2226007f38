package org.sardonyx.conformance.arbiter;

import org.sardonyx.operators.Attributes;

/**
 * <pre>
 * i(t) = f(Xt Wi^T + H(t-1) Ri^T + Pi * C(t-1) + Wbi + Rbi)
 * f(t) = f(Xt Wf^T + H(t-1) Rf^T + Pf * C(t-1) + Wbf + Rbf), or 1 - i(t) with input_forget
 * c(t) = g(Xt Wc^T + H(t-1) Rc^T + Wbc + Rbc)
 * C(t) = f(t) * C(t-1) + i(t) * c(t)
 * o(t) = f(Xt Wo^T + H(t-1) Ro^T + Po * C(t) + Wbo + Rbo)
 * H(t) = o(t) * h(C(t))
 * </pre>
 *
 * W, R and B hold i, o, f, c; P holds i, o, f.
 */
final class Lstm extends Cell {

  private final boolean inputForget;

  private Lstm(Attributes attributes, Readings readings) {
    super(attributes, readings, 4, "Sigmoid", "Tanh", "Tanh");
    inputForget = attributes.getFlag("input_forget");
  }

  private Lstm(Lstm other) {
    super(other);
    inputForget = other.inputForget;
  }

  static Cell of(Attributes attributes, Readings readings) {
    return new Lstm(attributes, readings);
  }

  @Override
  Cell fresh() {
    return new Lstm(this);
  }

  @Override
  void step(double[] x, double[] h, double[] c) {
    double[] next = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      double i = gate(0, 0, j, x, h, c[j]);
      double f = inputForget ? 1 - i : gate(2, 2, j, x, h, c[j]);
      double g = activate(1, sum(3, j, x, h).value());
      Sum cell = new Sum();
      cell.addProduct(f, c[j]);
      cell.addProduct(i, g);
      c[j] = cell.value();
      double o = gate(1, 1, j, x, h, c[j]);
      double squashed = readings.clipsCellOutput() ? activate(2, c[j]) : unbounded(2, c[j]);
      next[j] = o * squashed;
    }
    System.arraycopy(next, 0, h, 0, hidden);
  }

  private double gate(int gate, int peephole, int j, double[] x, double[] h, double c) {
    Sum sum = sum(gate, j, x, h);
    if (p != null) {
      sum.addProduct(p[peephole * hidden + j], c);
    }
    return activate(0, sum.value());
  }

  private Sum sum(int gate, int j, double[] x, double[] h) {
    Sum sum = new Sum();
    addInput(sum, gate, j, x);
    addHidden(sum, gate, j, h);
    return sum;
  }
}
