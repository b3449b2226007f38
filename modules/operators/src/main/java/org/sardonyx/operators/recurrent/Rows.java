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

  private final int[] order;
  private final int[] lengths;
  private final boolean full;

  private Rows(int[] order, int[] lengths, boolean full) {
    this.order = order;
    this.lengths = lengths;
    this.full = full;
  }

  /** Takes {@code sequence_lens}, int32 [N], or null where every row is as long as X. */
  static Rows of(@Nullable Tensor sequenceLens, int batch, int steps) {
    int[] lengths = new int[batch];
    boolean full = true;
    if (sequenceLens == null) {
      Arrays.fill(lengths, steps);
    } else {
      for (int b = 0; b < batch; b++) {
        lengths[b] = sequenceLens.ints()[b];
        if (lengths[b] < 0 || lengths[b] > steps) {
          throw new InvalidInput(
              "sequence_lens must lie in [0, " + steps + "]; that of row " + b + " does not");
        }
        full &= lengths[b] == steps;
      }
    }
    return new Rows(longestFirst(lengths, steps), lengths, full);
  }

  /** Whether every row is as long as X, so that rows keep their order. */
  boolean full() {
    return full;
  }

  /** Returns the row of the batch at place {@code k}. */
  int row(int k) {
    return order[k];
  }

  /** Returns the number of steps of the longest row. */
  int steps() {
    return order.length == 0 ? 0 : lengths[order[0]];
  }

  /**
   * Returns how many rows run at step {@code s}, given that {@code before} ran at an earlier one.
   */
  int running(int s, int before) {
    int running = before;
    while (running > 0 && lengths[order[running - 1]] <= s) {
      running--;
    }
    return running;
  }

  /** Returns the time at which the row at place {@code k} is at step {@code s}. */
  int time(boolean reverse, int s, int k) {
    return reverse ? lengths[order[k]] - 1 - s : s;
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
