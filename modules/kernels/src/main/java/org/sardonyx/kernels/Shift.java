package org.sardonyx.kernels;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The loops of one run, which its thread leads and others help with. */
final class Shift {

  /** How often a helper looks for the next loop before it sleeps: some tens of microseconds. */
  private static final int LOOKS = 2000;

  /** One loop. */
  private static final class Loop {

    private final IntConsumer body;
    private final int parts;
    private final AtomicInteger left;

    /** A bit for each part that somebody has taken. */
    private final AtomicLong taken = new AtomicLong();

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Loop(int parts, IntConsumer body) {
      if (parts > Long.SIZE) {
        throw new IllegalArgumentException(parts + " parts");
      }
      this.parts = parts;
      this.body = body;
      left = new AtomicInteger(parts);
    }

    /**
     * Does parts that nobody has taken, first those of this place, so that a thread finds in its
     * cache what it had in the loop before.
     */
    void work(int place) {
      for (int i = 0; i < parts; i++) {
        int part = (place + i) % parts;
        long bit = 1L << part;
        if ((taken.get() & bit) == 0
            && (taken.getAndAccumulate(bit, (bits, one) -> bits | one) & bit) == 0) {
          try {
            body.accept(part);
          } catch (RuntimeException | Error e) {
            failure.set(e);
          }
          left.decrementAndGet();
        }
      }
    }

    void await() {
      while (left.get() > 0) {
        Thread.onSpinWait();
      }
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

  private volatile Loop latest = new Loop(0, _ -> {});
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

  void loop(int parts, IntConsumer body) {
    Loop loop = new Loop(parts, body);
    looping = true;
    try {
      latest = loop;
      wake();
      loop.work(0);
      loop.await();
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
    }
  }

  void end() {
    ended = true;
    wake();
  }
}
