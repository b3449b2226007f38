package org.sardonyx.conformance.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * The decisions of a recipe, each with a name: drawn so that what was not seen yet comes first,
 * remembered, and given again when a case is repeated or made smaller. Choice 0 is the simplest.
 */
final class Choices {

  /**
   * A decision.
   *
   * @param name what was decided
   * @param index which way
   * @param text the way in words
   */
  record Choice(String name, int index, String text) {
    /** The cell of the coverage table that the decision stands for. */
    String cell() {
      return name + "=" + text;
    }
  }

  private final Random random;
  private final Map<String, Integer> given;
  private final boolean replay;
  private final Predicate<String> seen;
  private final Map<String, Choice> made = new LinkedHashMap<>();

  private Choices(
      Random random, Map<String, Integer> given, boolean replay, Predicate<String> seen) {
    this.random = random;
    this.given = given;
    this.replay = replay;
    this.seen = seen;
  }

  /**
   * Draws.
   *
   * @param forced decisions that are taken already
   * @param seen says of a cell whether a case has it
   */
  static Choices drawn(Random random, Map<String, Integer> forced, Predicate<String> seen) {
    return new Choices(random, forced, false, seen);
  }

  /** Decides as given, and the simplest way where nothing is given. */
  static Choices repeated(Map<String, Integer> given) {
    return new Choices(new Random(0), given, true, cell -> true);
  }

  /** Decides between {@code count} ways. */
  int pick(String name, int count, IntFunction<String> text) {
    String unique = name;
    for (int i = 2; made.containsKey(unique); i++) {
      unique = name + "#" + i;
    }
    int index;
    if (given.containsKey(unique) || replay) {
      index = Math.min(given.getOrDefault(unique, 0), count - 1);
    } else {
      List<Integer> fresh = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        if (!seen.test(new Choice(unique, i, text.apply(i)).cell())) {
          fresh.add(i);
        }
      }
      index = fresh.isEmpty() ? random.nextInt(count) : fresh.get(random.nextInt(fresh.size()));
    }
    made.put(unique, new Choice(unique, index, text.apply(index)));
    return index;
  }

  /** Returns what was decided, in order. */
  List<Choice> made() {
    return List.copyOf(made.values());
  }

  /** Returns what was decided, to be given again. */
  Map<String, Integer> indices() {
    Map<String, Integer> indices = new LinkedHashMap<>();
    made.values().forEach(choice -> indices.put(choice.name(), choice.index()));
    return indices;
  }
}
