package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads from the name of an input or output what it carries and whether it is the old or the new
 * value of that.
 *
 * <p>Names fall into words at what is no letter or digit, at digits, and at capitals: {@code
 * stateN} is state, n. Words that mark the side are taken away; what is left is the stem. A pair
 * belongs together where stems are equal.
 */
final class StateNames {

  /** Words for the old value; true of an input whatever else it is called. */
  private static final Set<String> OLD =
      Set.of("past", "prev", "previous", "init", "initial", "old", "last");

  /** Words for the new value. */
  private static final Set<String> NEW =
      Set.of("present", "next", "new", "final", "updated", "cur", "current");

  /** Words for the side alone: audio_in and audio_out are no state. */
  private static final Set<String> IN = Set.of("in", "input", "i");

  private static final Set<String> OUT = Set.of("out", "output", "o");

  /** Words for what is kept from step to step. */
  private static final Set<String> KEPT =
      Set.of(
          "h", "c", "hx", "cx", "hidden", "cell", "state", "states", "cache", "caches", "cached",
          "mem", "mems", "memory", "buffer", "buf", "rnn", "lstm", "gru", "key", "value", "keys",
          "values", "kv", "ctx", "context", "hiddens", "cells", "hs", "cs", "rstate", "hc");

  /** Words for what grows from step to step. */
  private static final Set<String> CACHE =
      Set.of(
          "present", "key", "value", "keys", "values", "kv", "cache", "caches", "cached", "k", "v");

  private final Set<String> stems = new HashSet<>();
  private boolean strong;
  private boolean kept;

  private StateNames() {}

  static StateNames input(String name) {
    StateNames names = new StateNames();
    List<String> words = words(name);
    names.strong = words.stream().anyMatch(OLD::contains);
    List<String> rest = without(words, OLD, IN);
    names.stem(rest);
    // h0 goes with hn: the number of a first value, unless it is a place in a list.
    if (rest.size() > 1 && rest.getLast().equals("0") && name.endsWith("0")) {
      names.stem(rest.subList(0, rest.size() - 1));
    }
    return names;
  }

  static StateNames output(String name) {
    StateNames names = new StateNames();
    List<String> words = words(name);
    names.strong = words.stream().anyMatch(NEW::contains);
    List<String> rest = without(words, NEW, OUT);
    names.stem(rest);
    if (rest.size() > 1 && Set.of("n", "y").contains(rest.getLast())) {
      names.stem(rest.subList(0, rest.size() - 1));
    }
    // Y_h and Y_c are the outputs of the specification's LSTM whose inputs are initial_h and
    // initial_c.
    if (rest.size() == 2 && rest.getFirst().equals("y")) {
      names.stem(rest.subList(1, 2));
    }
    String last = rest.isEmpty() ? "" : rest.getLast();
    if (last.length() > 1 && last.endsWith("n")) {
      List<String> shorter = new ArrayList<>(rest);
      shorter.set(rest.size() - 1, last.substring(0, last.length() - 1));
      names.stem(shorter);
    }
    return names;
  }

  /** Whether an output is called as caches of keys and values are. */
  static boolean isCache(String output) {
    return words(output).stream().anyMatch(CACHE::contains);
  }

  boolean belongsTo(StateNames other) {
    Set<String> common = new HashSet<>(stems);
    common.retainAll(other.stems);
    return !common.isEmpty() && (kept || other.kept || (strong && other.strong));
  }

  private void stem(List<String> words) {
    List<String> rest = new ArrayList<>(words);
    // past_key_values.0.key goes with present.0.key.
    if (rest.size() > 2 && rest.get(0).equals("key") && rest.get(1).equals("values")) {
      rest = rest.subList(2, rest.size());
    }
    kept |= rest.stream().anyMatch(KEPT::contains);
    if (!rest.isEmpty() || strong) {
      stems.add(String.join(" ", rest));
    }
  }

  private static List<String> without(List<String> words, Set<String> a, Set<String> b) {
    List<String> rest = new ArrayList<>(words);
    rest.removeIf(word -> a.contains(word) || b.contains(word));
    return rest;
  }

  private static List<String> words(String name) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    char before = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean begins =
          !Character.isLetterOrDigit(c)
              || Character.isDigit(c) != Character.isDigit(before)
              || (Character.isUpperCase(c) && Character.isLowerCase(before));
      if (begins && !word.isEmpty()) {
        words.add(word.toString().toLowerCase(Locale.ROOT));
        word.setLength(0);
      }
      if (Character.isLetterOrDigit(c)) {
        word.append(c);
      }
      before = c;
    }
    if (!word.isEmpty()) {
      words.add(word.toString().toLowerCase(Locale.ROOT));
    }
    return words;
  }
}
