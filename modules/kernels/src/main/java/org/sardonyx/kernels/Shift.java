package org.sardonyx.kernels;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The loops of one run, which its thread leads and others help with. */
final class Shift {

  /** How often a helper looks for the next loop before it sleeps: some tens of microseconds. */
  private static final int LOOKS = 2000;

  /** Integers of a line of the cache: what one thread writes, another is not to lose. */
  private static final int LINE = 16;

  /** More than any number of steps. */
  private static final int KEPT = Integer.MAX_VALUE;

  /** One loop. */
  private static final class Loop {

    private final Kernels.Share body;
    private final int steps;
    private final int parts;

    /**
     * For each part how many steps of it somebody has taken, or {@link #KEPT} where one thread has
     * all that are left, and how many are done.
     */
    private final AtomicIntegerArray counts;

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Loop(int steps, int parts, Kernels.Share body) {
      if (parts > Long.SIZE) {
        throw new IllegalArgumentException(parts + " parts");
      }
      this.steps = steps;
      this.parts = parts;
      this.body = body;
      counts = new AtomicIntegerArray((2 * parts + 1) * LINE);
    }

    private static int taken(int part) {
      return (2 * part + 1) * LINE;
    }

    private static int done(int part) {
      return taken(part) + LINE;
    }

    /**
     * Does the part of this place in all steps from the first that nobody has taken, so that a
     * thread finds in its cache what it had in the step before, and does not ask for it again: to
     * look at what another thread has written takes as long as a small part. Then does parts that
     * no thread keeps.
     */
    void work(int place) {
      long mine = 0;
      long others = 0;
      for (int step = 0; step < steps; step++) {
        await(step);
        for (int i = 0; i < parts; i++) {
          int part = (place + i) % parts;
          long bit = 1L << part;
          if ((mine & bit) != 0) {
            run(step, part);
          } else if ((others & bit) == 0) {
            int taken = counts.get(taken(part));
            boolean keeps = part == place;
            if (taken == KEPT) {
              others |= bit;
            } else if (taken == step
                && counts.compareAndSet(taken(part), step, keeps ? KEPT : step + 1)) {
              mine |= keeps ? bit : 0;
              run(step, part);
            }
          }
        }
      }
    }

    /** After a failure steps are taken for nothing, until nobody has one. */
    private void run(int step, int part) {
      if (failure.get() == null) {
        try {
          body.run(step, part);
        } catch (RuntimeException | Error e) {
          failure.set(e);
        }
      }
      counts.setRelease(done(part), step + 1);
    }

    /** Waits for so many steps of all parts. */
    private void await(int step) {
      for (int part = 0; part < parts; part++) {
        int done = done(part);
        while (counts.get(done) < step) {
          Thread.onSpinWait();
        }
      }
    }

    void end() {
      await(steps);
      Throwable thrown = failure.get();
      if (thrown instanceof RuntimeException e) {
        throw e;
      }
      if (thrown instanceof Error e) {
        throw e;
      }
    }
  }

  private final Thread leader = Thread.currentThread();

  /** Helpers that sleep, by place. */
  private final AtomicReferenceArray<@Nullable Thread> asleep;

  private volatile Loop latest = new Loop(0, 0, (_, _) -> {});
  private volatile boolean ended;

  /** Whether the leader is in a loop. */
  private boolean looping;

  Shift(int threads) {
    asleep = new AtomicReferenceArray<>(threads);
  }

  /** Whether this thread leads and is not in a loop already. */
  boolean canLoop() {
    return Thread.currentThread() == leader && !looping;
  }

  void loop(int steps, int parts, Kernels.Share body) {
    Loop loop = new Loop(steps, parts, body);
    looping = true;
    try {
      latest = loop;
      wake();
      loop.work(0);
      loop.end();
    } finally {
      looping = false;
    }
  }

  private void wake() {
    for (int i = 0; i < asleep.length(); i++) {
      Thread thread = asleep.get(i);
      if (thread != null) {
        LockSupport.unpark(thread);
      }
    }
  }

  /** Takes loops until the run ends. */
  void help(int place) {
    Loop seen = null;
    while (!ended) {
      for (int looks = 0; latest == seen && !ended; looks++) {
        if (looks < LOOKS) {
          Thread.onSpinWait();
        } else {
          asleep.set(place, Thread.currentThread());
          if (latest == seen && !ended) {
            LockSupport.park(this);
          }
          asleep.set(place, null);
        }
      }
      seen = latest;
      seen.work(place);
      // The next loop often follows at once, and to be woken takes as long as some steps.
      seen.await(seen.steps);
    }
  }

  void end() {
    ended = true;
    wake();
  }
}
