package org.sardonyx.onnx;

/** Says that there is something that {@link PlainReader} does not read. */
final class NotPlain extends RuntimeException {

  private static final long serialVersionUID = 1;

  NotPlain() {
    super(null, null, false, false);
  }
}
