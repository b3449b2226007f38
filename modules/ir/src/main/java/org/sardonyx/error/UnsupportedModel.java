package org.sardonyx.error;

import org.jspecify.annotations.Nullable;

/** A valid model that needs what is not implemented: an operator, version, attribute or type. */
public final class UnsupportedModel extends ModelException {

  private static final long serialVersionUID = 1L;

  public UnsupportedModel(String what) {
    this(what, null);
  }

  public UnsupportedModel(String what, @Nullable Throwable cause) {
    super(what, cause);
  }
}
