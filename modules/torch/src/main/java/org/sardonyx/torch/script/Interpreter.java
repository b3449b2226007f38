package org.sardonyx.torch.script;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.torch.aten.Aten;
import org.sardonyx.torch.aten.Control;
import org.sardonyx.torch.aten.Emit;
import org.sardonyx.torch.aten.Items;
import org.sardonyx.torch.aten.Scalars;
import org.sardonyx.torch.aten.Several;
import org.sardonyx.torch.aten.Sym;
import org.sardonyx.torch.aten.Ten;
import org.sardonyx.torch.file.Storages;
import org.sardonyx.torch.script.Expressions.Frame;
import org.sardonyx.torch.script.Syntax.Expr;
import org.sardonyx.torch.script.Syntax.Stmt;

/**
 * Follows a program with tensors that are values of a graph. What is known, numbers, sizes, lists
 * and modules, is computed; what is not becomes nodes, and If and Loop where control depends on it.
 */
final class Interpreter {

  private static final int MOST_UNROLLED = 256;
  private static final int MOST_DEPTH = 200;
  private static final long MOST_STATEMENTS = 2_000_000;
  private static final String RESULT = "return value";

  private final Emit emit;
  private final Attributes attributes;
  private final Scalars scalars;
  private final Control control;
  private final Expressions expressions;
  private int depth;
  private long statements;

  Interpreter(
      Emit emit,
      Program program,
      Attributes attributes,
      List<@Nullable Object> constants,
      Storages constantStorages) {
    this.emit = emit;
    this.attributes = attributes;
    this.scalars = new Scalars(emit);
    this.control = new Control(emit);
    this.expressions =
        new Expressions(emit, program, attributes, constants, constantStorages, this::call);
  }

  /** Calls a function or method; {@code self} comes first among the arguments of a method. */
  @Nullable Object call(
      Syntax.Function function, List<@Nullable Object> given, Map<String, @Nullable Object> named) {
    if (function.name().equals("forward")
        && given.size() > 1
        && given.get(0) instanceof Module module
        && given.get(1) instanceof Ten first) {
      String type = module.instance().type().qualified();
      // BatchNorm1d takes rows, too.
      if (rankOf(type) > 0 && !type.endsWith(".BatchNorm1d")) {
        emit.hint(first, rankOf(type));
      }
    }
    if (++depth > MOST_DEPTH) {
      throw new LimitExceeded("depth", "calls nested more than " + MOST_DEPTH + " deep");
    }
    Map<String, @Nullable Object> variables = new HashMap<>();
    Frame frame = new Frame(variables, function.file());
    List<Syntax.Parameter> parameters = function.parameters();
    if (given.size() > parameters.size()) {
      throw new MalformedModel(
          function.file()
              + " line "
              + function.line()
              + ": "
              + Text.escape(function.name())
              + " is given "
              + given.size()
              + " arguments");
    }
    for (int i = 0; i < parameters.size(); i++) {
      Syntax.Parameter parameter = parameters.get(i);
      if (i < given.size()) {
        variables.put(parameter.name(), given.get(i));
      } else if (named.containsKey(parameter.name())) {
        variables.put(parameter.name(), named.get(parameter.name()));
      } else if (parameter.defaultValue() != null) {
        variables.put(parameter.name(), eval(parameter.defaultValue(), frame));
      } else {
        throw new MalformedModel(
            function.file()
                + " line "
                + function.line()
                + ": "
                + Text.escape(function.name())
                + " is not given "
                + Text.escape(parameter.name()));
      }
    }
    run(function.body(), frame);
    depth--;
    return variables.get(RESULT);
  }

  /** The rank of what a class of torch.nn takes, where its name says it; else 0. */
  private static int rankOf(String type) {
    if (!type.startsWith("__torch__.torch.nn.modules.") || !type.endsWith("d")) {
      return 0;
    }
    int axes = type.charAt(type.length() - 2) - '0';
    return axes >= 1 && axes <= 3 ? axes + 2 : 0;
  }

  private void run(List<Stmt> statementsOfBlock, Frame frame) {
    for (Stmt statement : statementsOfBlock) {
      if (++statements > MOST_STATEMENTS) {
        throw new LimitExceeded(
            "statements", "more than " + MOST_STATEMENTS + " statements are followed");
      }
      try {
        run(statement, frame);
      } catch (ModelException e) {
        throw e.location().path().isEmpty()
            ? e.within(frame.file() + " line " + statement.line())
            : e;
      } catch (Emit.Mismatch e) {
        throw new Located(frame.file() + " line " + statement.line() + ": " + e.getMessage());
      } catch (Control.Raised e) {
        throw e;
      }
    }
  }

