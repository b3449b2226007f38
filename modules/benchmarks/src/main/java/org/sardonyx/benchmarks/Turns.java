package org.sardonyx.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The ways to call, each for some milliseconds, one after another, so that whatever else the
 * machine does meets all of them: a round is one call of a benchmark, and the counters are the
 * microseconds of a call in it.
 */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class Turns {

  private static final long NANOS = 12_000_000;

  public double into;
  public double pinned;
  public double ours;
  public double user;

  /** How many rounds the others are the sum of. */
  public double rounds;

  /** One way to call. */
  interface Call {
    Object call() throws Exception;
  }

  /** Forgets the iteration before. */
  @Setup(Level.Iteration)
  public void begin() {
    into = 0;
    pinned = 0;
    ours = 0;
    user = 0;
    rounds = 0;
  }

  /** Returns the microseconds of a call. */
  static double micros(Call call, Blackhole hole) throws Exception {
    long start = System.nanoTime();
    long took;
    int calls = 0;
    do {
      hole.consume(call.call());
      calls++;
      took = System.nanoTime() - start;
    } while (took < NANOS);
    return took / 1e3 / calls;
  }
}
