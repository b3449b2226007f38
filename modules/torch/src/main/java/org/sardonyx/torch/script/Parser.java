package org.sardonyx.torch.script;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.torch.script.Scanner.Kind;
import org.sardonyx.torch.script.Scanner.Token;
import org.sardonyx.torch.script.Syntax.Expr;
import org.sardonyx.torch.script.Syntax.Stmt;

/** Reads the subset of Python that archives of TorchScript hold. */
final class Parser extends Cursor {

  private static final int MAX_NESTING = 500;

  private int nesting;

  private Parser(String file, List<Token> tokens) {
    super(file, tokens);
  }

  /** Reads a file; {@code file} is its name for messages. */
  static Syntax.Unit parse(String file, String code) {
    return new Parser(file, Scanner.scan(file, code)).unit();
  }

  private Syntax.Unit unit() {
    Map<String, Syntax.Type> types = new LinkedHashMap<>();
    Map<String, Syntax.Function> functions = new LinkedHashMap<>();
    while (peek().kind() != Kind.END) {
      if (accept("class")) {
        Syntax.Type type = type();
        types.put(type.name(), type);
      } else if (accept("def")) {
        Syntax.Function function = function();
        functions.put(function.name(), function);
      } else if (accept("import")) {
        while (next().kind() != Kind.LINE) {}
      } else if (!skipLine()) {
        throw wrong("expected a class or a function");
      }
    }
    return new Syntax.Unit(types, functions);
  }

  private boolean skipLine() {
    if (peek().kind() == Kind.LINE) {
      skip();
      return true;
    }
    return false;
  }

  private Syntax.Type type() {
    String name = name();
    String base = "";
    if (accept("(")) {
      base = peek().is(")") ? "" : name();
      expect(")");
    }
    Map<String, Syntax.Function> methods = new LinkedHashMap<>();
    Map<String, Expr> attributes = new LinkedHashMap<>();
    Map<String, Expr> constants = new LinkedHashMap<>();
    expect(":");
    expectKind(Kind.LINE);
    expectKind(Kind.INDENT);
    while (peek().kind() != Kind.DEDENT) {
      if (skipLine()) {
        continue;
      }
      if (accept("def")) {
        Syntax.Function method = function();
        methods.put(method.name(), method);
        continue;
      }
      if (accept("pass")) {
        expectKind(Kind.LINE);
        continue;
      }
      Expr target = expression();
      Expr declared = accept(":") ? expression() : null;
      Expr value = accept("=") ? expression() : null;
      expectKind(Kind.LINE);
      if (target instanceof Syntax.Name(_, String attribute)) {
        if (declared != null) {
          attributes.put(attribute, declared);
        }
        if (value != null) {
          constants.put(attribute, value);
        }
      }
    }
    skip();
    return new Syntax.Type(file, name, base, methods, attributes, constants);
  }

  private Syntax.Function function() {
    int line = peek().line();
    String name = name();
    expect("(");
    List<Syntax.Parameter> parameters = new ArrayList<>();
    while (!accept(")")) {
      accept("*");
      String parameter = name();
      Expr declared = accept(":") ? expression() : null;
      Expr value = accept("=") ? expression() : null;
      parameters.add(new Syntax.Parameter(parameter, declared, value));
      if (!peek().is(")")) {
        expect(",");
      }
    }
    if (accept("->")) {
      expression();
    }
    expect(":");
    return new Syntax.Function(file, line, name, parameters, block());
  }

  private List<Stmt> block() {
    expectKind(Kind.LINE);
    expectKind(Kind.INDENT);
    List<Stmt> statements = new ArrayList<>();
    while (peek().kind() != Kind.DEDENT) {
      if (!skipLine()) {
        statement(statements);
      }
    }
    skip();
    return statements;
  }

  private void statement(List<Stmt> into) {
    int line = peek().line();
    if (accept("pass")) {
      expectKind(Kind.LINE);
    } else if (accept("return")) {
      Expr value = peek().kind() == Kind.LINE ? null : expressions();
      expectKind(Kind.LINE);
      into.add(new Syntax.Return(line, value));
    } else if (accept("if")) {
      Expr condition = expression();
      expect(":");
      List<Stmt> then = block();
      List<Stmt> otherwise = List.of();
      if (accept("else")) {
        expect(":");
        otherwise = block();
      }
      into.add(new Syntax.If(line, condition, then, otherwise));
    } else if (accept("with")) {
      Expr context = expression();
      String name = accept("as") ? name() : null;
      expect(":");
      into.add(new Syntax.With(line, context, name, block()));
    } else if (accept("while")) {
      Expr condition = expression();
      expect(":");
      into.add(new Syntax.While(line, condition, block()));
    } else if (accept("for")) {
      String variable = name();
      expect("in");
      Expr range = expression();
      expect(":");
      into.add(new Syntax.For(line, variable, range, block()));
    } else {
      into.add(assignment(line));
    }
  }

