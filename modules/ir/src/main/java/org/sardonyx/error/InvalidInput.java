package org.sardonyx.error;

import org.jspecify.annotations.Nullable;

/** The tensors that the caller gave do not fit the model. */
public final class InvalidInput extends ModelException {

  private static final long serialVersionUID = 1L;

  public InvalidInput(String what) {
    this(what, null);
  }

  public InvalidInput(String what, @Nullable Throwable cause) {
    super(what, cause);
  }
}
