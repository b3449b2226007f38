package org.sardonyx.operators;

/** How closely two correct implementations of an operator agree. */
public enum Accuracy {
  /** Bit for bit: data moves, integers, comparisons. */
  EXACT,
  /** Each element is one correctly meant operation, right within a few units in the last place. */
  ROUNDED,
  /** Elements are sums, whose order is free: right within a bound that grows with their number. */
  ACCUMULATED,
  /** The output is random by definition. */
  RANDOM
}
