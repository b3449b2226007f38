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
  SILU
}
