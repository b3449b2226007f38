package org.sardonyx.oracle;

/**
 * How far two tensors may be apart. An element e of what is expected and a of what is found agree
 * where {@code |a - e| <= atol + rtol * |e|}, or, where {@code relToMax} is above 0, where {@code
 * |a - e| <= relToMax * max|e|} over the tensor. NaN agrees with NaN, an infinity with the same
 * infinity, zero with zero of either sign. Where {@code minCosine} is above 0 the tensors as a
 * whole must reach that cosine as well.
 *
 * @param rtol relative to the element that is expected
 * @param atol absolute
 * @param relToMax relative to the largest finite element that is expected; 0 for none
 * @param minCosine the least cosine; 0 for none
 */
public record Tolerance(double rtol, double atol, double relToMax, double minCosine) {

  /** What the ONNX project's own node tests use: {@code rtol 1e-3, atol 1e-7}. */
  public static final Tolerance BACKEND = new Tolerance(1e-3, 1e-7, 0, 0);

  /** Bit for bit, but for the sign of zero and the payload of NaN. */
  public static final Tolerance EXACT = new Tolerance(0, 0, 0, 0);

  public Tolerance {
    if (!(rtol >= 0 && atol >= 0 && relToMax >= 0 && minCosine >= 0 && minCosine <= 1)) {
      throw new IllegalArgumentException("tolerances are not negative, a cosine is at most 1");
    }
  }

  /** Returns the formula with its numbers, for reports. */
  @Override
  public String toString() {
    return "|a-e| <= "
        + atol
        + " + "
        + rtol
        + "*|e|"
        + (relToMax > 0 ? " or <= " + relToMax + "*max|e|" : "")
        + (minCosine > 0 ? ", cosine >= " + minCosine : "");
  }
}
