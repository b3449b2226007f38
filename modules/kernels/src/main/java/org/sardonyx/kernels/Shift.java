package org.sardonyx.kernels;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The loops of one run, which its thread leads and others help with. */
final class Shift {

  /** Parts of a loop at most. */
  static final int PARTS = 64;

  /** How often a helper looks for the next loop before it sleeps: some tens of microseconds. */
  private static final int LOOKS = 2000;

  private final Thread leader = Thread.currentThread();

  /** Of each part, the last loop in which somebody took it. */
  private final AtomicIntegerArray taken = new AtomicIntegerArray(PARTS);

  private final AtomicInteger left = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /** Helpers that sleep, by place. */
  private final AtomicReferenceArray<@Nullable Thread> asleep;

  // Written before `number`, and read after it.
  private IntConsumer task = _ -> {};
  private int parts;

  /** The number of the loop, from 1. */
  private volatile int number;

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

  void loop(int count, IntConsumer body) {
    if (count > PARTS) {
      throw new IllegalArgumentException(count + " parts");
    }
    looping = true;
    task = body;
    parts = count;
    left.set(count);
    int loop = number + 1;
    number = loop;
    wake();
    work(loop, 0);
    while (left.get() > 0) {
      Thread.onSpinWait();
    }
    looping = false;
    Throwable thrown = failure.getAndSet(null);
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
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
    int seen = 0;
    while (!ended) {
      int looks = 0;
      while (number == seen && !ended) {
        if (looks++ < LOOKS) {
          Thread.onSpinWait();
        } else {
          asleep.set(place, Thread.currentThread());
          if (number == seen && !ended) {
            LockSupport.park(this);
          }
          asleep.set(place, null);
        }
      }
      seen = number;
      work(seen, place);
    }
  }

  /**
   * Does parts of a loop that nobody has taken, first those of this place, so that a thread finds
   * in its cache what it had in the loop before. A loop that is over has no such part.
   */
  private void work(int loop, int place) {
    IntConsumer body = task;
    int count = parts;
    for (int i = 0; i < count; i++) {
      int part = (place + i) % count;
      int last = taken.get(part);
      if (last < loop && taken.compareAndSet(part, last, loop)) {
        try {
          body.accept(part);
        } catch (RuntimeException | Error e) {
          failure.set(e);
        }
        left.decrementAndGet();
      }
    }
  }

  void end() {
    ended = true;
    wake();
  }
}
