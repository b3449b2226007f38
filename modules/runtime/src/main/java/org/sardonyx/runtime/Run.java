package org.sardonyx.runtime;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.kernels.Kernels;

/** One run of a session, all its nested graphs included: what it has used, and what it may use. */
final class Run {

  private final SessionOptions options;
  private final Limits limits;
  private final boolean folding;
  private long start;
  private final long nanos;
  private @Nullable Map<Long, RandomGenerator> random;
  private long nodeRuns;
  private long liveBytes;
  private long inner;
  private long seed;
  private boolean seeded;
  private @Nullable RuntimeException stopped;
  private @Nullable Trace trace;

  Run(SessionOptions options, boolean folding) {
    this.options = options;
    this.folding = folding;
    this.limits = options.limits();
    this.start = System.nanoTime();
    this.nanos = limits.time() == null ? 0 : Math.max(1, limits.time().toNanos());
  }

  /** Returns a run of one node at compile time, which has no random numbers. */
  static Run folding(SessionOptions options) {
    return new Run(options, true);
  }

  /** Returns this as it was at first, for another run. */
  Run again(@Nullable Trace newTrace) {
    trace = newTrace;
    start = nanos == 0 ? 0 : System.nanoTime();
    random = null;
    nodeRuns = 0;
    liveBytes = 0;
    inner = 0;
    seeded = false;
    stopped = null;
    return this;
  }

  Kernels kernels() {
    return options.kernels();
  }

  SessionOptions options() {
    return options;
  }

  RandomGenerator random(Step step) {
    if (folding) {
      throw new IllegalStateException("no random numbers at compile time");
    }
    if (!seeded) {
      Long given = options.seed();
      seed = given == null ? new SplittableRandom().nextLong() : given;
      seeded = true;
    }
    if (random == null) {
      random = new HashMap<>();
    }
    return random.computeIfAbsent(
        step.key(), key -> new SplittableRandom(seed * 0x9E3779B97F4A7C15L + key));
  }

  /** Called before every node. */
  void node() {
    if (++nodeRuns > limits.nodeRuns()) {
      throw new LimitExceeded("nodeRuns", "a run may execute " + limits.nodeRuns() + " nodes");
    }
    checkpoint();
  }

  /** Called before trip {@code trip} of a body, counted from 1. */
  void trip(long trip) {
    if (trip > limits.loopTrips()) {
      throw new LimitExceeded("loopTrips", "a loop may take " + limits.loopTrips() + " trips");
    }
  }

  void checkpoint() {
    if (nanos != 0 && System.nanoTime() - start > nanos) {
      throw new LimitExceeded("time", "a run may take " + limits.time());
    }
    Runnable hook = options.checkpoint();
    if (hook != null) {
      try {
        hook.run();
      } catch (RuntimeException e) {
        stopped = e;
        throw e;
      }
    }
  }

  /** Returns the time that measured nodes have taken, those within others not counted again. */
  long inner() {
    return inner;
  }

  /** Returns what notes when nodes run; null for nothing. */
  @Nullable Trace trace() {
    return trace;
  }

  void inner(long nanos) {
    inner = nanos;
  }

  /** Whether {@code e} came from the checkpoint that the user gave. */
  boolean stoppedBy(RuntimeException e) {
    return e == stopped;
  }

  /** Refuses to make {@code bytes} more where there is no room. */
  void require(long bytes) {
    if (bytes > limits.liveBytes() - liveBytes) {
      throw new LimitExceeded(
          "liveBytes",
          bytes + " bytes more beside " + liveBytes + " are beyond " + limits.liveBytes());
    }
  }

  void hold(long bytes) {
    liveBytes += bytes;
    if (liveBytes > limits.liveBytes()) {
      require(0);
    }
  }

  void release(long bytes) {
    liveBytes -= bytes;
  }
}
