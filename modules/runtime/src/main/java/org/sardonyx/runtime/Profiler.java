package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Adds up what nodes take, over all runs and threads of a session. */
final class Profiler {

  private final Map<String, Timer> timers = new ConcurrentHashMap<>();
  private final LongAdder runs = new LongAdder();
  private final LongAdder nanos = new LongAdder();

  /** What one node takes. */
  static final class Timer {
    private final String node;
    private final String operator;
    private final String kernel;
    private final LongAdder calls = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder ownNanos = new LongAdder();

    Timer(String node, String operator, String kernel) {
      this.node = node;
      this.operator = operator;
      this.kernel = kernel;
    }

    String node() {
      return node;
    }

    String operator() {
      return operator;
    }

    String kernel() {
      return kernel;
    }

    void add(long all, long own) {
      calls.increment();
      nanos.add(all);
      ownNanos.add(own);
    }
  }

  /** Returns the timer of a step; the same one however often the model is compiled. */
  Timer timer(Step step) {
    String node = String.join(" > ", step.path().reversed());
    return timers.computeIfAbsent(
        Long.toHexString(step.key()) + node,
        _ ->
            new Timer(
                node,
                step.def() + "-" + step.formals().signature().sinceVersion(),
                step.operator().getClass().getSimpleName()));
  }

  void run(long took) {
    runs.increment();
    nanos.add(took);
  }

  void reset() {
    runs.reset();
    nanos.reset();
    for (Timer timer : timers.values()) {
      timer.calls.reset();
      timer.nanos.reset();
      timer.ownNanos.reset();
    }
  }

  Profile profile(String kernels) {
    List<Profile.Entry> entries = new ArrayList<>();
    for (Timer timer : timers.values()) {
      if (timer.calls.sum() > 0) {
        entries.add(
            new Profile.Entry(
                timer.node,
                timer.operator,
                timer.kernel,
                timer.calls.sum(),
                timer.nanos.sum(),
                timer.ownNanos.sum()));
      }
    }
    entries.sort(
        Comparator.comparingLong(Profile.Entry::ownNanos)
            .reversed()
            .thenComparing(Profile.Entry::node));
    return new Profile(kernels, runs.sum(), nanos.sum(), entries);
  }
}
