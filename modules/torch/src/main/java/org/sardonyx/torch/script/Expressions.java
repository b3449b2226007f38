package org.sardonyx.torch.script;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.DataType;
import org.sardonyx.torch.aten.Aten;
import org.sardonyx.torch.aten.Control;
import org.sardonyx.torch.aten.Emit;
import org.sardonyx.torch.aten.Items;
import org.sardonyx.torch.aten.Scalars;
import org.sardonyx.torch.aten.Several;
import org.sardonyx.torch.aten.Table;
import org.sardonyx.torch.aten.Ten;
import org.sardonyx.torch.file.Storages;
import org.sardonyx.torch.script.Syntax.Expr;

/** Values of expressions: variables, attributes, and calls of operators, methods and functions. */
final class Expressions {

  private final Emit emit;
  private final Program program;
  private final Attributes attributes;
  private final List<@Nullable Object> constants;
  private final Storages constantStorages;
  private final Scalars scalars;
  private final Caller caller;

  Expressions(
      Emit emit,
      Program program,
      Attributes attributes,
      List<@Nullable Object> constants,
      Storages constantStorages,
      Caller caller) {
    this.emit = emit;
    this.program = program;
    this.attributes = attributes;
    this.constants = constants;
    this.constantStorages = constantStorages;
    this.scalars = new Scalars(emit);
    this.caller = caller;
  }

  /** Follows functions that are called. */
  interface Caller {
    @Nullable Object call(
        Syntax.Function function,
        List<@Nullable Object> given,
        Map<String, @Nullable Object> named);
  }

  /** Variables of a call, and where they are for messages. */
  record Frame(Map<String, @Nullable Object> variables, String file) {

    Frame with(Map<String, @Nullable Object> others) {
      return new Frame(others, file);
    }
  }

  /** A function of the code as a value; with the object whose method it is. */
  private record FunctionValue(Syntax.Function function, @Nullable Object self) {}

  @Nullable Object eval(Expr expr, Frame frame) {
    return switch (expr) {
      case Syntax.Literal(_, Object value) -> value;
      case Syntax.Name(_, String name) -> variable(name, frame);
      case Syntax.TupleOf(_, List<Expr> items) -> new Several(all(items, frame), List.of());
      case Syntax.ListOf(_, List<Expr> items) -> emit.items(all(items, frame));
      case Syntax.DictOf(_, List<Expr> keys, List<Expr> values) -> {
        Table table = emit.table(Map.of());
        for (int i = 0; i < keys.size(); i++) {
          table.put(emit, eval(keys.get(i), frame), eval(values.get(i), frame));
        }
        yield table;
      }
      case Syntax.Member member -> member(member, frame);
      case Syntax.Index(_, Expr of, Expr index) -> {
        @Nullable Object from = eval(of, frame);
        if (index instanceof Syntax.Slice(_, Expr start, Expr end)) {
          List<@Nullable Object> arguments = new ArrayList<>();
          arguments.add(from);
          arguments.add(start == null ? null : eval(start, frame));
          arguments.add(end == null ? null : eval(end, frame));
          @Nullable Object part = Aten.call(emit, "slice", arguments, Map.of());
          yield from instanceof Several && part instanceof Items list
              ? new Several(list.items(), List.of())
              : part;
        }
        @Nullable Object at = eval(index, frame);
        if (from instanceof Module module) {
          yield attributes.of(module, String.valueOf(at));
        }
        List<@Nullable Object> arguments = new ArrayList<>();
        arguments.add(from);
        arguments.add(at);
        yield Aten.call(emit, "__getitem__", arguments, Map.of());
      }
      case Syntax.Slice _ -> throw new UnsupportedModel("a slice of nothing");
      case Syntax.Call call -> call(call, frame);
    };
  }

