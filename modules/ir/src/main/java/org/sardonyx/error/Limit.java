package org.sardonyx.error;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that a model may use only so much of, see {@link Limits}. Each has a generous default,
 * so that a hostile or mistaken model ends with {@link LimitExceeded} and not with the process.
 */
public enum Limit {
  /** Bytes of a model's own file, or of a file of one value; the format allows 2^31 - 1. */
  MODEL_BYTES(Stage.READ, Integer.MAX_VALUE, 512L << 20),
  /** Bytes of all external files of one model together. */
  EXTERNAL_BYTES(Stage.READ, 64L << 30, 4L << 30),
  /** Messages within messages; a graph within a graph takes three. */
  MESSAGE_DEPTH(Stage.READ, 64, 64),
  /** Messages and strings in a model's own file. */
  PARTS(Stage.READ, 1 << 24, 1 << 22),
  /** Characters of a name of a node, value, tensor, attribute, function or operator. */
  NAME_LENGTH(Stage.READ, 4096, 4096),
  /** Attributes of one node. */
  ATTRIBUTES(Stage.READ, 1024, 1024),
  /** Dimensions of one tensor. */
  RANK(Stage.READ, 64, 64),
  /** Elements of one tensor in a file. */
  ELEMENTS(Stage.READ, 1L << 40, 1L << 31),
  /** Bytes of one tensor in a file. */
  TENSOR_BYTES(Stage.READ, 1L << 34, 1L << 32),
  /** Nodes in the file, those of nested graphs and functions included; and after inlining. */
  NODES(Stage.COMPILE, 1_000_000, 100_000),
  /** Graphs nested in graphs, and functions that call functions. */
  DEPTH(Stage.COMPILE, 16, 16),
  /**
   * Bytes that one node may give when it is computed at compile time; a node that gives more is
   * left to the run.
   */
  FOLDED_NODE_BYTES(Stage.COMPILE, 64L << 20, 16L << 20),
  /** The same, all nodes together. */
  FOLDED_BYTES(Stage.COMPILE, 256L << 20, 64L << 20),
  /** Trips of one Loop, Scan or SequenceMap. */
  LOOP_TRIPS(Stage.RUN, 10_000_000, 1_000_000),
  /** Nodes executed in one run. */
  NODE_RUNS(Stage.RUN, 1_000_000_000, 100_000_000),
  /**
   * Bytes of intermediate values that are alive at the same time in one run; a view counts as much
   * as what it shows. By default three quarters of the heap, of an untrusted model half of it.
   */
  LIVE_BYTES(Stage.RUN, Long.MAX_VALUE, Long.MAX_VALUE),
  /** Milliseconds of one run; by default as many as it needs. */
  TIME(Stage.RUN, Long.MAX_VALUE, 60_000),
  /** Characters of one tensor of strings, together. */
  STRING_LENGTH(Stage.RUN, 64 << 20, 16 << 20),
  /** Pixels of an image that is decoded. */
  PIXELS(Stage.RUN, 1 << 27, 1 << 25);

  /** When a limit is looked at. */
  public enum Stage {
    /** While files are read. */
    READ,
    /** While a session is made; {@link #NODES} already while files are read. */
    COMPILE,
    /** In each run. */
    RUN
  }

  private final Stage stage;
  private final long standard;
  private final long untrusted;

  Limit(Stage stage, long standard, long untrusted) {
    this.stage = stage;
    this.standard = standard;
    this.untrusted = untrusted;
  }

  public Stage stage() {
    return stage;
  }

  /** Returns the name in messages and on the command line: {@code loopTrips}. */
  public String label() {
    StringBuilder label = new StringBuilder();
    for (String word : name().split("_", -1)) {
      String lower = word.toLowerCase(Locale.ROOT);
      label.append(label.isEmpty() ? lower : word.charAt(0) + lower.substring(1));
    }
    return label.toString();
  }

  /** Returns the limit of that {@link #label}; null where there is none. */
  public static @Nullable Limit of(String label) {
    for (Limit limit : values()) {
      if (limit.label().equals(label)) {
        return limit;
      }
    }
    return null;
  }

  long standard() {
    return this == LIVE_BYTES ? Runtime.getRuntime().maxMemory() / 4 * 3 : standard;
  }

  long untrusted() {
    return this == LIVE_BYTES ? Runtime.getRuntime().maxMemory() / 2 : untrusted;
  }

  /** Returns the most that the limit itself may be. */
  long greatest() {
    return switch (this) {
      case MODEL_BYTES -> Integer.MAX_VALUE;
      case MESSAGE_DEPTH, DEPTH -> 1000;
      default -> Long.MAX_VALUE;
    };
  }
}
