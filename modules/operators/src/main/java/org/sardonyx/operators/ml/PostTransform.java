package org.sardonyx.operators.ml;

import java.util.List;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.Attributes;

/** What is made of the scores of a row. */
enum PostTransform {
  NONE,
  SOFTMAX,
  LOGISTIC,
  /** As SOFTMAX, where scores of 0 stay next to nothing. */
  SOFTMAX_ZERO,
  PROBIT;

  /** The transforms by their numbers. */
  static final List<PostTransform> ALL = List.of(values());

  static PostTransform of(Attributes attributes) {
    String name = attributes.getString("post_transform");
    for (PostTransform transform : values()) {
      if (transform.name().equals(name)) {
        return transform;
      }
    }
    throw new InvalidModel("post_transform \"" + name + "\"");
  }

  /** Transforms a row in place. */
  void apply(double[] scores) {
    switch (this) {
      case NONE -> {}
      case LOGISTIC -> {
        for (int i = 0; i < scores.length; i++) {
          scores[i] = logistic(scores[i]);
        }
      }
      case PROBIT -> {
        for (int i = 0; i < scores.length; i++) {
          scores[i] = probit(scores[i]);
        }
      }
      case SOFTMAX, SOFTMAX_ZERO -> softmax(scores);
    }
  }

  private void softmax(double[] scores) {
    double max = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      max = Math.max(max, score);
    }
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      boolean zero = this == SOFTMAX_ZERO && Math.abs(scores[i]) <= 1e-7;
      scores[i] = zero ? scores[i] * StrictMath.exp(-max) : StrictMath.exp(scores[i] - max);
      sum += scores[i];
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] = sum == 0 ? 0.5 : scores[i] / sum;
    }
  }

  static double logistic(double x) {
    double y = 1 / (1 + StrictMath.exp(-Math.abs(x)));
    return x < 0 ? 1 - y : y;
  }

  /**
   * Returns {@code sqrt(2) erfinv(2 p - 1)} by the approximation that other implementations of
   * these operators use (Winitzki, with a = 0.147; wrong by up to 0.004).
   */
  private static double probit(double p) {
    double x = 2 * p - 1;
    // Minus infinity for a probability of 0 or 1, of which the result is infinite too.
    double log = StrictMath.log((1 - x) * (1 + x));
    double v = 2 / (Math.PI * 0.147) + 0.5 * log;
    double root = Math.sqrt(-v + Math.sqrt(v * v - log / 0.147));
    return 1.41421356 * (x < 0 ? -root : root);
  }
}
