package org.sardonyx.operators;

/** An operator of rows, its first input, that can make them itself as the sum of two tensors. */
public interface Summing extends Operator {

  /**
   * Returns an operator that takes two inputs of floats of the same shape in the place of the first
   * and gives what this one gives of their sum, bit for bit, and that sum as output 1 where it is
   * wanted.
   */
  Operator ofSum();
}
