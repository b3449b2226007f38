package org.sardonyx.error;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How much of everything a model may use before it is stopped with {@link LimitExceeded}: one
 * number for each {@link Limit}. Immutable.
 */
public final class Limits {

  /** By limit. */
  private final long[] most;

  private Limits(long[] most) {
    this.most = most;
  }

  /** Returns what no honest model is known to need more of. */
  public static Limits standard() {
    long[] all = new long[Limit.values().length];
    for (Limit limit : Limit.values()) {
      all[limit.ordinal()] = limit.standard();
    }
    return new Limits(all);
  }

  /** Returns narrower ones, with a minute for a run: for models of strangers, in a server. */
  public static Limits untrusted() {
    long[] all = new long[Limit.values().length];
    for (Limit limit : Limit.values()) {
      all[limit.ordinal()] = limit.untrusted();
    }
    return new Limits(all);
  }

  /** Returns the most that the format and this library can do. */
  public static Limits greatest() {
    long[] all = new long[Limit.values().length];
    for (Limit limit : Limit.values()) {
      all[limit.ordinal()] = limit.greatest();
    }
    return new Limits(all);
  }

  /** Returns the most there may be. */
  public long most(Limit limit) {
    return most[limit.ordinal()];
  }

  /**
   * Returns these with another number.
   *
   * @throws IllegalArgumentException where it is negative, or more than the format allows
   */
  public Limits with(Limit limit, long newMost) {
    if (newMost < 0 || newMost > limit.greatest()) {
      throw new IllegalArgumentException(
          limit.label() + " is from 0 to " + limit.greatest() + ", not " + newMost);
    }
    long[] all = most.clone();
    all[limit.ordinal()] = newMost;
    return new Limits(all);
  }

  /**
   * Refuses more than there may be.
   *
   * @param used how much there is, or would be
   * @param what what is counted, for the message
   * @throws LimitExceeded where that is more
   */
  public void check(Limit limit, long used, String what) {
    if (used > most(limit)) {
      throw exceeded(limit, what + ", " + used);
    }
  }

  /** Returns the error that says that a limit was reached. */
  public LimitExceeded exceeded(Limit limit, String what) {
    return new LimitExceeded(limit.label(), most(limit), what);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Limits limits && Arrays.equals(most, limits.most);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(most);
  }

  /** Returns every limit with its number, one a line. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Limit limit : Limit.values()) {
      text.append(limit.label()).append(' ').append(most(limit)).append('\n');
    }
    return text.toString();
  }
}
