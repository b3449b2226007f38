package org.sardonyx.conformance.diff;

import java.util.Locale;

/**
 * One difference of two models.
 *
 * @param kind what differs
 * @param place where, from the outside in; empty for the model itself
 * @param before what the first model has; empty where it has nothing there
 * @param after what the second has; empty where it has nothing there
 */
public record Difference(Kind kind, String place, String before, String after) {

  /** What can differ. */
  public enum Kind {
    /** Inputs or outputs of the model: their number, names or types. */
    SIGNATURE(true),
    /** Versions of operators. */
    OPSET(true),
    /** A node that only the first model has. */
    REMOVED(true),
    /** A node that only the second has. */
    ADDED(true),
    /** An attribute of a node. */
    ATTRIBUTE(true),
    /** What a node reads, or an output is. */
    INPUT(true),
    /** The values, type or shape of a constant. */
    WEIGHT(true),
    /** A function of the model. */
    FUNCTION(true),
    /** Names of nodes or of values inside, and the order of nodes. */
    NAMES(false),
    /** Version of the format, provenance, free text, metadata. */
    DESCRIPTION(false);

    private final boolean meaning;

    Kind(boolean meaning) {
      this.meaning = meaning;
    }

    /** Whether results, or how the model is called, may differ by it. */
    public boolean isMeaning() {
      return meaning;
    }
  }

  @Override
  public String toString() {
    String change = before.isEmpty() ? after : after.isEmpty() ? before : before + " -> " + after;
    return kind.name().toLowerCase(Locale.ROOT)
        + " "
        + (place.isEmpty() ? "" : place + ": ")
        + change;
  }
}
