package org.sardonyx.error;

/** A budget was reached: bytes, elements, depth, trips or time; the location says by which node. */
public final class LimitExceeded extends ModelException {

  private static final long serialVersionUID = 1L;

  private final String limit;
  private final long most;

  /**
   * @param limit the name of a limit that nobody can move
   * @param what what reached it, and its value
   */
  public LimitExceeded(String limit, String what) {
    super("limit " + limit + ": " + what, null);
    this.limit = limit;
    this.most = -1;
  }

  /**
   * @param limit the name of the limit
   * @param most its value
   * @param what what reached it
   */
  public LimitExceeded(String limit, long most, String what) {
    super("limit " + limit + " = " + most + ": " + what, null);
    this.limit = limit;
    this.most = most;
  }

  /** Returns what says that the memory of the process has ended. */
  public static LimitExceeded heap() {
    return new LimitExceeded("heap", "the memory of the process is used up");
  }

  /** Returns the name of the limit. */
  public String limit() {
    return limit;
  }

  /** Returns the most there may be; -1 where only the message says it. */
  public long most() {
    return most;
  }
}
