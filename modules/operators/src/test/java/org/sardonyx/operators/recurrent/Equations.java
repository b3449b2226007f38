package org.sardonyx.operators.recurrent;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * The recurrent operators as their equations stand, one row, one unit, one product at a time, in
 * double. Shares nothing with the code it judges.
 */
final class Equations {

  String operator = "LSTM";
  int time;
  int batch;
  int input;
  int hidden;
  String direction = "forward";
  boolean batchFirst;
  double[] x;
  double[] w;
  double[] r;
  double[] b;
  int[] lens;
  double[] h0;
  double[] c0;
  double[] p;
  double clip = Double.POSITIVE_INFINITY;
  boolean inputForget;
  boolean linearBeforeReset;
  List<DoubleUnaryOperator> functions = List.of();

  double[] y;
  double[] yh;
  double[] yc;

  int directions() {
    return direction.equals("bidirectional") ? 2 : 1;
  }

  int gates() {
    return switch (operator) {
      case "LSTM" -> 4;
      case "GRU" -> 3;
      default -> 1;
    };
  }

  int perDirection() {
    return switch (operator) {
      case "LSTM" -> 3;
      case "GRU" -> 2;
      default -> 1;
    };
  }

  void run() {
    int dirs = directions();
    y = new double[time * dirs * batch * hidden];
    yh = new double[dirs * batch * hidden];
    yc = new double[dirs * batch * hidden];
    for (int d = 0; d < dirs; d++) {
      boolean backward = d == 1 || direction.equals("reverse");
      for (int n = 0; n < batch; n++) {
        int length = lens == null ? time : lens[n];
        List<Integer> times = new ArrayList<>();
        for (int t = 0; t < length; t++) {
          times.add(t);
        }
        if (backward) {
          Collections.reverse(times);
        }
        double[] h = new double[hidden];
        double[] c = new double[hidden];
        for (int j = 0; j < hidden; j++) {
          h[j] = h0 == null ? 0 : h0[state(d, n) + j];
          c[j] = c0 == null ? 0 : c0[state(d, n) + j];
        }
        for (int t : times) {
          double[] row = new double[input];
          for (int i = 0; i < input; i++) {
            row[i] = x[(batchFirst ? n * time + t : t * batch + n) * input + i];
          }
          double[][] next = step(d, row, h, c);
          h = next[0];
          c = next[1];
          int to =
              (batchFirst ? n * time * dirs + t * dirs + d : t * dirs * batch + d * batch + n)
                  * hidden;
          System.arraycopy(h, 0, y, to, hidden);
        }
        System.arraycopy(h, 0, yh, state(d, n), hidden);
        System.arraycopy(c, 0, yc, state(d, n), hidden);
      }
    }
  }

  private int state(int d, int n) {
    return (batchFirst ? n * directions() + d : d * batch + n) * hidden;
  }

  private double[][] step(int d, double[] row, double[] h, double[] c) {
    double[] newH = new double[hidden];
    double[] newC = new double[hidden];
    DoubleUnaryOperator f = functions.get(d * perDirection());
    DoubleUnaryOperator g = perDirection() > 1 ? functions.get(d * perDirection() + 1) : f;
    switch (operator) {
      case "LSTM" -> {
        DoubleUnaryOperator out = functions.get(d * perDirection() + 2);
        for (int j = 0; j < hidden; j++) {
          double pi = p == null ? 0 : p[d * 3 * hidden + j] * c[j];
          double pf = p == null ? 0 : p[d * 3 * hidden + 2 * hidden + j] * c[j];
          double it = f.applyAsDouble(bound(wx(d, 0, j, row) + rh(d, 0, j, h) + pi));
          double ft = f.applyAsDouble(bound(wx(d, 2, j, row) + rh(d, 2, j, h) + pf));
          if (inputForget) {
            ft = 1 - it;
          }
          double ct = g.applyAsDouble(bound(wx(d, 3, j, row) + rh(d, 3, j, h)));
          newC[j] = ft * c[j] + it * ct;
          double po = p == null ? 0 : p[d * 3 * hidden + hidden + j] * newC[j];
          double ot = f.applyAsDouble(bound(wx(d, 1, j, row) + rh(d, 1, j, h) + po));
          newH[j] = ot * out.applyAsDouble(bound(newC[j]));
        }
      }
      case "GRU" -> {
        double[] z = new double[hidden];
        double[] reset = new double[hidden];
        double[] gated = new double[hidden];
        for (int j = 0; j < hidden; j++) {
          z[j] = f.applyAsDouble(bound(wx(d, 0, j, row) + rh(d, 0, j, h)));
          reset[j] = f.applyAsDouble(bound(wx(d, 1, j, row) + rh(d, 1, j, h)));
          gated[j] = reset[j] * h[j];
        }
        for (int j = 0; j < hidden; j++) {
          double recurrent = linearBeforeReset ? reset[j] * rh(d, 2, j, h) : rh(d, 2, j, gated);
          double candidate = g.applyAsDouble(bound(wx(d, 2, j, row) + recurrent));
          newH[j] = (1 - z[j]) * candidate + z[j] * h[j];
        }
      }
      default -> {
        for (int j = 0; j < hidden; j++) {
          newH[j] = f.applyAsDouble(bound(wx(d, 0, j, row) + rh(d, 0, j, h)));
        }
      }
    }
    return new double[][] {newH, newC};
  }

  private double wx(int d, int gate, int j, double[] row) {
    double sum = b == null ? 0 : b[d * 2 * gates() * hidden + gate * hidden + j];
    for (int i = 0; i < input; i++) {
      sum += w[((d * gates() + gate) * hidden + j) * input + i] * row[i];
    }
    return sum;
  }

  private double rh(int d, int gate, int j, double[] h) {
    double sum = b == null ? 0 : b[d * 2 * gates() * hidden + gates() * hidden + gate * hidden + j];
    for (int i = 0; i < hidden; i++) {
      sum += r[((d * gates() + gate) * hidden + j) * hidden + i] * h[i];
    }
    return sum;
  }

  private double bound(double value) {
    return value > clip ? clip : value < -clip ? -clip : value;
  }

  /** Returns a function by its name in the specification. */
  static DoubleUnaryOperator function(String name, double alpha, double beta) {
    return switch (name) {
      case "Relu" -> v -> Math.max(0, v);
      case "Tanh" -> Math::tanh;
      case "Sigmoid" -> v -> 1 / (1 + Math.exp(-v));
      case "Affine" -> v -> alpha * v + beta;
      case "LeakyRelu" -> v -> v >= 0 ? v : alpha * v;
      case "ThresholdedRelu" -> v -> v >= alpha ? v : 0;
      case "ScaledTanh" -> v -> alpha * Math.tanh(beta * v);
      case "HardSigmoid" -> v -> Math.min(Math.max(alpha * v + beta, 0), 1);
      case "Elu" -> v -> v >= 0 ? v : alpha * (Math.exp(v) - 1);
      case "Softsign" -> v -> v / (1 + Math.abs(v));
      case "Softplus" -> v -> Math.log(1 + Math.exp(v));
      default -> throw new AssertionError(name);
    };
  }
}
