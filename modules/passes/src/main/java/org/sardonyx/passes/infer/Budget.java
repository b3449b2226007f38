package org.sardonyx.passes.infer;

import org.sardonyx.error.LimitExceeded;

/** Counts visits of nodes: functions that call each other twice would be exponential work. */
final class Budget {

  private final long limit;
  private long left;

  Budget(long limit) {
    this.limit = limit;
    this.left = limit;
  }

  void visit() {
    if (--left < 0) {
      throw new LimitExceeded(
          "inference", "more than " + limit + " visits of nodes in functions and loop bodies");
    }
  }
}
