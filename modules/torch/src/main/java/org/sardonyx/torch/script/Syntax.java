package org.sardonyx.torch.script;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The syntax of TorchScript's code, as far as archives have it. */
final class Syntax {

  private Syntax() {}

  /** An expression. */
  sealed interface Expr {
    int line();
  }

  /** A variable, or one of None, True, False. */
  record Name(int line, String name) implements Expr {}

  /** A Long, Double or String. */
  record Literal(int line, Object value) implements Expr {}

  record TupleOf(int line, List<Expr> items) implements Expr {}

  record ListOf(int line, List<Expr> items) implements Expr {}

  record DictOf(int line, List<Expr> keys, List<Expr> values) implements Expr {}

  record Member(int line, Expr of, String name) implements Expr {}

  record Index(int line, Expr of, Expr index) implements Expr {}

  /** A part of a list or tuple, or a type with several parameters where there is no end. */
  record Slice(int line, @Nullable Expr from, @Nullable Expr to) implements Expr {}

  record Call(int line, Expr function, List<Expr> arguments, Map<String, Expr> named)
      implements Expr {}

  /** A statement. */
  sealed interface Stmt {
    int line();
  }

  /** Names, or members, that get the value; several of a tuple. */
  record Assign(int line, List<Expr> targets, boolean unpack, Expr value) implements Stmt {}

  record Evaluate(int line, Expr value) implements Stmt {}

  record If(int line, Expr condition, List<Stmt> then, List<Stmt> otherwise) implements Stmt {}

  record While(int line, Expr condition, List<Stmt> body) implements Stmt {}

  record For(int line, String variable, Expr range, List<Stmt> body) implements Stmt {}

  /** A block in a context, as torch.no_grad. */
  record With(int line, Expr context, @Nullable String name, List<Stmt> body) implements Stmt {}

  record Return(int line, @Nullable Expr value) implements Stmt {}

  /** A parameter with its declared type and default. */
  record Parameter(String name, @Nullable Expr type, @Nullable Expr defaultValue) {}

  record Function(
      String file, int line, String name, List<Parameter> parameters, List<Stmt> body) {}

  /** A class: its methods, its attributes' types and constants. */
  record Type(
      String file,
      String name,
      String base,
      Map<String, Function> methods,
      Map<String, Expr> attributes,
      Map<String, Expr> constants) {}

  /** All of a file. */
  record Unit(Map<String, Type> types, Map<String, Function> functions) {}
}
