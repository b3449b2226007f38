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
    double limit) {

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

  @Override
  public String toString() {
    return id + " (" + String.join(", ", operators) + "): " + condition + ": " + effect;
  }
}
