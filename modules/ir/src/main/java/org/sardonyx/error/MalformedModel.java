package org.sardonyx.error;

import org.jspecify.annotations.Nullable;

/** The bytes are no ONNX model, tensor or data file. */
public final class MalformedModel extends ModelException {

  private static final long serialVersionUID = 1L;

  public MalformedModel(String what) {
    this(what, null);
  }

  public MalformedModel(String what, @Nullable Throwable cause) {
    super(what, cause);
  }
}
