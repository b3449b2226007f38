package org.sardonyx.operators.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;

/** Reads a regular expression of RE2's syntax, {@code github.com/google/re2/wiki/Syntax}. */
final class RegexParser {

  private static final int MOST_REPEATS = 1000;
  private static final int DEEPEST = 500;

  private final String pattern;
  private int at;
  private int depth;
  private boolean anyCase;
  private boolean lines;
  private boolean dotIsAll;

  RegexParser(String pattern) {
    this.pattern = pattern;
  }

  RegexNode parse() {
    RegexNode node = choice();
    if (at < pattern.length()) {
      throw invalid("an unexpected )");
    }
    return node;
  }

  private InvalidModel invalid(String what) {
    return new InvalidModel("attribute \"pattern\": " + what + " at character " + at);
  }

  private boolean take(String text) {
    boolean found = pattern.startsWith(text, at);
    at += found ? text.length() : 0;
    return found;
  }

  private int next() {
    if (at >= pattern.length()) {
      throw invalid("the expression ends too early");
    }
    int c = pattern.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }

  private RegexNode choice() {
    if (++depth > DEEPEST) {
      throw invalid("groups nested too deeply");
    }
    List<RegexNode> parts = new ArrayList<>();
    do {
      parts.add(sequence());
    } while (take("|"));
    depth--;
    return parts.size() == 1 ? parts.getFirst() : new RegexNode.Choice(parts);
  }

