package org.sardonyx.operators.text;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Sets of characters that have names. */
final class RegexSets {

  static final IntPredicate DIGIT = c -> c >= '0' && c <= '9';
  static final IntPredicate WORD = c -> isLetter(c) || DIGIT.test(c) || c == '_';
  static final IntPredicate SPACE =
      c -> c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';

  private static final Map<String, IntPredicate> POSIX =
      Map.ofEntries(
          Map.entry("alnum", c -> isLetter(c) || DIGIT.test(c)),
          Map.entry("alpha", RegexSets::isLetter),
          Map.entry("ascii", c -> c < 128),
          Map.entry("blank", c -> c == ' ' || c == '\t'),
          Map.entry("cntrl", c -> c < 32 || c == 127),
          Map.entry("digit", DIGIT),
          Map.entry("graph", c -> c > 32 && c < 127),
          Map.entry("lower", c -> c >= 'a' && c <= 'z'),
          Map.entry("print", c -> c >= 32 && c < 127),
          Map.entry("punct", c -> c > 32 && c < 127 && !isLetter(c) && !DIGIT.test(c)),
          Map.entry("space", c -> (c >= 9 && c <= 13) || c == ' '),
          Map.entry("upper", c -> c >= 'A' && c <= 'Z'),
          Map.entry("word", WORD),
          Map.entry(
              "xdigit", c -> DIGIT.test(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));

  private static final Map<String, Integer> CATEGORIES =
      Map.ofEntries(
          Map.entry("Lu", (int) Character.UPPERCASE_LETTER),
          Map.entry("Ll", (int) Character.LOWERCASE_LETTER),
          Map.entry("Lt", (int) Character.TITLECASE_LETTER),
          Map.entry("Lm", (int) Character.MODIFIER_LETTER),
          Map.entry("Lo", (int) Character.OTHER_LETTER),
          Map.entry("Mn", (int) Character.NON_SPACING_MARK),
          Map.entry("Me", (int) Character.ENCLOSING_MARK),
          Map.entry("Mc", (int) Character.COMBINING_SPACING_MARK),
          Map.entry("Nd", (int) Character.DECIMAL_DIGIT_NUMBER),
          Map.entry("Nl", (int) Character.LETTER_NUMBER),
          Map.entry("No", (int) Character.OTHER_NUMBER),
          Map.entry("Zs", (int) Character.SPACE_SEPARATOR),
          Map.entry("Zl", (int) Character.LINE_SEPARATOR),
          Map.entry("Zp", (int) Character.PARAGRAPH_SEPARATOR),
          Map.entry("Cc", (int) Character.CONTROL),
          Map.entry("Cf", (int) Character.FORMAT),
          Map.entry("Co", (int) Character.PRIVATE_USE),
          Map.entry("Cs", (int) Character.SURROGATE),
          Map.entry("Pd", (int) Character.DASH_PUNCTUATION),
          Map.entry("Ps", (int) Character.START_PUNCTUATION),
          Map.entry("Pe", (int) Character.END_PUNCTUATION),
          Map.entry("Pc", (int) Character.CONNECTOR_PUNCTUATION),
          Map.entry("Po", (int) Character.OTHER_PUNCTUATION),
          Map.entry("Pi", (int) Character.INITIAL_QUOTE_PUNCTUATION),
          Map.entry("Pf", (int) Character.FINAL_QUOTE_PUNCTUATION),
          Map.entry("Sm", (int) Character.MATH_SYMBOL),
          Map.entry("Sc", (int) Character.CURRENCY_SYMBOL),
          Map.entry("Sk", (int) Character.MODIFIER_SYMBOL),
          Map.entry("So", (int) Character.OTHER_SYMBOL));

  private RegexSets() {}

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /** Returns the set {@code [:name:]}, or null. */
  static @Nullable IntPredicate posix(String name) {
    return POSIX.get(name);
  }

  /** Returns the set of a general category or script, or null. */
  static @Nullable IntPredicate unicode(String name) {
    if (name.equals("Any")) {
      return _ -> true;
    }
    Integer category = CATEGORIES.get(name);
    if (category != null) {
      return c -> Character.getType(c) == category;
    }
    if (name.length() == 1) {
      Set<Integer> types = new HashSet<>();
      CATEGORIES.forEach(
          (key, type) -> types.addAll(key.startsWith(name) ? Set.of(type) : Set.of()));
      return types.isEmpty() ? null : c -> types.contains(Character.getType(c));
    }
    try {
      Character.UnicodeScript script = Character.UnicodeScript.forName(name);
      return c -> Character.UnicodeScript.of(c) == script;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Returns the set with the other cases of its letters. */
  static IntPredicate anyCase(IntPredicate set) {
    return c ->
        set.test(c)
            || set.test(Character.toLowerCase(c))
            || set.test(Character.toUpperCase(c))
            || set.test(Character.toLowerCase(Character.toUpperCase(c)));
  }
}
