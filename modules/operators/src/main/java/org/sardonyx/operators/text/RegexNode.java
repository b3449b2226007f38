package org.sardonyx.operators.text;

import java.util.List;
import java.util.function.IntPredicate;

/** A part of a regular expression. */
sealed interface RegexNode {

  /** One character of a set. */
  record Characters(IntPredicate set) implements RegexNode {}

  /** Nothing, at a place where something holds. */
  record Between(Assertion assertion) implements RegexNode {}

  /** Parts one after another; none for the empty string. */
  record Sequence(List<RegexNode> parts) implements RegexNode {}

  /** One of some parts. */
  record Choice(List<RegexNode> parts) implements RegexNode {}

  /** A part from min to max times; -1 for any number from min on. */
  record Repeat(RegexNode part, int min, int max) implements RegexNode {}

  /** What may hold between two characters. */
  enum Assertion {
    BEGIN_TEXT,
    END_TEXT,
    BEGIN_LINE,
    END_LINE,
    WORD_BOUNDARY,
    NO_WORD_BOUNDARY;

    boolean holds(String text, int at) {
      return switch (this) {
        case BEGIN_TEXT -> at == 0;
        case END_TEXT -> at == text.length();
        case BEGIN_LINE -> at == 0 || text.charAt(at - 1) == '\n';
        case END_LINE -> at == text.length() || text.charAt(at) == '\n';
        case WORD_BOUNDARY -> isWord(text, at - 1) != isWord(text, at);
        case NO_WORD_BOUNDARY -> isWord(text, at - 1) == isWord(text, at);
      };
    }

    private static boolean isWord(String text, int at) {
      return at >= 0 && at < text.length() && RegexSets.WORD.test(text.charAt(at));
    }
  }
}