  private RegexNode sequence() {
    List<RegexNode> parts = new ArrayList<>();
    while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
      if (take("\\Q")) {
        while (at < pattern.length() && !take("\\E")) {
          parts.add(characters(same(next())));
        }
        continue;
      }
      parts.add(repeated(atom()));
    }
    return parts.size() == 1 ? parts.getFirst() : new RegexNode.Sequence(parts);
  }

  private RegexNode repeated(RegexNode atom) {
    int min;
    int max = -1;
    int before = at;
    if (take("*")) {
      min = 0;
    } else if (take("+")) {
      min = 1;
    } else if (take("?")) {
      min = 0;
      max = 1;
    } else if (take("{")) {
      min = number();
      max = take(",") ? (pattern.startsWith("}", at) ? -1 : number()) : min;
      boolean unbounded = pattern.charAt(at - 1) == ',';
      if (min < 0 || (max < 0 && !unbounded) || !take("}")) {
        // No repetition after all: the brace is a character.
        at = before;
        return atom;
      }
      if (min > MOST_REPEATS || max > MOST_REPEATS || (max >= 0 && max < min)) {
        throw invalid("a bad repetition");
      }
    } else {
      return atom;
    }
    // Which of several matches is found does not matter here.
    take("?");
    if (at < pattern.length() && "*+?".indexOf(pattern.charAt(at)) >= 0) {
      throw invalid("a repetition of a repetition");
    }
    return new RegexNode.Repeat(atom, min, max);
  }

  /** Returns a decimal number, or -1 where there is none. */
  private int number() {
    int start = at;
    int value = 0;
    while (at < pattern.length() && RegexSets.DIGIT.test(pattern.charAt(at))) {
      value = Math.min(MOST_REPEATS + 1, value * 10 + pattern.charAt(at) - '0');
      at++;
    }
    return at == start ? -1 : value;
  }

  private RegexNode atom() {
    int c = next();
    return switch (c) {
      case '(' -> group();
      case '[' -> characters(set());
      case '.' -> new RegexNode.Characters(dotIsAll ? _ -> true : character -> character != '\n');
      case '^' ->
          new RegexNode.Between(
              lines ? RegexNode.Assertion.BEGIN_LINE : RegexNode.Assertion.BEGIN_TEXT);
      case '$' ->
          new RegexNode.Between(
              lines ? RegexNode.Assertion.END_LINE : RegexNode.Assertion.END_TEXT);
      case '*', '+', '?' -> throw invalid("nothing to repeat");
      case '\\' -> escape();
      default -> characters(same(c));
    };
  }

  private RegexNode group() {
    boolean wasAnyCase = anyCase;
    boolean wasLines = lines;
    boolean wasDotIsAll = dotIsAll;
    if (take("?")) {
      if (take("P<") || take("<")) {
        if (at < pattern.length() && "=!".indexOf(pattern.charAt(at)) >= 0) {
          throw invalid("a look behind");
        }
        int end = pattern.indexOf('>', at);
        if (end <= at) {
          throw invalid("a bad name of a group");
        }
        at = end + 1;
      } else if (!flags()) {
        // The flags hold for the rest of the group around.
        return new RegexNode.Sequence(List.of());
      }
    }
    RegexNode node = choice();
    if (!take(")")) {
      throw invalid("a ) is missing");
    }
    anyCase = wasAnyCase;
    lines = wasLines;
    dotIsAll = wasDotIsAll;
    return node;
  }

  /** Reads flags; returns whether a group follows, else the group has ended. */
  private boolean flags() {
    boolean value = true;
    while (true) {
      switch (next()) {
        case 'i' -> anyCase = value;
        case 'm' -> lines = value;
        case 's' -> dotIsAll = value;
        case 'U' -> {
          // Greed does not matter here.
        }
        case '-' -> value = false;
        case ':' -> {
          return true;
        }
        case ')' -> {
          return false;
        }
        default -> throw invalid("an unknown flag");
      }
    }
  }

  private RegexNode escape() {
    int c = next();
    return switch (c) {
      case 'A' -> new RegexNode.Between(RegexNode.Assertion.BEGIN_TEXT);
      case 'z' -> new RegexNode.Between(RegexNode.Assertion.END_TEXT);
      case 'b' -> new RegexNode.Between(RegexNode.Assertion.WORD_BOUNDARY);
      case 'B' -> new RegexNode.Between(RegexNode.Assertion.NO_WORD_BOUNDARY);
      default -> {
        IntPredicate named = named(c);
        yield characters(named != null ? named : same(escaped(c)));
      }
    };
  }

  private RegexNode characters(IntPredicate set) {
    return new RegexNode.Characters(anyCase ? RegexSets.anyCase(set) : set);
  }

  private static IntPredicate same(int c) {
    return character -> character == c;
  }

  /** Returns the set that an escape stands for, or null where it stands for one character. */
  private @Nullable IntPredicate named(int c) {
    return switch (c) {
      case 'd' -> RegexSets.DIGIT;
      case 'D' -> RegexSets.DIGIT.negate();
      case 's' -> RegexSets.SPACE;
      case 'S' -> RegexSets.SPACE.negate();
      case 'w' -> RegexSets.WORD;
      case 'W' -> RegexSets.WORD.negate();
      case 'p', 'P' -> {
        String name;
        if (take("{")) {
          int end = pattern.indexOf('}', at);
          if (end < 0) {
            throw invalid("a } is missing");
          }
          name = pattern.substring(at, end);
          at = end + 1;
        } else {
          name = Character.toString(next());
        }
        boolean not = name.startsWith("^");
        IntPredicate set = RegexSets.unicode(not ? name.substring(1) : name);
        if (set == null) {
          throw invalid("an unknown class of characters");
        }
        yield not == (c == 'p') ? set.negate() : set;
      }
      default -> null;
    };
  }

  /** Returns the one character that an escape stands for. */
  private int escaped(int c) {
    return switch (c) {
      case 'a' -> 7;
      case 'f' -> '\f';
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 'v' -> 11;
      case 'x' -> hexadecimal();
      default -> octalOrItself(c);
    };
  }

  private int octalOrItself(int c) {
    if (c == '0' || (c >= '1' && c <= '7' && octal(at) && octal(at + 1))) {
      int value = c - '0';
      for (int i = 0; i < 2 && octal(at); i++) {
        value = value * 8 + pattern.charAt(at++) - '0';
      }
      return value;
    }
    if (c >= 128 || Character.isLetterOrDigit(c)) {
      throw invalid("an unknown escape");
    }
    return c;
  }

  private boolean octal(int place) {
    return place < pattern.length() && pattern.charAt(place) >= '0' && pattern.charAt(place) <= '7';
  }

  private int hexadecimal() {
    boolean braces = take("{");
    int end = braces ? pattern.indexOf('}', at) : at + 2;
    try {
      if (end > pattern.length() || end <= at || end > at + 6) {
        throw invalid("a bad number of a character");
      }
      int value = Integer.parseInt(pattern, at, end, 16);
      at = braces ? end + 1 : end;
      return value;
    } catch (NumberFormatException e) {
      throw invalid("a bad number of a character");
    }
  }

  private IntPredicate set() {
    boolean not = take("^");
    List<IntPredicate> parts = new ArrayList<>();
    boolean first = true;
    while (first || !take("]")) {
      first = false;
      if (take("[:")) {
        boolean notThis = take("^");
        int end = pattern.indexOf(":]", at);
        IntPredicate set = end < 0 ? null : RegexSets.posix(pattern.substring(at, end));
        if (set == null) {
          throw invalid("an unknown class of characters");
        }
        at = end + 2;
        parts.add(notThis ? set.negate() : set);
        continue;
      }
      int low = next();
      if (low == '\\') {
        int c = next();
        IntPredicate named = named(c);
        if (named != null) {
          parts.add(named);
          continue;
        }
        low = escaped(c);
      }
      parts.add(range(low));
    }
    IntPredicate all = c -> parts.stream().anyMatch(part -> part.test(c));
    IntPredicate folded = anyCase ? RegexSets.anyCase(all) : all;
    return not ? folded.negate() : folded;
  }

  /** Returns a character or the range that begins with it. */
  private IntPredicate range(int low) {
    boolean isRange =
        pattern.startsWith("-", at) && at + 1 < pattern.length() && pattern.charAt(at + 1) != ']';
    if (!isRange) {
      return same(low);
    }
    at++;
    int c = next();
    int high = c == '\\' ? escaped(next()) : c;
    if (high < low) {
      throw invalid("a range that ends before it begins");
    }
    return character -> character >= low && character <= high;
  }
}
