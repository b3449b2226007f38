package org.sardonyx.operators.recurrent;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.tensor.Tensor;

/**
 * The rows of a batch in the order in which they are computed, the longest first, so that the rows
 * that are still running at a step are the first so many of them.
 */
final class Rows {

  private static final int[] NONE = {};

  private final int batch;
  private final int longest;

  /** Nothing where every row is as long as X, and rows keep their order. */
  private final int[] order;

  private final int[] lengths;

  private Rows(int batch, int longest, int[] order, int[] lengths) {
    this.batch = batch;
    this.longest = longest;
    this.order = order;
    this.lengths = lengths;
  }

  /** Takes {@code sequence_lens}, int32 [N], or null where every row is as long as X. */
  static Rows of(@Nullable Tensor sequenceLens, int batch, int steps) {
    boolean full = true;
    if (sequenceLens != null) {
      int[] lengths = sequenceLens.ints();
      for (int b = 0; b < batch; b++) {
        if (lengths[b] < 0 || lengths[b] > steps) {
          throw new InvalidInput(
              "sequence_lens must lie in [0, " + steps + "]; that of row " + b + " does not");
        }
        full &= lengths[b] == steps;
      }
      if (!full) {
        int[] order = longestFirst(lengths, steps);
        return new Rows(batch, lengths[order[0]], order, lengths);
      }
    }
    return new Rows(batch, batch == 0 ? 0 : steps, NONE, NONE);
  }

  /** Whether every row is as long as X, so that rows keep their order. */
  boolean full() {
    return order.length == 0;
  }

  /** Whether this is what {@link #of} would return for a batch without lengths. */
  boolean isFull(int batch, int steps) {
    return full() && this.batch == batch && (longest == steps || batch == 0);
  }

  /** Returns the row of the batch at place {@code k}. */
  int row(int k) {
    return full() ? k : order[k];
  }

  /** Returns the number of steps of the longest row. */
  int steps() {
    return longest;
  }

  /** Returns the number of steps of the row at place {@code k}. */
  int steps(int k) {
    return full() ? longest : lengths[order[k]];
  }

  /**
   * Returns how many rows run at step {@code s}, given that {@code before} ran at an earlier one.
   */
  int running(int s, int before) {
    if (full()) {
      return s < longest ? before : 0;
    }
    int running = before;
    while (running > 0 && lengths[order[running - 1]] <= s) {
      running--;
    }
    return running;
  }

  /** Returns the time at which the row at place {@code k} is at step {@code s}. */
  int time(boolean reverse, int s, int k) {
    if (!reverse) {
      return s;
    }
    return (full() ? longest : lengths[order[k]]) - 1 - s;
  }

  /** Rows of one length keep their order. */
  private static int[] longestFirst(int[] lengths, int steps) {
    long[] keys = new long[lengths.length];
    for (int b = 0; b < keys.length; b++) {
      keys[b] = (long) (steps - lengths[b]) << Integer.SIZE | b;
    }
    Arrays.sort(keys);
    return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
  }
}
