package org.sardonyx.error;

/** A budget was reached: bytes, elements, depth, trips or time. */
public final class LimitExceeded extends ModelException {

  private static final long serialVersionUID = 1L;

  private final String limit;

  /**
   * @param limit the name of the limit
   * @param what what reached it, and its value
   */
  public LimitExceeded(String limit, String what) {
    super("limit " + limit + ": " + what, null);
    this.limit = limit;
  }

  /** Returns the name of the limit. */
  public String limit() {
    return limit;
  }
}
