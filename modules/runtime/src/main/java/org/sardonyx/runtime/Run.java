package org.sardonyx.runtime;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.tensor.Tensor;

/** One run of a session, all its nested graphs included: what it has used, and what it may use. */
final class Run {

  private final SessionOptions options;
  private final Limits limits;
  private final boolean folding;
  private final boolean writesOver;
  private long start;
  private final long nanos;
  private @Nullable Map<Long, RandomGenerator> random;
  private long nodeRuns;
  private long liveBytes;
  private long inner;
  private long seed;
  private boolean seeded;
  private @Nullable RuntimeException stopped;
  private @Nullable Cancellation cancellation;
  private Kernels kernels;

  Run(SessionOptions options, boolean folding) {
    this.options = options;
    this.folding = folding;
    this.writesOver = options.observer() == null && !options.poison() && !options.strictInputs();
    this.limits = options.limits();
    this.start = System.nanoTime();
    this.kernels = options.kernels();
    this.nanos = TimeUnit.MILLISECONDS.toNanos(limits.most(Limit.TIME));
  }

  /** Whether steps may write over inputs: not where somebody looks at these afterwards. */
  boolean mayWriteOver() {
    return writesOver;
  }

  /** Returns a run of one node at compile time, which has no random numbers. */
  static Run folding(SessionOptions options) {
    return new Run(options, true).again(null);
  }

  /** Returns this as it was at first, for another run. */
  Run again(@Nullable Cancellation newCancellation) {
    if (newCancellation != cancellation) {
      cancellation = newCancellation;
      kernels = options.kernels();
    }
    if (isWatched() && kernels == options.kernels()) {
      kernels = kernels.watched(this::checkpoint);
    }
    start = nanos == Long.MAX_VALUE ? 0 : System.nanoTime();
    random = null;
    nodeRuns = 0;
    liveBytes = 0;
    inner = 0;
    seeded = false;
    stopped = null;
    return this;
  }

  /** Whether something may end the run while an operator is at work. */
  private boolean isWatched() {
    return cancellation != null || nanos != Long.MAX_VALUE || options.checkpoint() != null;
  }

  Kernels kernels() {
    return kernels;
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
    if (++nodeRuns > limits.most(Limit.NODE_RUNS)) {
      throw limits.exceeded(Limit.NODE_RUNS, "more nodes executed in one run");
    }
    checkpoint();
  }

  /** Called before trip {@code trip} of a body, counted from 1. */
  void trip(long trip) {
    if (trip > limits.most(Limit.LOOP_TRIPS)) {
      throw limits.exceeded(Limit.LOOP_TRIPS, "more trips of one loop");
    }
  }

  void checkpoint() {
    if (nanos != Long.MAX_VALUE && System.nanoTime() - start > nanos) {
      throw limits.exceeded(Limit.TIME, "more milliseconds of one run");
    }
    Runnable hook = options.checkpoint();
    Cancellation end = cancellation;
    if (hook != null || end != null) {
      try {
        if (end != null) {
          end.check();
        }
        if (hook != null) {
          hook.run();
        }
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

  void inner(long nanos) {
    inner = nanos;
  }

  /** Whether {@code e} came from the checkpoint that the user gave. */
  boolean stoppedBy(RuntimeException e) {
    return e == stopped;
  }

  /** Refuses to make {@code bytes} more where there is no room. */
  void require(long bytes) {
    if (bytes > limits.most(Limit.LIVE_BYTES) - liveBytes) {
      throw limits.exceeded(Limit.LIVE_BYTES, bytes + " bytes more beside " + liveBytes);
    }
  }

  /** Refuses a tensor of too long strings. */
  void require(Tensor strings) {
    long most = limits.most(Limit.STRING_LENGTH);
    long length = 0;
    for (String string : strings.strings()) {
      length += string.length();
      if (length > most) {
        throw limits.exceeded(Limit.STRING_LENGTH, "more characters in " + strings);
      }
    }
  }

  void hold(long bytes) {
    liveBytes += bytes;
    if (liveBytes > limits.most(Limit.LIVE_BYTES)) {
      require(0);
    }
  }

  void release(long bytes) {
    liveBytes -= bytes;
  }
}
