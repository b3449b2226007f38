package org.sardonyx.conformance.detail;

import org.sardonyx.oracle.Tolerance;

/**
 * Whether rows along the last axis have their greatest elements at the same places: what remains of
 * a difference where only the decision counts. Two places count as tied where what is expected at
 * both is closer together than the budget.
 *
 * @param rows how many rows there are
 * @param k how many of the greatest are looked at
 * @param argmaxEqual rows whose greatest element is at the same place
 * @param argmaxTied rows where it is elsewhere, and tied
 * @param argmaxDiffers the other rows
 * @param topEqual rows whose k greatest elements are at the same places, in any order
 * @param topTied rows where they are elsewhere, and tied with the least of the k
 * @param topDiffers the other rows
 */
public record Ranking(
    long rows,
    int k,
    long argmaxEqual,
    long argmaxTied,
    long argmaxDiffers,
    long topEqual,
    long topTied,
    long topDiffers) {

  private static final int MOST = 5;

  static Ranking of(double[] expected, double[] found, int length, Tolerance budget) {
    int rows = expected.length / length;
    int k = Math.min(MOST, Math.max(1, length - 1));
    double maximum = 0;
    for (double e : expected) {
      if (Double.isFinite(e)) {
        maximum = Math.max(maximum, Math.abs(e));
      }
    }
    long[] first = new long[3];
    long[] top = new long[3];
    for (int row = 0; row < rows; row++) {
      int start = row * length;
      int[] mine = greatest(expected, start, length, k);
      int[] theirs = greatest(found, start, length, k);
      first[grade(expected, mine[0], theirs, 1, mine[0], budget, maximum)]++;
      top[grade(expected, mine[k - 1], theirs, k, -1, budget, maximum)]++;
    }
    return new Ranking(rows, k, first[0], first[1], first[2], top[0], top[1], top[2]);
  }

  /** 0 where all places are as they should be, 1 where others are tied with the least, else 2. */
  private static int grade(
      double[] expected,
      int least,
      int[] places,
      int count,
      int only,
      Tolerance budget,
      double maximum) {
    int grade = 0;
    double bound = expected[least];
    for (int i = 0; i < count; i++) {
      int place = places[i];
      double value = expected[place];
      boolean right = only >= 0 ? place == only : value >= bound;
      if (right || (Double.isNaN(value) && Double.isNaN(bound))) {
        continue;
      }
      grade = Math.max(grade, tied(bound, value, budget, maximum) ? 1 : 2);
    }
    return grade;
  }

  /**
   * Whether two values are so close together that either may be the greater one.
   *
   * @param maximum the largest finite element beside them
   */
  public static boolean tied(double a, double b, Tolerance budget, double maximum) {
    double allowed =
        Math.max(
            2 * budget.atol() + budget.rtol() * (Math.abs(a) + Math.abs(b)),
            2 * budget.relToMax() * maximum);
    boolean finite = Double.isFinite(a) && Double.isFinite(b);
    return a == b || (finite && Math.abs(a - b) <= allowed) || (Double.isNaN(a) && Double.isNaN(b));
  }

  /** Returns the places of the k greatest, the greatest first, the first of equal ones first. */
  private static int[] greatest(double[] values, int start, int length, int k) {
    int[] places = new int[k];
    int held = 0;
    for (int i = start; i < start + length; i++) {
      int at = held;
      while (at > 0 && Double.compare(values[i], values[places[at - 1]]) > 0) {
        at--;
      }
      if (at < k) {
        held = Math.min(held + 1, k);
        System.arraycopy(places, at, places, at + 1, held - at - 1);
        places[at] = i;
      }
    }
    return places;
  }
}
