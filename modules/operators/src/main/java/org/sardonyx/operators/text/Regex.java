package org.sardonyx.operators.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;

/**
 * A regular expression as a machine that is in many states at once: every character of the input is
 * looked at one time. R. Cox, "Regular Expression Matching: the Virtual Machine Approach".
 */
public final class Regex {

  /** What following one state past one character costs, in elements as others compute them. */
  private static final long STEP = 8;

  /** A bound that keeps nested repetitions from growing without end. */
  private static final int LARGEST_PROGRAM = 100_000;

  /** What a place of the program does. */
  private enum Op {
    /** Goes on if the next character is in a set. */
    CHARACTER,
    /** Goes on at two places. */
    SPLIT,
    /** Goes on at one place. */
    JUMP,
    /** Goes on if something holds between two characters. */
    ASSERT,
    MATCH
  }

  private record Step(
      Op op, int x, int y, @Nullable IntPredicate set, RegexNode.@Nullable Assertion assertion) {}

  private final List<Step> program = new ArrayList<>();

  private Regex() {}

  /**
   * Makes the machine.
   *
   * @throws org.sardonyx.error.InvalidModel where the expression is not one of RE2
   */
  public static Regex compile(String pattern) {
    Regex regex = new Regex();
    regex.emit(new RegexParser(pattern).parse());
    regex.add(Op.MATCH, null, null);
    return regex;
  }

  private int add(Op op, @Nullable IntPredicate set, RegexNode.@Nullable Assertion assertion) {
    if (program.size() >= LARGEST_PROGRAM) {
      throw new LimitExceeded(
          "regex", "a regular expression of more than " + LARGEST_PROGRAM + " steps");
    }
    int next = program.size() + 1;
    program.add(new Step(op, next, next, set, assertion));
    return next - 1;
  }

  /** Sets where a split or jump goes on. */
  private void aim(int at, int x, int y) {
    Step step = program.get(at);
    program.set(at, new Step(step.op(), x, y, step.set(), step.assertion()));
  }

  private void emit(RegexNode node) {
    switch (node) {
      case RegexNode.Characters(IntPredicate set) -> add(Op.CHARACTER, set, null);
      case RegexNode.Between(RegexNode.Assertion assertion) -> add(Op.ASSERT, null, assertion);
      case RegexNode.Sequence(List<RegexNode> parts) -> parts.forEach(this::emit);
      case RegexNode.Choice(List<RegexNode> parts) -> choice(parts);
      case RegexNode.Repeat(RegexNode part, int min, int max) -> repeat(part, min, max);
    }
  }

  private void choice(List<RegexNode> parts) {
    List<Integer> jumps = new ArrayList<>();
    for (int i = 0; i < parts.size() - 1; i++) {
      int split = add(Op.SPLIT, null, null);
      emit(parts.get(i));
      jumps.add(add(Op.JUMP, null, null));
      aim(split, split + 1, program.size());
    }
    emit(parts.getLast());
    for (int jump : jumps) {
      aim(jump, program.size(), program.size());
    }
  }

  private void repeat(RegexNode part, int min, int max) {
    for (int i = 0; i < min; i++) {
      emit(part);
    }
    if (max < 0) {
      int split = add(Op.SPLIT, null, null);
      emit(part);
      int jump = add(Op.JUMP, null, null);
      aim(jump, split, split);
      aim(split, split + 1, program.size());
      return;
    }
    List<Integer> splits = new ArrayList<>();
    for (int i = min; i < max; i++) {
      splits.add(add(Op.SPLIT, null, null));
      emit(part);
    }
    for (int split : splits) {
      aim(split, split + 1, program.size());
    }
  }

  /** Whether the text as a whole matches; as for {@link #longest}. */
  boolean matches(String text, LongConsumer meanwhile) {
    return longest(text, 0, meanwhile) == text.length();
  }

  /**
   * Returns where the longest match that begins at {@code from} ends, or -1 where there is none.
   *
   * @param meanwhile is told how many steps were taken, as they are; what it throws ends this
   */
  public int longest(String text, int from, LongConsumer meanwhile) {
    int[] now = new int[program.size()];
    int[] next = new int[program.size()];
    int[] seen = new int[program.size()];
    int[] stack = new int[2 * program.size() + 2];
    int round = 1;
    int count = follow(0, text, from, round, now, 0, seen, stack);
    int end = hasMatch(now, count) ? from : -1;
    for (int at = from; at < text.length() && count > 0; ) {
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      round++;
      int reached = 0;
      meanwhile.accept(STEP * (1L + count));
      for (int i = 0; i < count; i++) {
        Step step = program.get(now[i]);
        if (step.set() != null && step.set().test(c)) {
          reached = follow(step.x(), text, at, round, next, reached, seen, stack);
        }
      }
      int[] swapped = now;
      now = next;
      next = swapped;
      count = reached;
      if (hasMatch(now, count)) {
        end = at;
      }
    }
    return end;
  }

  private boolean hasMatch(int[] places, int count) {
    for (int i = 0; i < count; i++) {
      if (program.get(places[i]).op() == Op.MATCH) {
        return true;
      }
    }
    return false;
  }

  /** Adds the places that are reached from one without a character; returns how many there are. */
  private int follow(
      int from, String text, int at, int round, int[] places, int count, int[] seen, int[] stack) {
    int top = 0;
    stack[top++] = from;
    int found = count;
    while (top > 0) {
      int place = stack[--top];
      if (seen[place] == round) {
        continue;
      }
      seen[place] = round;
      Step step = program.get(place);
      switch (step.op()) {
        case CHARACTER, MATCH -> places[found++] = place;
        case JUMP -> stack[top++] = step.x();
        case SPLIT -> {
          stack[top++] = step.y();
          stack[top++] = step.x();
        }
        case ASSERT -> {
          if (step.assertion() != null && step.assertion().holds(text, at)) {
            stack[top++] = step.x();
          }
        }
      }
    }
    return found;
  }
}
