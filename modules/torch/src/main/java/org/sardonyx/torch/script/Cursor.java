package org.sardonyx.torch.script;

import java.util.List;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.torch.script.Scanner.Kind;
import org.sardonyx.torch.script.Scanner.Token;

/** A place among the words of a file, and what is said of it where it is wrong. */
abstract class Cursor {

  final String file;
  private final List<Token> tokens;
  private int at;

  Cursor(String file, List<Token> tokens) {
    this.file = file;
    this.tokens = tokens;
  }

  final void skip() {
    at++;
  }

  final void back() {
    at--;
  }

  /** Whether the word behind this is a sign. */
  final boolean isNext(String sign) {
    return at + 1 < tokens.size() && tokens.get(at + 1).is(sign);
  }

  final Token peek() {
    return tokens.get(at);
  }

  final Token next() {
    Token token = tokens.get(at);
    if (token.kind() != Kind.END) {
      at++;
    }
    return token;
  }

  final boolean accept(String sign) {
    if (peek().is(sign)) {
      at++;
      return true;
    }
    return false;
  }

  final void expect(String sign) {
    if (!accept(sign)) {
      throw wrong("expected " + sign);
    }
  }

  final void expectKind(Kind kind) {
    if (next().kind() != kind) {
      at--;
      throw wrong(
          kind == Kind.LINE ? "expected the end of the line" : "expected an indented block");
    }
  }

  final String name() {
    Token token = next();
    if (token.kind() != Kind.NAME) {
      at--;
      throw wrong("expected a name");
    }
    return token.text();
  }

  final MalformedModel wrong(String what) {
    Token token = peek();
    String found = token.kind() == Kind.END ? "the end" : Text.escape(token.text());
    return new MalformedModel(
        file
            + " line "
            + token.line()
            + ": "
            + what
            + (found.isEmpty() ? "" : ", found \"" + found + "\""));
  }
}
