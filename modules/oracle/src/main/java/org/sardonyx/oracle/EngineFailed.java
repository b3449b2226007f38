package org.sardonyx.oracle;

import org.jspecify.annotations.Nullable;

/** An engine did not give a result. What it said is evidence, not a fault of ours. */
public final class EngineFailed extends Exception {

  private static final long serialVersionUID = 1L;

  /** What became of the engine. */
  public enum Kind {
    /** It is not installed, or does not start. */
    MISSING,
    /** It does not take this model, or values of this type. */
    REFUSED,
    /** It took the model, and the run ended in an error. */
    FAILED,
    /** Its process died. */
    CRASHED,
    /** It gave no answer in time and was ended. */
    TIMED_OUT
  }

  private final Kind kind;

  public EngineFailed(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** Makes one with what was thrown inside the engine, where that is known. */
  public EngineFailed(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether nothing is known about the model, because the engine itself is absent or died. */
  public boolean isEngineLost() {
    return kind != Kind.REFUSED && kind != Kind.FAILED;
  }
}
