package org.sardonyx.operators.shaping;

/**
 * The indices {@code start, start + step, ...}, {@code count} of them.
 *
 * @param start the first index
 * @param step what is added, possibly negative; 0 where there is at most one
 * @param count how many
 */
record Span(int start, int step, int count) {

  /** Returns the indices that a slice takes from a dimension of {@code size}. */
  static Span of(long start, long end, long step, int size) {
    long first = start < 0 ? start + size : start;
    long last = end < 0 ? end + size : end;
    long distance;
    if (step > 0) {
      first = Math.clamp(first, 0, size);
      last = Math.clamp(last, 0, size);
      distance = last - first;
    } else {
      first = Math.clamp(first, 0, Math.max(0, size - 1));
      last = Math.clamp(last, -1, size - 1);
      distance = first - last;
    }
    if (distance <= 0 || size == 0) {
      return new Span(0, 1, 0);
    }
    // Written so that a step of Long.MIN_VALUE does not overflow.
    long count = step > 0 ? (distance - 1) / step + 1 : -((distance - 1) / step) + 1;
    return new Span((int) first, count == 1 ? 1 : (int) step, (int) count);
  }
}