  /** What sizes or types contradict, with its place. */
  static final class Located extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Located(String what) {
      super(what, null, false, false);
    }
  }

  private void run(Stmt statement, Frame frame) {
    switch (statement) {
      case Syntax.Assign assign -> assign(assign, frame);
      case Syntax.Evaluate(_, Expr value) -> eval(value, frame);
      case Syntax.Return(_, Expr value) ->
          frame.variables().put(RESULT, value == null ? null : eval(value, frame));
      case Syntax.If branch -> branch(branch, frame);
      case Syntax.For loop -> loop(loop, frame);
      case Syntax.While loop -> loop(loop, frame);
      case Syntax.With with -> {
        // Contexts are those of gradients and profiles, which change no number.
        @Nullable Object context = eval(with.context(), frame);
        if (with.name() != null) {
          frame.variables().put(with.name(), context);
        }
        run(with.body(), frame);
      }
    }
  }

  private void assign(Syntax.Assign assign, Frame frame) {
    @Nullable Object value = eval(assign.value(), frame);
    if (!assign.unpack()) {
      put(assign.targets().getFirst(), value, frame);
      return;
    }
    List<@Nullable Object> items = items(value, assign.targets().size());
    for (int i = 0; i < items.size(); i++) {
      put(assign.targets().get(i), items.get(i), frame);
    }
  }

  private List<@Nullable Object> items(@Nullable Object value, int count) {
    List<@Nullable Object> items = new ArrayList<>();
    if (value instanceof Items list && !list.isKnown()) {
      for (long i = 0; i < count; i++) {
        items.add(Aten.call(emit, "__getitem__", List.of(value, i), Map.of()));
      }
      return items;
    }
    switch (value) {
      case Several tuple -> items.addAll(tuple.items());
      case Items list -> items.addAll(list.items());
      case null, default -> throw new UnsupportedModel("values of what is no tuple");
    }
    if (items.size() != count) {
      throw new Emit.Mismatch(items.size() + " values for " + count + " variables");
    }
    return items;
  }

  private void put(Expr target, @Nullable Object value, Frame frame) {
    if (target instanceof Syntax.Name(_, String name)) {
      frame.variables().put(name, value);
      return;
    }
    if (target instanceof Syntax.Member(_, Expr of, String name)) {
      switch (eval(of, frame)) {
        case Module module -> {
          attributes.set(module, name, value);
          return;
        }
        case Made made -> {
          made.fields().put(emit, name, value);
          return;
        }
        case null, default -> {}
      }
    }
    throw new UnsupportedModel("an assignment to an attribute of what is no object");
  }

  private @Nullable Object eval(Expr expr, Frame frame) {
    return expressions.eval(expr, frame);
  }

  private void branch(Syntax.If branch, Frame frame) {
    Object condition = scalars.truth(eval(branch.condition(), frame));
    if (condition instanceof Boolean known) {
      run(known ? branch.then() : branch.otherwise(), frame);
      return;
    }
    control.branch(
        (Sym) condition,
        frame.variables(),
        variables -> run(branch.then(), frame.with(variables)),
        variables -> run(branch.otherwise(), frame.with(variables)));
  }

  private void loop(Syntax.For loop, Frame frame) {
    if (!(loop.range()
            instanceof Syntax.Call(_, Syntax.Name(_, String range), List<Expr> bounds, _))
        || !range.equals("range")
        || bounds.size() != 1) {
      throw new UnsupportedModel("a loop over what is no range(n)");
    }
    @Nullable Object given = eval(bounds.getFirst(), frame);
    Object trips =
        given instanceof Ten ten ? scalars.item(ten) : java.util.Objects.requireNonNull(given);
    if (trips instanceof Long known && known <= MOST_UNROLLED) {
      for (long i = 0; i < known; i++) {
        frame.variables().put(loop.variable(), i);
        run(loop.body(), frame);
      }
      return;
    }
    control.loop(
        trips,
        null,
        loop.variable(),
        frame.variables(),
        assigned(loop.body()),
        variables -> run(loop.body(), frame.with(variables)),
        "");
  }

  private void loop(Syntax.While loop, Frame frame) {
    if (!(loop.condition() instanceof Syntax.Name(_, String name))) {
      throw new UnsupportedModel("a while whose condition is no variable");
    }
    for (int i = 0; ; i++) {
      Object condition = scalars.truth(eval(loop.condition(), frame));
      if (Boolean.FALSE.equals(condition)) {
        return;
      }
      if (condition instanceof Sym || i >= MOST_UNROLLED || decidesLater(loop, frame, name)) {
        control.loop(
            null,
            condition,
            "",
            frame.variables(),
            assigned(loop.body()),
            variables -> run(loop.body(), frame.with(variables)),
            name);
        return;
      }
      run(loop.body(), frame);
    }
  }

  /** Whether the condition after a round depends on data. */
  private boolean decidesLater(Syntax.While loop, Frame frame, String name) {
    boolean[] later = new boolean[1];
    control.tried(
        frame.variables(),
        variables -> {
          run(loop.body(), frame.with(variables));
          later[0] = scalars.truth(variables.get(name)) instanceof Sym;
        });
    return later[0];
  }

  private static Set<String> assigned(List<Stmt> body) {
    Set<String> names = new LinkedHashSet<>();
    for (Stmt statement : body) {
      switch (statement) {
        case Syntax.Assign assign -> {
          for (Expr target : assign.targets()) {
            if (target instanceof Syntax.Name(_, String name)) {
              names.add(name);
            }
          }
        }
        case Syntax.If branch -> {
          names.addAll(assigned(branch.then()));
          names.addAll(assigned(branch.otherwise()));
        }
        case Syntax.For loop -> names.addAll(assigned(loop.body()));
        case Syntax.While loop -> names.addAll(assigned(loop.body()));
        case Syntax.With with -> names.addAll(assigned(with.body()));
        case Syntax.Evaluate _, Syntax.Return _ -> {}
      }
    }
    return names;
  }
}
