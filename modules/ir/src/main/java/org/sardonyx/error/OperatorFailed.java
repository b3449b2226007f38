package org.sardonyx.error;

import org.jspecify.annotations.Nullable;

/** The data made an operator fail while the model ran. */
public final class OperatorFailed extends ModelException {

  private static final long serialVersionUID = 1L;

  public OperatorFailed(String what) {
    this(what, null);
  }

  public OperatorFailed(String what, @Nullable Throwable cause) {
    super(what, cause);
  }
}
