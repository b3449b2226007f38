package org.sardonyx.kernels.vector;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A loop that the compiler is to be done with before it is used, see {@link WarmUp}. */
final class Part {

  /** A loop on small arrays. */
  @FunctionalInterface
  interface Sample {
    void run(float[] x, float[] y);
  }

  /** Of the arrays. */
  static final int LENGTH = 64 * UnaryLoops.LANES;

  private static final int CALLS = 16;
  private static final int ENOUGH = 3;

  /**
   * What an operation of vectors takes at most: half of one where nothing else runs. One that makes
   * an object takes tens, also where all that it calls is compiled.
   */
  private static final int FAST_NANOS = 4;

  /** What a call takes besides, with the elements that are no whole vector. */
  private static final int CALL_NANOS = 100;

  /** After so many calls C2 has usually begun, and more of them help it no longer. */
  private static final int BURST = 2000;

  /** After so many more there is a pause: until vectors are no objects, all is garbage. */
  private static final int PAUSE = 64;

  private static final long PAUSE_NANOS = 1_000_000;

  private static final int SEEN = 3000;

  /** Others wait meanwhile. */
  private static final int PATIENCE_SECONDS = 10;

  private static final int MOST_TRIES = 3;

  /**
   * What a part does, made in the background: it is of classes that the first run does not need.
   *
   * @param operations of vectors, in the sample
   * @param loop what {@link #run} calls; null for what is called in other ways
   */
  record Work(int operations, Sample sample, @Nullable Loop loop) {

    /** Returns the work of a loop that takes so many operations, and has that at {@code p}. */
    static Work of(int operations, int p, Loop loop) {
      // Not whole vectors: what is left of them is to be compiled as well.
      int n = LENGTH / 8 - 1;
      return new Work(
          operations, (x, y) -> call(loop, n, x, 0, p, LENGTH / 4, y, 0, y, LENGTH / 2), loop);
    }
  }

  private final WarmUp owner;
  private final Supplier<Work> making;
  private final AtomicBoolean wanted = new AtomicBoolean();

  /** Written before {@code ready} is. */
  private @Nullable Loop loop;

  private volatile boolean ready;
  private int tries;

  Part(WarmUp owner, Supplier<Work> making) {
    this.owner = owner;
    this.making = making;
    if (!owner.isCold()) {
      loop = making.get().loop;
      ready = true;
    }
  }

  /** Whether the loop is fast; where not, sees to it that it will be. */
  boolean isReady() {
    if (!ready && wanted.compareAndSet(false, true)) {
      owner.later(this::warm);
    }
    return ready;
  }

  /** Runs the loop where C2 does not take it into its caller: see {@link Loop}. */
  float run(int n, float[] x, int xo, int p, int q, float[] y, int yo, float[] z, int zo) {
    return call(Objects.requireNonNull(loop), n, x, xo, p, q, y, yo, z, zo);
  }

  /** As the other one, of a loop from one array to another. */
  float run(int n, float[] x, int xo, float[] y, int yo) {
    return call(Objects.requireNonNull(loop), n, x, xo, 0, 0, y, yo, y, yo);
  }

  private static float call(
      Loop loop, int n, float[] x, int xo, int p, int q, float[] y, int yo, float[] z, int zo) {
    return loop.run(n, x, xo, p, q, y, yo, z, zo);
  }

  private void warm() {
    try {
      Work work = making.get();
      loop = work.loop;
      ready = isFast(work);
    } finally {
      // What took too long or failed, perhaps for want of memory, begins anew when it is wanted.
      tries++;
      wanted.set(ready || tries == MOST_TRIES);
    }
  }

  /**
   * Runs the loop until its operations take no longer than they do where vectors are no objects.
   */
  private static boolean isFast(Work work) {
    // Of every kind that loops distinguish: code for the other kind would not be compiled. No
    // function makes subnormal numbers of them, which are slow.
    float[] x = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      x[i] = i / UnaryLoops.LANES % 2 == 0 ? i % 17 - 8 : i % 11 - 3;
    }
    float[] y = new float[LENGTH];
    // What the place that calls loops sees first: enough not to take any of them in.
    Loop[] others = {
      (n, _, _, _, _, _, _, _, _) -> n,
      (n, _, _, _, _, _, _, _, _) -> n + 1,
      (n, _, _, _, _, _, _, _, _) -> n + 2,
    };
    for (int i = 0; i < SEEN; i++) {
      for (Loop other : others) {
        call(other, 0, x, 0, 0, 0, y, 0, y, 0);
      }
    }
    long most = CALLS * (CALL_NANOS + (long) FAST_NANOS * work.operations);
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    int fast = 0;
    for (int calls = CALLS; fast < ENOUGH; calls += CALLS) {
      long start = System.nanoTime();
      for (int i = 0; i < CALLS; i++) {
        work.sample.run(x, y);
      }
      long end = System.nanoTime();
      fast = end - start < most ? fast + 1 : 0;
      if (fast == 0 && calls > BURST && calls % PAUSE == 0) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      if (end > giveUp) { // a slow machine; what is compiled by now will not become better
        return end - start < 4 * most;
      }
    }
    return true;
  }
}