  private Stmt assignment(int line) {
    List<Expr> targets = new ArrayList<>();
    Expr first = expression();
    targets.add(first);
    boolean unpack = false;
    while (accept(",")) {
      unpack = true;
      if (!peek().is("=") && peek().kind() != Kind.LINE) {
        targets.add(expression());
      }
    }
    if (accept(":")) {
      expression();
    }
    if (!accept("=")) {
      expectKind(Kind.LINE);
      return new Syntax.Evaluate(line, first);
    }
    Expr value = expressions();
    expectKind(Kind.LINE);
    for (Expr target : targets) {
      if (!(target instanceof Syntax.Name || target instanceof Syntax.Member)) {
        throw new MalformedModel(file + " line " + line + ": an assignment to what is no name");
      }
    }
    return new Syntax.Assign(line, targets, unpack, value);
  }

  /** Expressions with commas between them are a tuple. */
  private Expr expressions() {
    int line = peek().line();
    Expr first = expression();
    if (!peek().is(",")) {
      return first;
    }
    List<Expr> items = new ArrayList<>(List.of(first));
    while (accept(",")) {
      if (peek().kind() != Kind.LINE) {
        items.add(expression());
      }
    }
    return new Syntax.TupleOf(line, items);
  }

  private Expr expression() {
    if (++nesting > MAX_NESTING) {
      throw wrong("an expression nested more than " + MAX_NESTING + " deep");
    }
    Expr expr = primary();
    while (true) {
      int line = peek().line();
      if (accept(".")) {
        expr = new Syntax.Member(line, expr, name());
      } else if (accept("(")) {
        expr = call(expr, line);
      } else if (accept("[")) {
        expr = index(expr, line);
      } else {
        nesting--;
        return expr;
      }
    }
  }

  private Expr call(Expr function, int line) {
    List<Expr> arguments = new ArrayList<>();
    Map<String, Expr> named = new LinkedHashMap<>();
    while (!accept(")")) {
      if (peek().kind() == Kind.NAME && isNext("=")) {
        String name = name();
        expect("=");
        named.put(name, expression());
      } else {
        arguments.add(expression());
      }
      if (!peek().is(")")) {
        expect(",");
      }
    }
    return new Syntax.Call(line, function, arguments, named);
  }

  private Expr index(Expr of, int line) {
    Expr from = peek().is(":") ? null : expression();
    Expr index;
    if (accept(":")) {
      Expr to = peek().is("]") ? null : expression();
      index = new Syntax.Slice(line, from, to);
    } else {
      List<Expr> items = new ArrayList<>();
      if (from != null) {
        items.add(from);
      }
      while (accept(",")) {
        if (!peek().is("]")) {
          items.add(expression());
        }
      }
      index = items.size() == 1 ? items.getFirst() : new Syntax.TupleOf(line, items);
    }
    expect("]");
    return new Syntax.Index(line, of, index);
  }

  private Expr primary() {
    Token token = next();
    int line = token.line();
    switch (token.kind()) {
      case NAME -> {
        return switch (token.text()) {
          case "inf" -> new Syntax.Literal(line, Double.POSITIVE_INFINITY);
          case "nan" -> new Syntax.Literal(line, Double.NaN);
          default -> new Syntax.Name(line, token.text());
        };
      }
      case NUMBER -> {
        return new Syntax.Literal(line, number(token));
      }
      case STRING -> {
        StringBuilder text = new StringBuilder(token.text());
        while (peek().kind() == Kind.STRING) {
          text.append(next().text());
        }
        return new Syntax.Literal(line, text.toString());
      }
      case SIGN -> {
        switch (token.text()) {
          case "-" -> {
            return minus(line);
          }
          case "(" -> {
            return tuple(line);
          }
          case "[" -> {
            return new Syntax.ListOf(line, items("]"));
          }
          case "{" -> {
            return dict(line);
          }
          default -> {}
        }
      }
      default -> {}
    }
    back();
    throw wrong("expected an expression");
  }

  private Expr minus(int line) {
    Expr operand = peek().is("-") ? primary() : expression();
    if (operand instanceof Syntax.Literal(_, Object value)) {
      if (value instanceof Long number) {
        return new Syntax.Literal(line, -number);
      }
      if (value instanceof Double number) {
        return new Syntax.Literal(line, -number);
      }
    }
    throw wrong("a minus before what is no number");
  }

  private Expr tuple(int line) {
    List<Expr> items = new ArrayList<>();
    boolean comma = false;
    while (!accept(")")) {
      items.add(expression());
      if (!peek().is(")")) {
        expect(",");
        comma = true;
      }
    }
    return items.size() == 1 && !comma ? items.getFirst() : new Syntax.TupleOf(line, items);
  }

  private List<Expr> items(String end) {
    List<Expr> items = new ArrayList<>();
    while (!accept(end)) {
      items.add(expression());
      if (!peek().is(end)) {
        expect(",");
      }
    }
    return items;
  }

  private Expr dict(int line) {
    List<Expr> keys = new ArrayList<>();
    List<Expr> values = new ArrayList<>();
    while (!accept("}")) {
      keys.add(expression());
      expect(":");
      values.add(expression());
      if (!peek().is("}")) {
        expect(",");
      }
    }
    return new Syntax.DictOf(line, keys, values);
  }

  private Object number(Token token) {
    String text = token.text();
    try {
      if (text.chars().allMatch(Character::isDigit)) {
        // The smallest long is written as a minus and this.
        return text.equals("9223372036854775808") ? Long.MIN_VALUE : (Object) Long.valueOf(text);
      }
      return Double.valueOf(text);
    } catch (NumberFormatException e) {
      back();
      throw wrong("a number that is none");
    }
  }
}
