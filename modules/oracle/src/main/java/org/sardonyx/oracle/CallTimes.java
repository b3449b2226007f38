package org.sardonyx.oracle;

import java.util.Arrays;

/** Collects the times of calls until a span is over. */
public final class CallTimes {

  private static final int MOST = 1_000_000;

  private final long end;
  private long[] times = new long[64];
  private int count;

  /** Begins a span of {@code nanos} nanoseconds. */
  public CallTimes(long nanos) {
    end = System.nanoTime() + nanos;
  }

  /**
   * Adds a call that began at {@code start} and ends now.
   *
   * @param outputs how many outputs it gave, which keeps the result alive
   */
  public void add(long start, int outputs) {
    long time = System.nanoTime() - start;
    if (outputs < 0) {
      throw new IllegalStateException();
    }
    if (count == times.length) {
      times = Arrays.copyOf(times, 2 * count);
    }
    times[count++] = time;
  }

  /** Whether there is time for one more call. */
  public boolean goOn() {
    return System.nanoTime() < end && count < MOST;
  }

  /** Returns the time of each call, in nanoseconds. */
  public long[] all() {
    return Arrays.copyOf(times, count);
  }
}
