package org.sardonyx.torch.script;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;

/** Cuts code into tokens; indentation becomes tokens, too. */
final class Scanner {

  /** Kinds of tokens. */
  enum Kind {
    NAME,
    NUMBER,
    STRING,
    SIGN,
    LINE,
    INDENT,
    DEDENT,
    END
  }

  /** A token; the text of a string is what it stands for. */
  record Token(Kind kind, String text, int line) {

    boolean is(String sign) {
      return (kind == Kind.SIGN || kind == Kind.NAME) && text.equals(sign);
    }
  }

  private static final int MAX_INDENTS = 400;

  private final String file;
  private final String code;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int open;

  private Scanner(String file, String code) {
    this.file = file;
    this.code = code;
  }

  static List<Token> scan(String file, String code) {
    Scanner scanner = new Scanner(file, code);
    scanner.run();
    return scanner.tokens;
  }

  private void run() {
    Deque<Integer> indents = new ArrayDeque<>();
    indents.push(0);
    boolean fresh = true;
    while (at < code.length()) {
      if (fresh) {
        int indent = 0;
        while (at < code.length() && code.charAt(at) == ' ') {
          indent++;
          at++;
        }
        if (at == code.length()) {
          break;
        }
        char c = code.charAt(at);
        if (c == '\n' || c == '#' || c == '\r') {
          skipLine();
          continue;
        }
        fresh = false;
        if (indent > indents.getFirst()) {
          indents.push(indent);
          if (indents.size() > MAX_INDENTS) {
            throw malformed("code nested more than " + MAX_INDENTS + " deep");
          }
          add(Kind.INDENT, "");
        }
        while (indent < indents.getFirst()) {
          indents.pop();
          add(Kind.DEDENT, "");
        }
        if (indent != indents.getFirst()) {
          throw malformed("an indentation that fits no line before");
        }
      }
      char c = code.charAt(at);
      if (c == '\n') {
        if (open == 0) {
          add(Kind.LINE, "");
          fresh = true;
        }
        at++;
        line++;
      } else if (c == ' ' || c == '\r' || c == '\t') {
        at++;
      } else if (c == '#') {
        while (at < code.length() && code.charAt(at) != '\n') {
          at++;
        }
      } else {
        token(c);
      }
    }
    add(Kind.LINE, "");
    while (indents.pop() > 0) {
      add(Kind.DEDENT, "");
    }
    add(Kind.END, "");
  }

  private void skipLine() {
    while (at < code.length() && code.charAt(at) != '\n') {
      at++;
    }
    at++;
    line++;
  }

  private void token(char c) {
    int from = at;
    if (Character.isLetter(c) || c == '_') {
      while (at < code.length() && isNamePart(code.charAt(at))) {
        at++;
      }
      add(Kind.NAME, code.substring(from, at));
    } else if (Character.isDigit(c)
        || (c == '.' && at + 1 < code.length() && Character.isDigit(code.charAt(at + 1)))) {
      while (at < code.length() && isNumberPart(from)) {
        at++;
      }
      add(Kind.NUMBER, code.substring(from, at));
    } else if (c == '"' || c == '\'') {
      string(c);
    } else if (code.startsWith("->", at)) {
      at += 2;
      add(Kind.SIGN, "->");
    } else if ("()[]{},:=.-+*/<>".indexOf(c) >= 0) {
      open += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
      at++;
      add(Kind.SIGN, String.valueOf(c));
    } else {
      throw malformed(
          "the character " + Text.escape(String.valueOf(c)) + " is not of this language");
    }
  }

  private static boolean isNamePart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private boolean isNumberPart(int from) {
    char c = code.charAt(at);
    if (Character.isDigit(c) || c == '.' || c == 'e' || c == 'E' || c == 'j') {
      return true;
    }
    return (c == '-' || c == '+') && at > from && "eE".indexOf(code.charAt(at - 1)) >= 0;
  }

  private void string(char quote) {
    StringBuilder text = new StringBuilder();
    at++;
    while (true) {
      if (at >= code.length() || code.charAt(at) == '\n') {
        throw malformed("a text without its end");
      }
      char c = code.charAt(at++);
      if (c == quote) {
        break;
      }
      if (c != '\\') {
        text.append(c);
        continue;
      }
      if (at >= code.length()) {
        throw malformed("a text without its end");
      }
      char escaped = code.charAt(at++);
      switch (escaped) {
        case 'n' -> text.append('\n');
        case 't' -> text.append('\t');
        case 'r' -> text.append('\r');
        case 'a' -> text.append((char) 7);
        case 'b' -> text.append('\b');
        case 'f' -> text.append('\f');
        case 'v' -> text.append((char) 11);
        case '0', '1', '2', '3' -> {
          int end = Math.min(at + 2, code.length());
          try {
            text.append((char) Integer.parseInt(code.substring(at - 1, end), 8));
          } catch (NumberFormatException e) {
            throw malformed("an octal escape of other than three digits");
          }
          at = end;
        }
        case 'x' -> {
          int end = Math.min(at + 2, code.length());
          try {
            text.append((char) Integer.parseInt(code.substring(at, end), 16));
          } catch (NumberFormatException e) {
            throw malformed("a hexadecimal escape of other than two digits");
          }
          at = end;
        }
        default -> text.append(escaped);
      }
    }
    add(Kind.STRING, text.toString());
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text, line));
  }

  private MalformedModel malformed(String what) {
    return new MalformedModel(file + " line " + line + ": " + what);
  }
}
