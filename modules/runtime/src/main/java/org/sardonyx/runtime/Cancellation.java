package org.sardonyx.runtime;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.sardonyx.error.LimitExceeded;

/**
 * Ends runs before their time: at a moment set beforehand, or when another thread says so. A run
 * looks at it between nodes and, every few milliseconds, within long ones. The session can be run
 * again; a stream is where it was before the run.
 */
public final class Cancellation {

  private static final long MOST_MILLIS = Long.MAX_VALUE / 2_000_000;

  /** By {@link System#nanoTime}. */
  private final long start = System.nanoTime();

  private final long millis;
  private volatile boolean cancelled;

  private Cancellation(long millis) {
    this.millis = millis;
  }

  /** Returns one without a deadline. */
  public static Cancellation create() {
    return new Cancellation(MOST_MILLIS);
  }

  /** Returns one with a deadline, counted from now; any number of runs may share it. */
  public static Cancellation after(Duration time) {
    boolean never = time.compareTo(Duration.ofMillis(MOST_MILLIS)) >= 0;
    return new Cancellation(never ? MOST_MILLIS : Math.max(0, time.toMillis()));
  }

  /** Ends the runs that were given this, which throw {@link CancellationException}. */
  public void cancel() {
    cancelled = true;
  }

  /** Whether {@link #cancel} was called. */
  public boolean isCancelled() {
    return cancelled;
  }

  /** Throws what ends a run, where it is to end. */
  void check() {
    if (cancelled) {
      throw new CancellationException("the run was cancelled");
    }
    if (millis != MOST_MILLIS
        && System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(millis)) {
      throw new LimitExceeded("deadline", millis, "milliseconds until the run was to be done");
    }
  }
}