  private List<@Nullable Object> all(List<Expr> exprs, Frame frame) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Expr expr : exprs) {
      values.add(eval(expr, frame));
    }
    return values;
  }

  private @Nullable Object variable(String name, Frame frame) {
    if (frame.variables().containsKey(name)) {
      @Nullable Object value = frame.variables().get(name);
      String unusable = Control.unusable(value);
      if (unusable != null) {
        throw new UnsupportedModel(
            "the variable "
                + Text.escape(name)
                + " comes out of a branch or loop that depends on data, and "
                + unusable);
      }
      return value;
    }
    return switch (name) {
      case "None" -> null;
      case "True" -> true;
      case "False" -> false;
      default -> throw new MalformedModel("the variable " + Text.escape(name) + " has no value");
    };
  }

  /** Returns a.b.c of a root that is no variable; empty otherwise. */
  private static String dotted(Expr expr) {
    return switch (expr) {
      case Syntax.Name(_, String name) ->
          name.equals("__torch__")
                  || name.equals("torch")
                  || name.equals("ops")
                  || name.equals("CONSTANTS")
              ? name
              : "";
      case Syntax.Member(_, Expr of, String name) -> {
        String before = dotted(of);
        yield before.isEmpty() ? "" : before + "." + name;
      }
      default -> "";
    };
  }

  private @Nullable Object member(Syntax.Member member, Frame frame) {
    String dotted = dotted(member);
    if (dotted.startsWith("CONSTANTS.c")) {
      int index;
      try {
        index = Integer.parseInt(dotted.substring("CONSTANTS.c".length()));
      } catch (NumberFormatException e) {
        index = -1;
      }
      if (index < 0 || index >= constants.size()) {
        throw new MalformedModel("there is no constant " + Text.escape(dotted));
      }
      return attributes.value(constants.get(index), "constants." + index, constantStorages);
    }
    if (dotted.startsWith("__torch__.")) {
      return global(dotted);
    }
    return attribute(eval(member.of(), frame), member.name());
  }

  private Object global(String dotted) {
    Syntax.Function function = program.function(dotted);
    if (function != null) {
      return new FunctionValue(function, null);
    }
    int dot = dotted.lastIndexOf('.');
    Syntax.Type type = program.type(dotted.substring(0, dot));
    Expr value = type == null ? null : type.constants().get(dotted.substring(dot + 1));
    if (type == null || value == null || !type.base().equals("Enum")) {
      throw new MalformedModel("the archive has no code of the function " + Text.escape(dotted));
    }
    return new Constant(
        dotted.substring(dot + 1), eval(value, new Frame(new HashMap<>(), type.file())));
  }

  /** A value of an enumeration. */
  private record Constant(String name, @Nullable Object value) {}

  @Nullable Object attribute(@Nullable Object of, String name) {
    switch (of) {
      case Several tuple when tuple.names().contains(name) -> {
        return tuple.items().get(tuple.names().indexOf(name));
      }
      case Module module -> {
        attributes.unfold(module, caller);
        if (attributes.has(module, name)) {
          return attributes.of(module, name);
        }
        Expr constant = module.type().constants().get(name);
        if (constant != null) {
          return eval(constant, new Frame(new HashMap<>(), module.type().file()));
        }
        Syntax.Function method = module.type().methods().get(name);
        if (method != null) {
          return new FunctionValue(method, module);
        }
        throw new MalformedModel(
            "the module " + Text.escape(module.path()) + " has no attribute " + Text.escape(name));
      }
      case Made made -> {
        if (made.fields().entries().containsKey(name)) {
          return made.fields().entries().get(name);
        }
        Expr constant = made.type().constants().get(name);
        if (constant != null) {
          return eval(constant, new Frame(new HashMap<>(), made.type().file()));
        }
        throw new MalformedModel(
            "an object of the class "
                + Text.escape(made.type().name())
                + " has no value of "
                + Text.escape(name));
      }
      case Constant(String own, var value) -> {
        return name.equals("name") ? own : value;
      }
      case Ten ten -> {
        return Aten.call(emit, name, List.of(ten), Map.of());
      }
      case null, default ->
          throw new UnsupportedModel(
              "the attribute " + Text.escape(name) + " of what is no module");
    }
  }

  private @Nullable Object call(Syntax.Call call, Frame frame) {
    String dotted = dotted(call.function());
    if (dotted.isEmpty()
        && call.function() instanceof Syntax.Name(_, String name)
        && !frame.variables().containsKey(name)) {
      return builtin(name, call, frame);
    }
    boolean fresh = dotted.endsWith(".__new__");
    List<@Nullable Object> given =
        fresh ? new ArrayList<>() : new ArrayList<>(all(call.arguments(), frame));
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    call.named().forEach((name, expr) -> named.put(name, eval(expr, frame)));
    if (dotted.startsWith("torch.") || dotted.startsWith("ops.")) {
      return operator(dotted, given, named);
    }
    if (dotted.startsWith("__torch__.")) {
      Syntax.Type type =
          program.type(fresh ? dotted.substring(0, dotted.length() - ".__new__".length()) : dotted);
      if (type != null) {
        return fresh ? new Made(type, emit.table(Map.of())) : instance(type, given);
      }
    }
    if (dotted.isEmpty() && call.function() instanceof Syntax.Member(_, Expr of, String name)) {
      @Nullable Object target = eval(of, frame);
      Syntax.Type type =
          target instanceof Module module
              ? module.type()
              : target instanceof Made made ? made.type() : null;
      if (type != null) {
        Syntax.Function method = type.methods().get(name);
        if (method == null) {
          throw new MalformedModel(
              "the class " + Text.escape(type.name()) + " has no method " + Text.escape(name));
        }
        given.addFirst(target);
        return caller.call(method, given, named);
      }
      given.addFirst(target);
      return Aten.call(emit, name, given, named);
    }
    return call(eval(call.function(), frame), given, named);
  }

  private @Nullable Object call(
      @Nullable Object function,
      List<@Nullable Object> given,
      Map<String, @Nullable Object> named) {
    if (!(function instanceof FunctionValue(Syntax.Function code, Object self))) {
      throw new UnsupportedModel("a call of what is no function");
    }
    List<@Nullable Object> all = new ArrayList<>(given);
    if (self != null) {
      all.addFirst(self);
    }
    return caller.call(code, all, named);
  }

  private Object instance(Syntax.Type type, List<@Nullable Object> given) {
    if (!type.base().equals("NamedTuple")) {
      Made made = new Made(type, emit.table(Map.of()));
      Syntax.Function init = type.methods().get("__init__");
      if (init == null) {
        throw new MalformedModel(
            "an object of the class " + Text.escape(type.name()) + ", which has no __init__");
      }
      given.addFirst(made);
      caller.call(init, given, Map.of());
      return made;
    }
    List<String> names = List.copyOf(type.attributes().keySet());
    if (given.size() != names.size()) {
      throw new MalformedModel(
          "a tuple "
              + Text.escape(type.name())
              + " of "
              + given.size()
              + " values, not "
              + names.size());
    }
    return new Several(given, names);
  }

  private @Nullable Object operator(
      String dotted, List<@Nullable Object> given, Map<String, @Nullable Object> named) {
    String name = dotted.substring(dotted.lastIndexOf('.') + 1);
    if (dotted.equals("ops.prim.RaiseException")) {
      throw new Control.Raised(given.isEmpty() ? "an exception" : String.valueOf(given.getFirst()));
    }
    String[] path = dotted.split("\\.", -1);
    boolean own = path[0].equals("torch") || path[1].equals("prim") || path[1].equals("aten");
    if (!own && !Aten.mapped().contains(path[1] + "::" + name)) {
      throw new UnsupportedModel(
          "the operator "
              + Text.escape(dotted.substring(4))
              + " is not of PyTorch's own: "
              + (dotted.contains("quantized")
                  ? "save the module before it is quantized, and quantize the ONNX model"
                  : "a library adds it"));
    }
    if (name.equals("device")) {
      return given.isEmpty() || !(given.getFirst() instanceof String device) ? "cpu" : device;
    }
    return Aten.call(emit, own ? name : path[1] + "::" + name, given, named);
  }

  private @Nullable Object builtin(String name, Syntax.Call call, Frame frame) {
    List<Expr> arguments = call.arguments();
    switch (name) {
      case "annotate", "unchecked_cast", "isinstance" -> {
        if (arguments.size() == 2) {
          @Nullable Object value = eval(arguments.get(name.equals("isinstance") ? 0 : 1), frame);
          return name.equals("isinstance")
              ? (Object) Kinds.isInstance(value, arguments.get(1))
              : value;
        }
      }
      case "print" -> {
        return null;
      }
      case "fork" -> {
        // What runs beside is followed at once: there is no order to be seen from outside.
        if (!arguments.isEmpty()) {
          return call(
              eval(arguments.getFirst(), frame),
              all(arguments.subList(1, arguments.size()), frame),
              Map.of());
        }
      }
      case "uninitialized" -> {
        return Control.uninitialized();
      }
      case "getattr" -> {
        if (arguments.size() == 2 && eval(arguments.get(1), frame) instanceof String attribute) {
          return attribute(eval(arguments.get(0), frame), attribute);
        }
      }
      case "int", "float", "bool", "str" -> {
        if (arguments.size() == 1) {
          @Nullable Object value = eval(arguments.getFirst(), frame);
          return switch (name) {
            case "int" -> scalars.convert(value, DataType.INT64);
            case "float" -> scalars.convert(value, DataType.DOUBLE);
            case "bool" -> scalars.truth(value);
            default -> Aten.call(emit, "str", java.util.Collections.singletonList(value), Map.of());
          };
        }
      }
      default -> {}
    }
    throw new UnsupportedModel("the call of " + Text.escape(name) + " is not of this language");
  }
}
