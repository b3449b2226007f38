package org.sardonyx.layers;

/** What becomes of the two directions of a layer. */
public enum Merge {
  /** The features of the forward direction and then those of the backward one. */
  CONCAT,
  SUM,
  AVERAGE,
  /** Their product, element by element. */
  MUL
}
