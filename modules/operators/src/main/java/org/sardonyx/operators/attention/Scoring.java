package org.sardonyx.operators.attention;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * What happens to scores before and in the softmax.
 *
 * @param scale factor of q k^T
 * @param softcap {@code c tanh(x / c)} is applied for a softcap c, before any mask; 0 for none
 * @param precision the type that the softmax is rounded to, or null where it is that of the scores
 * @param sinks a score for each head of Q that takes its share and has no value; null for none
 */
public record Scoring(
    double scale, double softcap, @Nullable DataType precision, float @Nullable [] sinks) {

  /** Which stage of the scores {@code qk_matmul_output} shows. */
  public enum Stage {
    PRODUCT,
    CAPPED,
    MASKED,
    SOFTMAX
  }

  void cap(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = (float) (softcap * StrictMath.tanh(x[i] / softcap));
    }
  }

  void cap(double[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = softcap * StrictMath.tanh(x[i] / softcap);
    }
  }

  /**
   * Computes the softmax of {@code x[at..at+n)} of head {@code h} in double, in place; zeros where
   * every score is minus infinity.
   */
  void softmax(double[] x, int at, int n, int h) {
    round(x, at, n);
    double max = sinks == null ? Double.NEGATIVE_INFINITY : sinks[h];
    for (int i = at; i < at + n; i++) {
      max = Math.max(max, x[i]);
    }
    if (max == Double.NEGATIVE_INFINITY) {
      Arrays.fill(x, at, at + n, 0);
      return;
    }
    double sum = sinks == null ? 0 : StrictMath.exp(sinks[h] - max);
    for (int i = at; i < at + n; i++) {
      x[i] = StrictMath.exp(x[i] - max);
      sum += x[i];
    }
    for (int i = at; i < at + n; i++) {
      x[i] /= sum;
    }
    round(x, at, n);
  }

  private void round(double[] x, int at, int n) {
    if (precision == null || precision == DataType.DOUBLE) {
      return;
    }
    double[] part = Arrays.copyOfRange(x, at, at + n);
    double[] rounded = Tensor.fromDoubles(precision, part, n).toDoubles();
    System.arraycopy(rounded, 0, x, at, n);
  }
}
