package org.sardonyx.runtime;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the time of a session went.
 *
 * @param kernels the loops that were used
 * @param runs how many runs were measured
 * @param nanos what they took together
 * @param entries the nodes that ran, the most expensive first; constants that were computed when
 *     the session was compiled are not among them
 */
public record Profile(String kernels, long runs, long nanos, List<Entry> entries) {

  private static final int SHOWN = 30;

  public Profile {
    entries = List.copyOf(entries);
  }

  /**
   * One node.
   *
   * @param node where it stands, with its operator and version
   * @param operator the operator and version: {@code LSTM-14}
   * @param kernel what ran: the operator, or what it became when weights were packed
   * @param calls how often it ran
   * @param nanos what that took, graphs inside it included
   * @param ownNanos what that took, graphs inside it not included
   */
  public record Entry(
      String node, String operator, String kernel, long calls, long nanos, long ownNanos) {}

  /**
   * Returns the time of each operator, the most expensive first, graphs inside nodes not counted
   * twice.
   */
  public Map<String, Long> nanosByOperator() {
    Map<String, Long> sums = new HashMap<>();
    for (Entry entry : entries) {
      sums.merge(entry.operator(), entry.ownNanos(), Long::sum);
    }
    Map<String, Long> sorted = new LinkedHashMap<>();
    sums.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(sum -> sorted.put(sum.getKey(), sum.getValue()));
    return sorted;
  }

  /** Returns a table for people: the most expensive nodes. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(Locale.ROOT, "%d runs, %.3f ms, kernels %s%n", runs, nanos / 1e6, kernels));
    for (Entry entry : entries.subList(0, Math.min(SHOWN, entries.size()))) {
      text.append(
          String.format(
              Locale.ROOT,
              "%9.3f ms %5.1f%% %8d x  %s%s%n",
              entry.ownNanos() / 1e6,
              100.0 * entry.ownNanos() / Math.max(1, nanos),
              entry.calls(),
              entry.node(),
              entry.operator().startsWith(entry.kernel() + "-") ? "" : "  " + entry.kernel()));
    }
    return text.toString();
  }
}
