package org.sardonyx.runtime;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a model may use before it is stopped with {@link org.sardonyx.error.LimitExceeded}; each has
 * a generous default, so that a hostile or mistaken model ends with an error and not with the
 * process.
 *
 * @param depth graphs nested in graphs, and functions that call functions
 * @param nodes nodes after functions are inlined, subgraphs included
 * @param foldedNodeBytes bytes that one node may give when it is computed at compile time; a node
 *     that gives more is left to the run
 * @param foldedBytes the same, all nodes together
 * @param loopTrips trips of one Loop, Scan or SequenceMap
 * @param nodeRuns nodes executed in one run
 * @param liveBytes bytes of intermediate values that are alive at the same time in one run; a view
 *     counts as much as what it shows
 * @param time how long a run may take; null for as long as it needs
 */
public record Limits(
    int depth,
    long nodes,
    long foldedNodeBytes,
    long foldedBytes,
    long loopTrips,
    long nodeRuns,
    long liveBytes,
    @Nullable Duration time) {

  private static final long MIB = 1L << 20;

  /** Returns the defaults; of the heap a run may fill three quarters. */
  public static Limits standard() {
    return new Limits(
        16,
        1_000_000,
        64 * MIB,
        256 * MIB,
        10_000_000,
        1_000_000_000,
        Runtime.getRuntime().maxMemory() / 4 * 3,
        null);
  }

  public Limits withDepth(int most) {
    return new Limits(
        most, nodes, foldedNodeBytes, foldedBytes, loopTrips, nodeRuns, liveBytes, time);
  }

  public Limits withNodes(long most) {
    return new Limits(
        depth, most, foldedNodeBytes, foldedBytes, loopTrips, nodeRuns, liveBytes, time);
  }

  public Limits withFolding(long mostOfNode, long most) {
    return new Limits(depth, nodes, mostOfNode, most, loopTrips, nodeRuns, liveBytes, time);
  }

  public Limits withLoopTrips(long most) {
    return new Limits(depth, nodes, foldedNodeBytes, foldedBytes, most, nodeRuns, liveBytes, time);
  }

  public Limits withNodeRuns(long most) {
    return new Limits(depth, nodes, foldedNodeBytes, foldedBytes, loopTrips, most, liveBytes, time);
  }

  public Limits withLiveBytes(long most) {
    return new Limits(depth, nodes, foldedNodeBytes, foldedBytes, loopTrips, nodeRuns, most, time);
  }

  public Limits withTime(@Nullable Duration most) {
    return new Limits(
        depth, nodes, foldedNodeBytes, foldedBytes, loopTrips, nodeRuns, liveBytes, most);
  }
}
