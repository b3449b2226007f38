package org.sardonyx.conformance.detail;

import org.jspecify.annotations.Nullable;

/**
 * What is known of an output beyond its verdict and the figures of its comparisons.
 *
 * @param time where its time steps are; null where there are none
 * @param ours we against the truth; null where one of the two is missing
 * @param reference the reference against the truth; null where one of the two is missing
 * @param between we against the reference where there is no truth, else null
 * @param spread the largest change of an element when inputs and weights are moved by their last
 *     place; NaN where it was not measured
 * @param comparable how many first steps could be compared, where the dynamics diverge; else -1
 */
public record Details(
    @Nullable TimeAxis time,
    @Nullable ErrorDetail ours,
    @Nullable ErrorDetail reference,
    @Nullable ErrorDetail between,
    double spread,
    int comparable) {

  /** Nothing is known. */
  public static final Details NONE = new Details(null, null, null, null, Double.NaN, -1);

  /** Returns this with what a last-place change makes of the output. */
  public Details withSpread(double newSpread, int newComparable) {
    return new Details(time, ours, reference, between, newSpread, newComparable);
  }
}
