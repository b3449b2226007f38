package org.sardonyx.conformance;

import java.util.Locale;

/** Who is right about an output. In order of how much it matters, the least first. */
public enum Verdict {
  /** Both engines are within the budget of the truth. */
  AGREE,
  /**
   * What was chosen differs, as the place of the greatest element, and only among values that are
   * closer together than the budget: any of them is right.
   */
  TIED,
  /** The reference is off, in a way that is listed in the register of its deviations. */
  KNOWN_DEVIATION,
  /**
   * An engine is off by no more than what a last-place change of inputs and weights makes of the
   * truth itself: the model magnifies rounding here, and nobody is wrong.
   */
  ILL_CONDITIONED,
  /**
   * The dynamics of the model are chaotic: a last-place change grows with every time step until
   * nothing is left to compare. The first steps, before that, agree.
   */
  DIVERGENT,
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

  /** Whether nobody is wrong in a way that is not known. */
  public boolean agrees() {
    return compareTo(DIVERGENT) <= 0;
  }

  /** Whether this is no reproach to us. */
  public boolean passes() {
    return compareTo(REFERENCE_WORSE) <= 0;
  }

  /** Returns the word used in reports: {@code ours-worse}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
