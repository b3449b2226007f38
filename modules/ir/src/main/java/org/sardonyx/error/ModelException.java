package org.sardonyx.error;

import org.jspecify.annotations.Nullable;

/**
 * Whatever a model, its bytes or its inputs can do wrong. The subclass says whose fault it is; the
 * message says where, what, and what to do, and never repeats the user's data.
 */
public abstract sealed class ModelException extends RuntimeException
    permits MalformedModel,
        InvalidModel,
        UnsupportedModel,
        InvalidInput,
        OperatorFailed,
        LimitExceeded {

  private static final long serialVersionUID = 1L;

  private transient Location location = Location.NOWHERE;
  private final String what;

  ModelException(String what, @Nullable Throwable cause) {
    super(what, cause);
    this.what = what;
  }

  /**
   * Notes that the problem lies within {@code outer}; called on the way out, innermost step first.
   *
   * @return this
   */
  public final ModelException within(String outer) {
    location = location.within(outer);
    return this;
  }

  /** Returns where the problem lies. */
  public final Location location() {
    return location;
  }

  /** Returns the message without the location. */
  public final String what() {
    return what;
  }

  @Override
  public final String getMessage() {
    return location.path().isEmpty() ? what : location + ": " + what;
  }
}
