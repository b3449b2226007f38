package org.sardonyx.conformance;

import java.util.List;
import java.util.Locale;

/**
 * A known way in which an engine departs from the specification, or takes one of the ways it leaves
 * open that is not ours.
 *
 * @param id the name in reports: {@code D04}
 * @param operators the operators it is about
 * @param condition when it shows, in words
 * @param key the matcher that says whether it can show in a model, see {@link Deviations}
 * @param kind what the engine does
 * @param engine the engine and the version that was measured: {@code onnxruntime 1.29.0}
 * @param effect what comes out, in words
 * @param reason why, or why it is taken for a deviation
 * @param reference where it is discussed; empty where nowhere
 * @param modelled whether the arbiter can compute what the engine ought to give, so that nothing
 *     else passes for it
 * @param limit for {@link Kind#ACCURACY}: by how much more than the budget it may be off
 * @param since the first release that does so; empty where that is not known
 * @param until the first release that does not do so any more; empty where there is none
 * @param machine on which machines it shows, see {@link Machine}; empty for all
 */
public record Deviation(
    String id,
    List<String> operators,
    String condition,
    String key,
    Kind kind,
    String engine,
    String effect,
    String reason,
    String reference,
    boolean modelled,
    double limit,
    String since,
    String until,
    String machine) {

  /** What an engine does. */
  public enum Kind {
    /** It says that it does not take the model, or the run ends in an error. */
    REFUSES,
    /** Its process dies. */
    CRASHES,
    /** It gives something else than the specification says. */
    DIFFERS,
    /** The specification says nothing, and it chose otherwise than we did. */
    CHOOSES,
    /** It is less exact than it could be. */
    ACCURACY,
    /** It takes what the specification forbids. */
    LAXER;

    /** Returns the word used in the register: {@code refuses}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Deviation {
    operators = List.copyOf(operators);
  }

  /** Whether the engine gives nothing at all. */
  public boolean failsToRun() {
    return kind == Kind.REFUSES || kind == Kind.CRASHES;
  }

  /**
   * Whether an engine of this name and version does so, as far as is known.
   *
   * @param name as engines give it: {@code onnxruntime 1.29.0}; without a version all do
   */
  public boolean isOf(String name) {
    String[] mine = engine.split(" ", 2);
    String[] other = name.split(" ", 2);
    if (!mine[0].equals(other[0])) {
      return false;
    }
    return other.length < 2
        || ((since.isEmpty() || compare(other[1], since) >= 0)
            && (until.isEmpty() || compare(other[1], until) < 0));
  }

  /** Compares versions number by number; what is no number counts as 0. */
  private static int compare(String a, String b) {
    String[] x = a.split("[^0-9]+", -1);
    String[] y = b.split("[^0-9]+", -1);
    for (int i = 0; i < Math.max(x.length, y.length); i++) {
      int difference = Integer.compare(part(x, i), part(y, i));
      if (difference != 0) {
        return difference;
      }
    }
    return 0;
  }

  private static int part(String[] parts, int i) {
    return i < parts.length && parts[i].matches("[0-9]{1,9}") ? Integer.parseInt(parts[i]) : 0;
  }

  @Override
  public String toString() {
    return id + " (" + String.join(", ", operators) + "): " + condition + ": " + effect;
  }
}
