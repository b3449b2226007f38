package org.sardonyx.torch.exported;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.torch.aten.Aten;
import org.sardonyx.torch.aten.Emit;
import org.sardonyx.torch.aten.Items;
import org.sardonyx.torch.aten.Scalars;
import org.sardonyx.torch.aten.Several;
import org.sardonyx.torch.aten.Ten;

/** Follows a graph of torch.export: each of its nodes is an operator with named arguments. */
final class ExportedGraph {

  /** How deep the program itself is. */
  static final int MAIN = 0;

  private static final int MOST_DEPTH = 50;
  private static final String ATEN = "torch.ops.aten.";
  private static final String HIGHER = "torch.ops.higher_order.";

  /** Operators of Python on numbers, as they are called here. */
  private static final Map<String, String> NUMBERS =
      Map.ofEntries(
          Map.entry("_operator.add", "add"),
          Map.entry("_operator.sub", "sub"),
          Map.entry("_operator.mul", "mul"),
          Map.entry("_operator.floordiv", "floordiv"),
          Map.entry("_operator.truediv", "div"),
          Map.entry("_operator.mod", "remainder"),
          Map.entry("_operator.pow", "pow"),
          Map.entry("_operator.neg", "neg"),
          Map.entry("_operator.eq", "eq"),
          Map.entry("_operator.ne", "ne"),
          Map.entry("_operator.lt", "lt"),
          Map.entry("_operator.le", "le"),
          Map.entry("_operator.gt", "gt"),
          Map.entry("_operator.ge", "ge"),
          Map.entry("_operator.and_", "__and__"),
          Map.entry("_operator.or_", "__or__"),
          Map.entry("math.trunc", "Int"),
          Map.entry("math.ceil", "ceil"),
          Map.entry("math.floor", "floor"),
          Map.entry("torch.sym_int", "Int"),
          Map.entry("torch.sym_float", "Float"),
          Map.entry("torch.sym_not", "__not__"),
          Map.entry("torch.sym_max", "max"),
          Map.entry("torch.sym_min", "min"),
          Map.entry("torch.sym_sqrt", "sqrt"));

  /** Arguments that older archives do not mark, and that no operator takes by place. */
  private static final List<String> KEYWORDS =
      List.of(
          "layout",
          "device",
          "pin_memory",
          "memory_format",
          "generator",
          "rounding_mode",
          "approximate",
          "correction",
          "enable_gqa",
          "sparse_grad");

  private static final List<String> SCALED =
      List.of("add", "sub", "rsub", "addmm", "baddbmm", "addbmm", "addmv", "addr");

  private final Emit emit;
  private final HigherOrder higher;

  ExportedGraph(Emit emit) {
    this.emit = emit;
    this.higher = new HigherOrder(emit, this);
  }

  /** What a graph gives, in order. */
  record Results(List<@Nullable Object> items) {}

  /** A graph that is the argument of a node. */
  record Sub(Json graph, int depth) {}

  private record Frame(Map<String, @Nullable Object> values, int depth) {}

