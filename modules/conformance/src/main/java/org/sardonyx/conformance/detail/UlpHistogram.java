package org.sardonyx.conformance.detail;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.tensor.DataType;

/**
 * How far elements are off in units in the last place (ULP) of their type, with their sign, so that
 * a wrong constant shows as a skew where rounding in another order gives two like tails.
 *
 * <p>Below the floor, 1e-3 of the root mean square of what is expected, ULPs say nothing: those
 * elements are judged by their absolute error.
 *
 * @param exact how many are the expected number, rounded to the type
 * @param floor what counts as small
 * @param belowFloor how many are small, and off
 * @param maxAbsBelowFloor the largest absolute error of those
 * @param notFinite how many are NaN or infinite on one side and something else on the other
 * @param bins the others, the least distance first; none after the last that holds one
 * @param skew {@code (positive - negative) / sqrt(positive + negative)} over all bins: of a
 *     symmetric error beyond 4 in one of some ten thousand outputs
 */
public record UlpHistogram(
    long exact,
    double floor,
    long belowFloor,
    double maxAbsBelowFloor,
    long notFinite,
    List<Bin> bins,
    double skew) {

  /**
   * Elements that are off by more than {@code above} and at most {@code upTo} ULP.
   *
   * @param above exclusive
   * @param upTo inclusive; infinite for the last possible bin
   * @param negative how many are too small
   * @param positive how many are too large
   */
  public record Bin(double above, double upTo, long negative, long positive) {}

  /** Bins end at 1/2, 1, 2, 4 and so on, the last at infinity. */
  private static final int BINS = 24;

  public UlpHistogram {
    bins = List.copyOf(bins);
  }

  static UlpHistogram of(double[] expected, double[] found, DataType type) {
    double squares = 0;
    long finite = 0;
    for (double e : expected) {
      if (Double.isFinite(e)) {
        squares += e * e;
        finite++;
      }
    }
    double floor = finite == 0 ? 0 : 1e-3 * Math.sqrt(squares / finite);
    long exact = 0;
    long below = 0;
    double maxBelow = 0;
    long notFinite = 0;
    long[] negative = new long[BINS];
    long[] positive = new long[BINS];
    for (int i = 0; i < expected.length; i++) {
      double e = expected[i];
      double f = found[i];
      if (!Double.isFinite(e) || !Double.isFinite(f)) {
        if (e == f || (Double.isNaN(e) && Double.isNaN(f))) {
          exact++;
        } else {
          notFinite++;
        }
        continue;
      }
      double difference = f - e;
      double ulps = type.isFloat() ? Math.abs(difference) / Comparison.ulp(type, e) : 0;
      if (difference == 0 || (type.isFloat() && type != DataType.DOUBLE && ulps <= 0.5)) {
        exact++;
      } else if (Math.abs(e) < floor) {
        below++;
        maxBelow = Math.max(maxBelow, Math.abs(difference));
      } else {
        int bin = bin(type.isFloat() ? ulps : Math.abs(difference));
        (difference < 0 ? negative : positive)[bin]++;
      }
    }
    List<Bin> bins = new ArrayList<>();
    long less = 0;
    long more = 0;
    for (int i = 0; i < BINS; i++) {
      less += negative[i];
      more += positive[i];
      bins.add(new Bin(edge(i - 1), edge(i), negative[i], positive[i]));
    }
    while (!bins.isEmpty() && bins.getLast().negative() + bins.getLast().positive() == 0) {
      bins.removeLast();
    }
    double skew = less + more == 0 ? 0 : (more - less) / Math.sqrt((double) (less + more));
    return new UlpHistogram(exact, floor, below, maxBelow, notFinite, bins, skew);
  }

  private static double edge(int bin) {
    return bin < 0 ? 0 : bin == BINS - 1 ? Double.POSITIVE_INFINITY : Math.scalb(0.5, bin);
  }

  private static int bin(double ulps) {
    int bin = 0;
    while (bin < BINS - 1 && ulps > edge(bin)) {
      bin++;
    }
    return bin;
  }
}
