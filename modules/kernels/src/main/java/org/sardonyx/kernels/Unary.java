package org.sardonyx.kernels;

/** Functions of one number that have a loop of their own. */
public enum Unary {
  ABS,
  NEG,
  RELU,
  EXP,
  LOG,
  SQRT,
  RECIPROCAL,
  SIGMOID,
  TANH,
  ERF,
  /** log(1 + exp(x)). */
  SOFTPLUS,
  /** x * (1 + erf(x / sqrt 2)) / 2. */
  GELU,
  /** x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))). */
  GELU_TANH,
  /** x * sigmoid(x). */
  SILU;

  /**
   * Computes elements {@code start} to {@code end} of doubles where this costs less than a call.
   *
   * @return whether it does
   */
  public boolean doubles(double[] x, double[] y, int start, int end) {
    switch (this) {
      case ABS -> {
        for (int i = start; i < end; i++) {
          y[i] = Math.abs(x[i]);
        }
      }
      case NEG -> {
        for (int i = start; i < end; i++) {
          y[i] = -x[i];
        }
      }
      case SQRT -> {
        for (int i = start; i < end; i++) {
          y[i] = Math.sqrt(x[i]);
        }
      }
      case RECIPROCAL -> {
        for (int i = start; i < end; i++) {
          y[i] = 1 / x[i];
        }
      }
      case RELU -> {
        for (int i = start; i < end; i++) {
          y[i] = x[i] < 0 ? 0 : x[i];
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }
}
