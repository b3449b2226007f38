package org.sardonyx.operators.ml;

import java.util.Arrays;

/** What decisions of pairs of classes say of the classes. */
final class Votes {

  private Votes() {}

  static int best(double[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  /** Counts a vote of every pair. */
  static double[] of(double[] scores, int classes) {
    double[] votes = new double[classes];
    int pair = 0;
    for (int a = 0; a < classes; a++) {
      for (int b = a + 1; b < classes; b++) {
        votes[scores[pair++] > 0 ? a : b]++;
      }
    }
    return votes;
  }

  /**
   * Returns the probabilities of the classes that agree best with those of the pairs: Wu, Lin and
   * Weng, "Probability estimates for multi-class classification by pairwise coupling", algorithm 2,
   * as libsvm iterates it.
   */
  static double[] probabilities(double[] scores, float[] a, float[] b, int k) {
    double[][] r = new double[k][k];
    int pair = 0;
    for (int i = 0; i < k; i++) {
      for (int j = i + 1; j < k; j++) {
        double p = 1 - PostTransform.logistic(scores[pair] * a[pair] + b[pair]);
        r[i][j] = Math.clamp(p, 1e-7, 1 - 1e-7);
        r[j][i] = 1 - r[i][j];
        pair++;
      }
    }
    double[][] q = new double[k][k];
    for (int i = 0; i < k; i++) {
      for (int j = 0; j < k; j++) {
        if (i != j) {
          q[i][i] += r[j][i] * r[j][i];
          q[i][j] = -r[j][i] * r[i][j];
        }
      }
    }
    double[] p = new double[k];
    Arrays.fill(p, 1.0 / k);
    for (int round = 0; round < Math.max(100, k); round++) {
      double[] qp = new double[k];
      double pqp = 0;
      for (int i = 0; i < k; i++) {
        for (int j = 0; j < k; j++) {
          qp[i] += q[i][j] * p[j];
        }
        pqp += p[i] * qp[i];
      }
      double error = 0;
      for (int i = 0; i < k; i++) {
        error = Math.max(error, Math.abs(qp[i] - pqp));
      }
      if (error < 0.005 / k) {
        break;
      }
      for (int i = 0; i < k; i++) {
        double step = (pqp - qp[i]) / q[i][i];
        p[i] += step;
        pqp = (pqp + step * (step * q[i][i] + 2 * qp[i])) / ((1 + step) * (1 + step));
        for (int j = 0; j < k; j++) {
          qp[j] = (qp[j] + step * q[i][j]) / (1 + step);
          p[j] /= 1 + step;
        }
      }
    }
    return p;
  }
}
