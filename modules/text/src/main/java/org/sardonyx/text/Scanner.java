package org.sardonyx.text;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;

/** Cuts a text into names, literals and punctuation. Comments run from # to the end of a line. */
final class Scanner {

  /** The kinds of literals. */
  enum Kind {
    INT,
    FLOAT,
    STRING
  }

  /**
   * A literal.
   *
   * @param text its characters; of a string, without quotes and escapes
   * @param start where it begins
   */
  record Literal(Kind kind, String text, int start) {}

  private static final Set<String> WORDS_OF_FLOATS = Set.of("inf", "infinity", "nan");

  private final String text;
  private int position;

  Scanner(String text) {
    this.text = text;
  }

  int position() {
    skip();
    return position;
  }

  void back(int to) {
    position = to;
  }

  boolean atEnd() {
    skip();
    return position == text.length();
  }

  /** Returns the next character that is no white space, without taking it; 0 at the end. */
  char peek() {
    skip();
    return at(position);
  }

  boolean takes(char c) {
    if (peek() != c) {
      return false;
    }
    position++;
    return true;
  }

  void expect(char c) {
    if (!takes(c)) {
      throw expected("'" + c + "'");
    }
  }

  void expectArrow() {
    int from = position();
    if (!text.startsWith("=>", from)) {
      throw expected("'=>'");
    }
    position += 2;
  }

  /** Takes a name if one follows, quoted or not; null if none does. */
  @Nullable String optionalName() {
    char c = peek();
    if (c == '"') {
      return quoted();
    }
    return isLetter(c) ? word() : null;
  }

  String name(String what) {
    String name = optionalName();
    if (name == null) {
      throw expected(what);
    }
    return name;
  }

  /** Takes a name that is not quoted; empty if none follows. */
  String word() {
    skip();
    int from = position;
    if (isLetter(at(position))) {
      while (isLetter(at(position)) || isDigit(at(position))) {
        position++;
      }
    }
    return text.substring(from, position);
  }

  /** Returns the name that follows, without taking it; empty if none does. */
  String peekWord() {
    int from = position();
    String word = word();
    position = from;
    return word;
  }

  boolean nextIsFloatWord() {
    return WORDS_OF_FLOATS.contains(peekWord().toLowerCase(Locale.ROOT));
  }

  String string() {
    if (peek() != '"') {
      throw expected("a string in quotes");
    }
    return quoted();
  }

  Literal literal() {
    int from = position();
    if (peek() == '"') {
      return new Literal(Kind.STRING, quoted(), from);
    }
    String sign = takes('-') ? "-" : "";
    if (nextIsFloatWord()) {
      String word = word().toLowerCase(Locale.ROOT);
      return new Literal(Kind.FLOAT, sign + (word.equals("nan") ? "NaN" : "Infinity"), from);
    }
    int digits = position;
    digits();
    boolean whole = true;
    if (position > digits && at(position) == '.') {
      whole = false;
      position++;
      digits();
    }
    if (position > digits && (at(position) == 'e' || at(position) == 'E')) {
      whole = false;
      position++;
      if (at(position) == '+' || at(position) == '-') {
        position++;
      }
      int exponent = position;
      digits();
      if (position == exponent) {
        throw expected("the digits of an exponent");
      }
    }
    if (position == digits) {
      throw expected("a number or a string in quotes");
    }
    return new Literal(
        whole ? Kind.INT : Kind.FLOAT, sign + text.substring(digits, position), from);
  }

  long integer() {
    Literal literal = literal();
    if (literal.kind() != Kind.INT) {
      throw error(literal.start(), "expected an integer");
    }
    return integer(literal);
  }

  long integer(Literal literal) {
    try {
      return Long.parseLong(literal.text());
    } catch (NumberFormatException e) {
      throw error(literal.start(), "the integer does not fit into 64 bits");
    }
  }

  long unsigned() {
    Literal literal = literal();
    if (literal.kind() != Kind.INT) {
      throw error(literal.start(), "expected an integer");
    }
    try {
      return Long.parseUnsignedLong(literal.text());
    } catch (NumberFormatException e) {
      throw error(literal.start(), "the integer is no unsigned one of 64 bits");
    }
  }

  float real() {
    return real(number());
  }

  float real(Literal literal) {
    float value = Float.parseFloat(literal.text());
    if (Float.isInfinite(value) && !literal.text().endsWith("Infinity")) {
      throw error(literal.start(), "the number does not fit into a float");
    }
    return value;
  }

  double realDouble() {
    Literal literal = number();
    double value = Double.parseDouble(literal.text());
    if (Double.isInfinite(value) && !literal.text().endsWith("Infinity")) {
      throw error(literal.start(), "the number does not fit into a double");
    }
    return value;
  }

  MalformedModel expected(String what) {
    int at = position();
    String found =
        at == text.length()
            ? "the end of the text"
            : "'" + Text.escape(text.substring(at, text.offsetByCodePoints(at, 1))) + "'";
    return error(at, "expected " + what + " and found " + found);
  }

  MalformedModel error(int at, String what) {
    return new MalformedModel(place(at) + ": " + what);
  }

  /** Returns line and column of a character, both counted from 1. */
  String place(int at) {
    int line = 1;
    int start = 0;
    for (int i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) {
      line++;
      start = i + 1;
    }
    return "line " + line + ", column " + (text.codePointCount(start, at) + 1);
  }

  private Literal number() {
    Literal literal = literal();
    if (literal.kind() == Kind.STRING) {
      throw error(literal.start(), "expected a number");
    }
    return literal;
  }

  private void digits() {
    while (isDigit(at(position))) {
      position++;
    }
  }

  private String quoted() {
    int from = position++;
    StringBuilder content = new StringBuilder();
    while (position < text.length() && text.charAt(position) != '"') {
      if (text.charAt(position) == '\\') {
        position++;
      }
      if (position < text.length()) {
        content.append(text.charAt(position++));
      }
    }
    if (position == text.length()) {
      throw error(from, "the string has no closing quote");
    }
    position++;
    return content.toString();
  }

  private void skip() {
    while (position < text.length()) {
      char c = text.charAt(position);
      if (c == '#') {
        int end = text.indexOf('\n', position);
        position = end < 0 ? text.length() : end;
      } else if (c == ' ' || (c >= '\t' && c <= '\r')) {
        position++;
      } else {
        return;
      }
    }
  }

  private char at(int index) {
    return index < text.length() ? text.charAt(index) : 0;
  }

  static boolean isName(String name) {
    if (name.isEmpty() || !isLetter(name.charAt(0))) {
      return false;
    }
    return name.chars().allMatch(c -> isLetter((char) c) || isDigit((char) c));
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
