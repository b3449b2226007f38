package org.sardonyx.error;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How much of everything a model may use before it is stopped with {@link LimitExceeded}: one
 * number for each {@link Limit}. Immutable.
 */
public final class Limits {

  private final Map<Limit, Long> most;

  private Limits(Map<Limit, Long> most) {
    this.most = most;
  }

  /** Returns what no honest model is known to need more of. */
  public static Limits standard() {
    Map<Limit, Long> all = new EnumMap<>(Limit.class);
    for (Limit limit : Limit.values()) {
      all.put(limit, limit.standard());
    }
    return new Limits(all);
  }

  /** Returns narrower ones, with a minute for a run: for models of strangers, in a server. */
  public static Limits untrusted() {
    Map<Limit, Long> all = new EnumMap<>(Limit.class);
    for (Limit limit : Limit.values()) {
      all.put(limit, limit.untrusted());
    }
    return new Limits(all);
  }

  /** Returns the most that the format and this library can do. */
  public static Limits greatest() {
    Map<Limit, Long> all = new EnumMap<>(Limit.class);
    for (Limit limit : Limit.values()) {
      all.put(limit, limit.greatest());
    }
    return new Limits(all);
  }

  /** Returns the most there may be. */
  public long most(Limit limit) {
    return Objects.requireNonNull(most.get(limit));
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
    Map<Limit, Long> all = new EnumMap<>(most);
    all.put(limit, newMost);
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
    return other instanceof Limits limits && most.equals(limits.most);
  }

  @Override
  public int hashCode() {
    return most.hashCode();
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
