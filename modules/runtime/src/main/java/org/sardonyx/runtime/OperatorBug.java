package org.sardonyx.runtime;

import org.sardonyx.error.Location;

/** An operator failed in a way that is not the model's fault but ours; names the node. */
final class OperatorBug extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  private transient Location location = Location.NOWHERE;

  OperatorBug(String message) {
    super(message);
  }

  OperatorBug(RuntimeException cause) {
    super(cause.toString(), cause);
  }

  OperatorBug within(String outer) {
    location = location.within(outer);
    return this;
  }

  @Override
  public String getMessage() {
    return location + ": this is a defect of the operator: " + super.getMessage();
  }
}