  /** Follows a graph whose inputs have these values. */
  Results follow(Sub sub, List<@Nullable Object> inputs) {
    List<Json> formals = sub.graph().get("inputs").list();
    if (formals.size() != inputs.size()) {
      throw new MalformedModel(
          sub.graph().path() + " has " + formals.size() + " inputs and is given " + inputs.size());
    }
    Map<String, @Nullable Object> values = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      values.put(nameOf(formals.get(i)), inputs.get(i));
    }
    return follow(sub.graph(), values, sub.depth());
  }

  Results follow(Json graph, Map<String, @Nullable Object> given, int depth) {
    if (depth > MOST_DEPTH) {
      throw new LimitExceeded("depth", "graphs nested more than " + MOST_DEPTH + " deep");
    }
    Frame frame = new Frame(given, depth);
    for (Json node : graph.get("nodes").list()) {
      String target = node.get("target").text();
      try {
        node(node, target, frame);
      } catch (ModelException e) {
        throw e.location().path().isEmpty() ? e.within(place(node, target)) : e;
      } catch (Emit.Mismatch e) {
        throw new UnsupportedModel(place(node, target) + ": " + e.getMessage());
      }
    }
    List<@Nullable Object> results = new ArrayList<>();
    graph.get("outputs").list().forEach(output -> results.add(value(output, frame)));
    return new Results(results);
  }

  private static String place(Json node, String target) {
    return node.path() + " (" + Text.escape(target) + ")";
  }

  private void node(Json node, String target, Frame frame) {
    List<Json> inputs = node.get("inputs").list();
    @Nullable Object result;
    if (target.startsWith(ATEN)) {
      String[] parts = target.substring(ATEN.length()).split("\\.", -1);
      result = operator(parts[0], inputs, frame);
    } else if (NUMBERS.containsKey(target)) {
      result = operator(NUMBERS.getOrDefault(target, ""), inputs, frame);
    } else if (target.startsWith(HIGHER)) {
      List<@Nullable Object> arguments = new ArrayList<>();
      inputs.forEach(input -> arguments.add(value(input.get("arg"), frame)));
      result = higher.call(target.substring(HIGHER.length()), arguments);
    } else {
      throw new UnsupportedModel(
          "the operator "
              + Text.escape(target)
              + " is not of PyTorch's own"
              + (target.contains("quantized") ? ": quantize the ONNX model instead" : ""));
    }
    bind(node.get("outputs").list(), result, frame);
  }

  private @Nullable Object operator(String name, List<Json> inputs, Frame frame) {
    List<@Nullable Object> given = new ArrayList<>();
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    for (Json input : inputs) {
      String key = input.get("name").text();
      @Nullable Object value = value(input.get("arg"), frame);
      Json kind = input.optional("kind");
      boolean keyword;
      if (kind == null || kind.integer() == 0) {
        keyword = !named.isEmpty() || isKeyword(name, key);
      } else {
        keyword = kind.integer() == 2;
      }
      if (keyword) {
        named.put(key, value);
      } else {
        given.add(value);
      }
    }
    return Aten.call(emit, name, given, named);
  }

  private static boolean isKeyword(String operator, String key) {
    return KEYWORDS.contains(key)
        || (key.equals("dtype") && !operator.contains("softmax") && !operator.equals("to"))
        || ((key.equals("alpha") || key.equals("beta")) && SCALED.contains(operator))
        || (key.equals("value") && (operator.equals("addcmul") || operator.equals("addcdiv")))
        || (key.equals("scale") && operator.contains("scaled_dot_product"));
  }

  /** Gives names to what a node gives: one value, several, or the tensors of a list. */
  private void bind(List<Json> outputs, @Nullable Object result, Frame frame) {
    if (outputs.size() == 1 && outputs.getFirst().optional("as_tensors") != null) {
      bindAll(outputs.getFirst().get("as_tensors").list(), result, frame);
      return;
    }
    if (outputs.size() == 1 && !(result instanceof Several)) {
      put(outputs.getFirst(), result, frame);
      return;
    }
    List<@Nullable Object> items =
        result instanceof Several(var several, var _)
            ? several
            : java.util.Collections.singletonList(result);
    for (int i = 0; i < outputs.size(); i++) {
      if (i < items.size()) {
        put(outputs.get(i), items.get(i), frame);
      }
    }
  }

  private void bindAll(List<Json> names, @Nullable Object result, Frame frame) {
    List<@Nullable Object> items = new ArrayList<>();
    if (result instanceof Items list && !list.isKnown()) {
      for (long i = 0; i < names.size(); i++) {
        items.add(Aten.call(emit, "__getitem__", List.of(list, i), Map.of()));
      }
    } else {
      items.addAll(result instanceof Ten ten ? List.of(ten) : list(result));
    }
    if (items.size() != names.size()) {
      throw new UnsupportedModel(items.size() + " tensors for " + names.size() + " names");
    }
    for (int i = 0; i < names.size(); i++) {
      frame.values().put(names.get(i).get("name").text(), items.get(i));
    }
  }

  static List<@Nullable Object> list(@Nullable Object value) {
    return switch (value) {
      case Items items -> items.items();
      case Several(var items, var _) -> items;
      case null, default -> throw new UnsupportedModel("what should be a list is none");
    };
  }

  private void put(Json output, @Nullable Object value, Frame frame) {
    Map.Entry<String, Json> one = output.only();
    switch (one.getKey()) {
      case "as_none" -> {}
      case "as_optional_tensor" -> {
        if (one.getValue().optional("as_tensor") != null) {
          put(one.getValue(), value, frame);
        }
      }
      case "as_tensors" -> bindAll(one.getValue().list(), value, frame);
      case "as_sym_int", "as_sym_float", "as_sym_bool" ->
          frame
              .values()
              .put(
                  one.getValue().get("as_name").text(),
                  value instanceof Ten ten ? new Scalars(emit).item(ten) : value);
      default -> frame.values().put(nameOf(output), value);
    }
  }

  /** Returns the name of a value that is passed or given. */
  private static String nameOf(Json argument) {
    Map.Entry<String, Json> one = argument.only();
    return switch (one.getKey()) {
      case "as_tensor", "as_token" -> one.getValue().get("name").text();
      case "as_sym_int", "as_sym_float", "as_sym_bool" -> one.getValue().get("as_name").text();
      default ->
          throw new UnsupportedModel(
              argument.path() + ": a value that is " + Text.escape(one.getKey()));
    };
  }

  private @Nullable Object named(Json name, Frame frame) {
    String text = name.text();
    if (!frame.values().containsKey(text)) {
      throw new MalformedModel(name.path() + ": nothing is called " + Text.escape(text));
    }
    return frame.values().get(text);
  }

  private @Nullable Object value(Json argument, Frame frame) {
    Map.Entry<String, Json> one = argument.only();
    Json of = one.getValue();
    return switch (one.getKey()) {
      case "as_none" -> null;
      case "as_tensor" -> named(of.get("name"), frame);
      case "as_optional_tensor" -> value(of, frame);
      case "as_int" -> of.integer();
      case "as_float" -> of.number();
      case "as_bool" -> of.flag();
      case "as_string" -> of.text();
      case "as_name" -> named(of, frame);
      case "as_sym_int", "as_sym_float", "as_sym_bool" -> value(of, frame);
      case "as_scalar_type" -> Meta.code(of);
      case "as_device" -> of.get("type").text();
      case "as_layout", "as_memory_format" -> 0L;
      case "as_graph" -> new Sub(of.get("graph"), frame.depth() + 1);
      case "as_ints", "as_floats", "as_bools", "as_strings" -> {
        List<@Nullable Object> items = new ArrayList<>();
        for (Json item : of.list()) {
          items.add(one.getKey().equals("as_floats") ? (Object) item.number() : item.value());
        }
        yield emit.items(items);
      }
      case "as_tensors" -> {
        List<@Nullable Object> items = new ArrayList<>();
        of.list().forEach(item -> items.add(named(item.get("name"), frame)));
        yield emit.items(items);
      }
      case "as_sym_ints", "as_sym_floats", "as_sym_bools", "as_optional_tensors" -> {
        List<@Nullable Object> items = new ArrayList<>();
        of.list().forEach(item -> items.add(value(item, frame)));
        yield emit.items(items);
      }
      default ->
          throw new UnsupportedModel(
              argument.path() + ": an argument of the kind " + Text.escape(one.getKey()));
    };
  }
}
