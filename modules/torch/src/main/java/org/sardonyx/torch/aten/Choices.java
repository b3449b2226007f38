package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a program does not say and its use shows: ranks and types of inputs, whether a size is one.
 * The likeliest is tried first. Where that cannot be, one choice at a time is made otherwise, of
 * the choices that got furthest, the last first.
 */
public final class Choices {

  private static final int MOST_TRIES = 400;

  /** That what is unlikely is so nevertheless: tried where nothing else helps. */
  private static final String UNLIKELY = "unlikely";

  /** What there is to choose from, and what was chosen. */
  private record Choice(List<Object> options, Object value) {}

  /**
   * Choices to be tried.
   *
   * @param wanted those that are not the likeliest
   * @param progress how far the choices got that these differ from in one
   * @param number of those that are as good, the first is tried first
   */
  private record Trial(Map<String, Object> wanted, long progress, int number) {}

  /** Thrown where a new choice was made, and what was built before must be built anew. */
  public static final class Again extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Again() {
      super("again", null, false, false);
    }
  }

  private final Map<String, Object> fixed = new HashMap<>();
  private final Map<String, Choice> made = new LinkedHashMap<>();
  private final Set<String> kept = new LinkedHashSet<>();
  private final Set<Map<String, Object>> seen = new HashSet<>();
  private final PriorityQueue<Trial> trials =
      new PriorityQueue<>(
          Comparator.comparingLong(Trial::progress).reversed().thenComparingInt(Trial::number));
  private Map<String, Object> wanted = Map.of();
  private int tries;
  private int numbered;

  /** Fixes a choice before the first try. */
  public void fix(String key, Object value) {
    fixed.put(key, value);
  }

  /** Returns the names of the tensors that are state of the program. */
  public Set<String> kept() {
    return java.util.Collections.unmodifiableSet(kept);
  }

  /** Notes that a tensor is state; where that is new, all is built anew. */
  public void keep(String name) {
    if (kept.add(name)) {
      throw new Again();
    }
  }

  boolean isMade(String key) {
    return chosen(key) != null;
  }

  /** Returns the option that is tried; the first where nothing speaks for another. */
  Object choose(String key, List<?> options) {
    Object before = chosen(key);
    if (before != null) {
      return before;
    }
    Object other = wanted.get(key);
    Object value = other != null && options.contains(other) ? other : options.getFirst();
    made.put(key, new Choice(List.copyOf(options), value));
    return value;
  }

  /** Says no to what is unlikely, until nothing else helps. */
  void unlikely(String what) {
    if (!choose(what, List.of("no", UNLIKELY)).equals(UNLIKELY)) {
      throw new Emit.Mismatch(what);
    }
  }

  /** Chooses the first of other options, where the first of these was chosen for no reason. */
  boolean reorder(String key, List<?> from, List<?> to) {
    Choice choice = made.get(key);
    boolean free = choice != null && choice.options.equals(from) && !wanted.containsKey(key);
    if (free && !from.equals(to)) {
      made.put(key, new Choice(List.copyOf(to), to.getFirst()));
      return true;
    }
    return false;
  }

  /** Returns what was chosen; null where nothing was. */
  public @Nullable Object chosen(String key) {
    Object value = fixed.get(key);
    if (value != null) {
      return value;
    }
    Choice choice = made.get(key);
    return choice == null ? null : choice.value;
  }

  /**
   * Goes to other choices.
   *
   * @param progress how far these got
   * @return whether there are any
   */
  public boolean next(long progress) {
    seen.add(wanted);
    List<String> keys = new ArrayList<>(made.keySet()).reversed();
    // A type is known by what is done with it more often than a rank.
    keys.sort(Comparator.comparing(key -> key.startsWith("type ")));
    for (String key : keys) {
      Choice choice = java.util.Objects.requireNonNull(made.get(key));
      for (Object option : choice.options) {
        Map<String, Object> others = new HashMap<>(wanted);
        others.put(key, option);
        if (!option.equals(choice.value) && seen.add(others)) {
          long worth = option == UNLIKELY ? progress - 1 : progress;
          trials.add(new Trial(others, worth, numbered++));
        }
      }
    }
    Trial trial = trials.poll();
    if (trial == null || ++tries > MOST_TRIES) {
      return false;
    }
    wanted = trial.wanted;
    made.clear();
    return true;
  }
}
