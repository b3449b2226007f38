package org.sardonyx.conformance;

import java.util.Locale;

/** Who is right about an output. In order of how much it matters, the least first. */
public enum Verdict {
  /** Both engines are within the budget of the truth. */
  AGREE,
  /** The reference is off, in a way that is listed in the register of its deviations. */
  KNOWN_DEVIATION,
  /**
   * An engine is off by no more than what a last-place change of inputs and weights makes of the
   * truth itself: the model magnifies rounding here, and nobody is wrong.
   */
  ILL_CONDITIONED,
  /** There was nothing to compare with. */
  NOT_COMPARED,
  /** We are within the budget and the reference is not. */
  REFERENCE_WORSE,
  /** There is no truth, and the two differ. */
  DISAGREE,
  /** Both are outside the budget. */
  BOTH_OFF,
  /**
   * The reference is within the budget and we are not; or we are not, and there is no reference.
   */
  OURS_WORSE,
  /** We gave no result. */
  OURS_FAILED;

  /** Whether this is no reproach to us. */
  public boolean passes() {
    return compareTo(REFERENCE_WORSE) <= 0;
  }

  /** Returns the word used in reports: {@code ours-worse}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
