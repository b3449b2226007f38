package org.sardonyx.kernels;

/** Functions of two numbers that have a loop of their own. */
public enum Binary {
  ADD,
  SUB,
  MUL,
  DIV,
  /** The greater; NaN where one is NaN. */
  MAX,
  /** The smaller; NaN where one is NaN. */
  MIN
}
