package org.sardonyx.kernels;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Threads that share the loops of one run at a time. The first loop of a run calls for them, and
 * they wait for more of its loops until {@link #rest}; a run that finds them at work for another
 * computes alone. A loop never waits for a thread that has not begun a part: whoever is there does
 * what is left, so that an executor without free threads costs speed and nothing else.
 */
final class Team {

  private final Executor executor;
  private final int threads;
  private final AtomicReference<@Nullable Shift> current = new AtomicReference<>();

  Team(Executor executor, int threads) {
    this.executor = executor;
    this.threads = threads;
  }

  int threads() {
    return threads;
  }

  /**
   * Runs parts [0, parts) of each step of a loop, in any order and on any thread, and returns after
   * the last.
   */
  void run(int steps, int parts, Kernels.Share body) {
    Shift shift = parts < 2 || threads < 2 ? null : shift();
    if (shift == null) {
      for (int step = 0; step < steps; step++) {
        for (int part = 0; part < parts; part++) {
          body.run(step, part);
        }
      }
    } else {
      shift.loop(steps, parts, body);
    }
  }

  /** Returns the shift of this thread where it can take a loop, a new one where there is none. */
  private @Nullable Shift shift() {
    Shift now = current.get();
    if (now != null) {
      return now.canLoop() ? now : null;
    }
    Shift fresh = new Shift(threads);
    if (!current.compareAndSet(null, fresh)) {
      return null;
    }
    try {
      for (int i = 1; i < threads; i++) {
        int place = i;
        executor.execute(() -> fresh.help(place));
      }
    } catch (RejectedExecutionException e) {
      // Those that were taken help, and without any the run computes alone.
      return fresh;
    }
    return fresh;
  }

  /** Ends the run of this thread: nobody waits for its loops any longer. */
  void rest() {
    Shift now = current.get();
    if (now != null && now.canLoop()) {
      now.end();
      current.set(null);
    }
  }
}
