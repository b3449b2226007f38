package org.sardonyx.profile;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the time of a session went.
 *
 * @param runs how many runs were measured
 * @param nanos what they took together
 * @param entries the nodes that ran, the most expensive first; constants that were computed when
 *     the session was compiled are not among them
 */
public record Profile(long runs, long nanos, List<Entry> entries) {

  private static final int SHOWN = 30;

  public Profile {
    entries = List.copyOf(entries);
  }

  /**
   * One node, all its calls together.
   *
   * @param node where it stands, with its operator and version
   * @param operator the operator and version: {@code LSTM-14}; of nodes that run as one, all
   * @param kernel what ran, and what kept it from a faster form
   * @param calls how often it ran
   * @param nanos what that took, graphs inside it included
   * @param ownNanos what that took, graphs inside it not included
   * @param flops floating-point operations by the formula of the operator; 0 where it has none
   * @param bytes inputs, weights and outputs
   */
  public record Entry(
      String node,
      String operator,
      String kernel,
      long calls,
      long nanos,
      long ownNanos,
      double flops,
      long bytes) {

    /** Returns operations by second, in 1e9; 0 where they are not known. */
    public double gigaflops() {
      return flops / Math.max(1, ownNanos);
    }

    /** Returns bytes by second, in 1e9. */
    public double gigabytes() {
      return (double) bytes / Math.max(1, ownNanos);
    }
  }

  /**
   * Returns the sums for each operator, the most expensive first, graphs inside nodes not counted
   * twice; node and kernel of an entry say how many there are.
   */
  public List<Entry> byOperator() {
    Map<String, Entry> sums = new HashMap<>();
    Map<String, Integer> nodes = new HashMap<>();
    for (Entry entry : entries) {
      int count = nodes.merge(entry.operator(), 1, Integer::sum);
      String text = count + (count == 1 ? " node" : " nodes");
      sums.merge(
          entry.operator(),
          new Entry(
              text,
              entry.operator(),
              "",
              entry.calls(),
              entry.nanos(),
              entry.ownNanos(),
              entry.flops(),
              entry.bytes()),
          (a, b) ->
              new Entry(
                  b.node(),
                  a.operator(),
                  "",
                  a.calls() + b.calls(),
                  a.nanos() + b.nanos(),
                  a.ownNanos() + b.ownNanos(),
                  a.flops() + b.flops(),
                  a.bytes() + b.bytes()));
    }
    return sums.values().stream()
        .sorted(Comparator.comparingLong(Entry::ownNanos).reversed().thenComparing(Entry::operator))
        .toList();
  }

  /** Returns the time of each operator, as {@link #byOperator} has it. */
  public Map<String, Long> nanosByOperator() {
    Map<String, Long> nanosByOperator = new LinkedHashMap<>();
    byOperator().forEach(entry -> nanosByOperator.put(entry.operator(), entry.ownNanos()));
    return nanosByOperator;
  }

  /** Returns a table for people: the most expensive nodes. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%d runs, %.3f ms%n", runs, nanos / 1e6));
    for (Entry entry : entries.subList(0, Math.min(SHOWN, entries.size()))) {
      text.append(
          String.format(
              Locale.ROOT,
              "%9.3f ms %5.1f%% %8d x %7.1f GFLOP/s %6.1f GB/s  %s  %s%n",
              entry.ownNanos() / 1e6,
              100.0 * entry.ownNanos() / Math.max(1, nanos),
              entry.calls(),
              entry.gigaflops(),
              entry.gigabytes(),
              entry.node(),
              entry.kernel()));
    }
    return text.toString();
  }
}
