package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a program does not say and its use shows: ranks and types of inputs, whether a size is one.
 * The likeliest is tried first; what then cannot be, is taken back, last first.
 */
public final class Choices {

  private static final int MOST_TRIES = 400;

  /** A choice and which of its options is tried. */
  private static final class Choice {
    private final String key;
    private final List<Object> options;
    private int index;

    Choice(String key, List<Object> options) {
      this.key = key;
      this.options = options;
    }
  }

  /** Thrown where a new choice was made, and what was built before must be built anew. */
  public static final class Again extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Again() {
      super("again", null, false, false);
    }
  }

  private final List<Choice> made = new ArrayList<>();
  private final Map<String, Choice> byKey = new HashMap<>();
  private int tries;

  /** Fixes a choice before the first try. */
  public void fix(String key, Object value) {
    byKey.put(key, new Choice(key, List.of(value)));
  }

  private final java.util.Set<String> kept = new java.util.LinkedHashSet<>();

  /** Returns the names of the tensors that are state of the program. */
  public java.util.Set<String> kept() {
    return java.util.Collections.unmodifiableSet(kept);
  }

  /** Notes that a tensor is state; where that is new, all is built anew. */
  public void keep(String name) {
    if (kept.add(name)) {
      throw new Again();
    }
  }

  boolean isMade(String key) {
    return byKey.containsKey(key);
  }

  /** Returns the option that is tried; a choice that is new begins with the first. */
  Object choose(String key, List<?> options) {
    Choice choice = byKey.get(key);
    if (choice == null) {
      choice = new Choice(key, List.copyOf(options));
      byKey.put(key, choice);
      made.add(choice);
    }
    return choice.options.get(choice.index);
  }

  /** Returns what was chosen; null where nothing was. */
  public @org.jspecify.annotations.Nullable Object chosen(String key) {
    Choice choice = byKey.get(key);
    return choice == null ? null : choice.options.get(choice.index);
  }

  /** Goes to the next options, and returns whether there are any. */
  public boolean next() {
    if (++tries > MOST_TRIES) {
      return false;
    }
    while (!made.isEmpty()) {
      Choice last = made.getLast();
      if (last.index + 1 < last.options.size()) {
        last.index++;
        return true;
      }
      byKey.remove(last.key);
      made.removeLast();
    }
    return false;
  }
}
