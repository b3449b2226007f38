package org.sardonyx.conformance.mutate;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.ModelException;

/**
 * Gives a reader mutants of whole files and says which it does not survive: anything but a result
 * or a {@link ModelException}, more processor time or more memory than allowed, or no end at all.
 * Mutant i of a seed is the same whatever was tried before, so a long series may be done in parts.
 */
public final class Mutants {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final int WHOLE_ATTEMPTS = 5;

  /** How often a reader is looked after, and how much longer than its time it may wait idly. */
  private static final Duration LOOK = Duration.ofMillis(100);

  private static final int IDLE = 30;

  /** What takes this much more than its time is not waited for: it is said not to end. */
  private static final int PATIENCE = 4;

  /** How often a mutant has to take too long, or too much, to be a finding. */
  private static final int AGAIN = 3;

  private final Target target;
  private final long seed;
  private final long mostNanos;
  private final long mostBytes;
  private final ThreadMXBean threads;

  /**
   * A mutant that was not survived.
   *
   * @param index its number
   * @param what what happened
   * @param bytes the smallest file found that does the same
   */
  public record Finding(long index, String what, byte[] bytes) {}

  /**
   * What a series came to.
   *
   * @param tried how many mutants
   * @param refused how many of them ended with a {@link ModelException}
   * @param slowestMillis the most processor time of one
   * @param largestBytes the most bytes allocated for one
   * @param nanos how long all took
   * @param findings those not survived, one for each place of the code
   */
  public record Report(
      String target,
      long tried,
      long refused,
      long slowestMillis,
      long largestBytes,
      long nanos,
      List<Finding> findings) {}

  /**
   * @param mostMillis of processor time for one file, a quarter of what it may take before it is
   *     said not to end, and a thirtieth of what it may take waiting
   * @param mostBytes allocated for one file
   */
  public Mutants(Target target, long seed, long mostMillis, long mostBytes) {
    this.target = target;
    this.seed = seed;
    this.mostNanos = mostMillis * 1_000_000;
    this.mostBytes = mostBytes;
    this.threads = ManagementFactory.getThreadMXBean();
  }

  /** Returns mutant {@code index}. */
  public byte[] mutant(long index) {
    SplittableRandom random = new SplittableRandom(seed * GOLDEN + index);
    return new Mutator(target, random).next();
  }

  /**
   * Tries mutants [first, first + count), or fewer where time runs out.
   *
   * @param untilNanos when to stop, by {@link System#nanoTime}
   */
  public Report run(long first, long count, long untilNanos) {
    long start = System.nanoTime();
    Set<String> places = ConcurrentHashMap.newKeySet();
    List<Finding> findings = new ArrayList<>();
    long next = first;
    long refused = 0;
    long slowest = 0;
    long largest = 0;
    boolean goesOn = true;
    while (goesOn) {
      Worker worker = new Worker(next, first + count, untilNanos, places);
      String stuck = worker.watch();
      findings.addAll(worker.findings());
      next = worker.at;
      refused += worker.trial.refused();
      slowest = Math.max(slowest, worker.trial.slowest());
      largest = Math.max(largest, worker.trial.largest());
      if (worker.broken != null) {
        throw worker.broken;
      }
      goesOn = stuck != null;
      if (stuck != null) {
        // Its thread cannot be ended. It is left behind, and another goes on with the next mutant.
        if (places.add(Trial.place(stuck))) {
          findings.add(new Finding(next, stuck, mutant(next)));
        }
        next++;
      }
    }
    return new Report(
        target.name(),
        next - first,
        refused,
        slowest / 1_000_000,
        largest,
        System.nanoTime() - start,
        List.copyOf(findings));
  }

  /** A thread that reads one mutant after another, and what it came to. */
  private final class Worker implements Runnable {

    private final long end;
    private final long untilNanos;
    private final Set<String> places;
    private final List<Finding> found = new ArrayList<>();
    private final Thread thread;
    private final Trial trial = new Trial(target, mostNanos, mostBytes);
    private @Nullable RuntimeException broken;

    /** The mutant that is read; written last, so that whoever reads it sees the rest. */
    private volatile long at;

    private volatile boolean abandoned;

    Worker(long first, long end, long untilNanos, Set<String> places) {
      this.at = first;
      this.end = end;
      this.untilNanos = untilNanos;
      this.places = places;
      this.thread = Thread.ofPlatform().daemon().name("mutants").unstarted(this);
    }

    /** Waits until all is done; returns where the thread is stuck, null where it is not. */
    @Nullable String watch() {
      thread.start();
      long seen = -1;
      long since = 0;
      long cpuSince = 0;
      boolean interrupted = false;
      try {
        while (true) {
          try {
            if (thread.join(LOOK)) {
              return null;
            }
          } catch (InterruptedException e) {
            interrupted = true;
            abandoned = true;
            return null;
          }
          long now = System.nanoTime();
          long cpu = threads.getThreadCpuTime(thread.threadId());
          if (trial.begun() != seen) {
            seen = trial.begun();
            since = now;
            cpuSince = cpu;
          } else if (cpu - cpuSince > PATIENCE * mostNanos || now - since > IDLE * mostNanos) {
            abandoned = true;
            return "no end after " + (now - since) / 1_000_000 + " ms\nendless" + where();
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    /** Returns the first line of ours that the thread is at. */
    private String where() {
      for (StackTraceElement frame : thread.getStackTrace()) {
        if (frame.getClassName().startsWith("org.sardonyx.")) {
          return "\n  at " + frame;
        }
      }
      return "";
    }

    List<Finding> findings() {
      return List.copyOf(found);
    }

    @Override
    public void run() {
      try {
        target.seeds().forEach(this::requireRead);
        trial.forget();
        for (long i = at; i < end && System.nanoTime() < untilNanos && !abandoned; i++) {
          one(i);
        }
      } catch (RuntimeException e) {
        broken = e;
      }
    }

    /** A busy machine may be too slow for limits of time once, not each time. */
    private void requireRead(byte[] whole) {
      String what = null;
      for (int attempt = 0; attempt < WHOLE_ATTEMPTS; attempt++) {
        trial.forget();
        what = trial.failure(whole);
        if (what == null && trial.refused() == 0) {
          return;
        }
      }
      throw new IllegalStateException(
          target.name()
              + (what == null
                  ? ": a whole file is refused"
                  : ": a whole file is not read: " + what));
    }

    private void one(long index) {
      byte[] mutant = mutant(index);
      String what = trial.failure(mutant);
      // The first time classes are loaded too, and what else the machine does slows us down.
      for (int i = 1; i < AGAIN && Trial.isCost(what); i++) {
        what = trial.failure(mutant);
      }
      if (abandoned) {
        return;
      }
      if (what != null && places.add(Trial.place(what))) {
        found.add(new Finding(index, what, trial.smaller(mutant, what)));
      }
      at = index + 1;
    }
  }
}
