package org.sardonyx.torch.script;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.torch.TorchOptions;
import org.sardonyx.torch.aten.Choices;
import org.sardonyx.torch.aten.Declared;
import org.sardonyx.torch.aten.Emit;
import org.sardonyx.torch.aten.Items;
import org.sardonyx.torch.aten.Several;
import org.sardonyx.torch.aten.Sym;
import org.sardonyx.torch.aten.Table;
import org.sardonyx.torch.aten.Ten;
import org.sardonyx.torch.script.Syntax.Expr;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** The parameters of a program as inputs of a graph, and what it returns as outputs. */
public final class Ports {

  private final Emit emit;
  private final TorchOptions options;
  private final List<@Nullable Ten> inputs = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final List<ValueInfo> numbers = new ArrayList<>();
  private final Map<String, Object> used = new LinkedHashMap<>();

  public Ports(Emit emit, TorchOptions options) {
    this.emit = emit;
    this.options = options;
  }

  /** Fixes what the options say before the first try. */
  static void fix(Choices choices, TorchOptions options) {
    options
        .inputs()
        .forEach((name, type) -> {
          choices.fix("type " + name, type.elementType());
          if (type.shape().hasRank()) {
            choices.fix("rank " + name, type.shape().rank());
          }
        });
  }

  /** Whether the options speak of an input of this name, or of a part of it. */
  boolean isWanted(String name) {
    return options.inputs().keySet().stream()
        .anyMatch(input -> input.equals(name) || input.startsWith(name + "."));
  }

  /** Makes a value for a parameter. */
  @Nullable Object parameter(String name, @Nullable Expr type) {
    if (names.contains(name)) {
      throw new MalformedModel("two parameters are called " + Text.escape(name));
    }
    if (type == null) {
      return tensor(name);
    }
    return switch (type) {
      case Syntax.Name simple ->
          switch (simple.name()) {
            case "Tensor" -> tensor(name);
            case "int" -> number(name, DataType.INT64);
            case "float", "number" -> number(name, DataType.DOUBLE);
            case "bool" -> number(name, DataType.BOOL);
            default ->
                throw new UnsupportedModel(
                    "the parameter "
                        + Text.escape(name)
                        + " of type "
                        + Text.escape(simple.name())
                        + ": tensors, numbers and tuples of them can be inputs");
          };
      case Syntax.Index(_, Syntax.Name(_, String of), Expr parameters) -> {
        if (of.equals("Optional")) {
          yield parameter(name, parameters);
        }
        if (of.equals("Tuple")) {
          List<Expr> types =
              parameters instanceof Syntax.TupleOf(_, List<Expr> several)
                  ? several
                  : List.of(parameters);
          List<@Nullable Object> items = new ArrayList<>();
          for (int i = 0; i < types.size(); i++) {
            items.add(parameter(name + "." + i, types.get(i)));
          }
          yield new Several(items, List.of());
        }
        if (of.equals("Dict") && isOfTensors(parameters)) {
          // Its keys are those that the program asks for.
          Table table = emit.table(Map.of());
          table.makes(key -> tensor(name + "." + key));
          yield table;
        }
        throw new UnsupportedModel(
            "the parameter "
                + Text.escape(name)
                + " is a "
                + Text.escape(of)
                + ": how many it has is not said; tensors, numbers and tuples of them can be inputs");
      }
      default ->
          throw new UnsupportedModel(
              "the parameter "
                  + Text.escape(name)
                  + " is of a class: tensors, numbers and tuples of them can be inputs");
    };
  }

  private static boolean isOfTensors(Expr parameters) {
    return parameters instanceof Syntax.TupleOf(_, List<Expr> types)
        && types.size() == 2
        && types.get(0) instanceof Syntax.Name(_, String key)
        && types.get(1) instanceof Syntax.Name(_, String value)
        && key.equals("str")
        && value.equals("Tensor");
  }

  /** Makes an input that is a number. */
  public Object number(String name, DataType type) {
    Type scalar = Type.tensor(type, Shape.SCALAR);
    Ref ref = emit.root().input(name, scalar);
    names.add(name);
    inputs.add(null);
    numbers.add(new ValueInfo(name, scalar));
    return new Sym(ref, type, type == DataType.INT64 ? Dim.named(name) : Dim.UNKNOWN);
  }

  /** Makes an input that is a tensor of what is chosen for it. */
  public Ten tensor(String name) {
    Ref ref = emit.root().input(name, (Type) null);
    Object type = emit.choices().chosen("type " + name);
    Object rank = emit.choices().chosen("rank " + name);
    List<Dim> dims = null;
    if (rank instanceof Integer count) {
      dims = new ArrayList<>();
      for (int axis = 0; axis < count; axis++) {
        dims.add(dim(name, axis));
      }
    }
    Ten ten = emit.input(inputs.size(), ref, (DataType) type, dims);
    names.add(name);
    inputs.add(ten);
    emit.inputNames(List.of(name));
    return ten;
  }

  /** Makes an input of which all is known but sizes that have names; options may name them anew. */
  public Ten tensor(String name, DataType type, List<Dim> dims) {
    Ref ref = emit.root().input(name, (Type) null);
    for (int axis = 0; axis < dims.size(); axis++) {
      if (!dims.get(axis).isKnown()) {
        used.put(name + "." + axis, "");
      }
    }
    Ten ten = emit.input(inputs.size(), ref, type, dims);
    names.add(name);
    inputs.add(ten);
    emit.inputNames(List.of(name));
    return ten;
  }

  private Dim dim(String name, int axis) {
    Type.OfTensor given = options.inputs().get(name);
    if (given != null
        && given.shape().hasRank()
        && !(given.shape().dim(axis) instanceof Dim.Unknown)) {
      return given.shape().dim(axis);
    }
    String wanted = options.dims().get(name + "." + axis);
    used.put(name + "." + axis, wanted == null ? "" : wanted);
    if (wanted == null) {
      return Dim.named(name + "_" + axis);
    }
    return wanted.chars().allMatch(Character::isDigit)
        ? Dim.of(Long.parseLong(wanted))
        : Dim.named(wanted);
  }

  /** Refuses names of sizes and inputs that there are not. */
  void requireUsed() {
    for (String name : options.inputs().keySet()) {
      if (!names.contains(name)) {
        throw new InvalidInput("there is no input " + Text.escape(name) + "; there are " + names);
      }
    }
    for (String dim : options.dims().keySet()) {
      if (!used.containsKey(dim)) {
        throw new InvalidInput(
            "there is no size " + Text.escape(dim) + " that is open; there are " + used.keySet());
      }
    }
  }

  /** Returns the inputs as they are declared, once all is known of them. */
  List<ValueInfo> declared() {
    List<ValueInfo> declared = new ArrayList<>();
    int number = 0;
    for (int i = 0; i < inputs.size(); i++) {
      Ten ten = inputs.get(i);
      if (ten == null) {
        declared.add(numbers.get(number++));
        continue;
      }
      declared.add(new ValueInfo(names.get(i), Declared.of(emit, ten)));
    }
    return declared;
  }

  /** Gives what a program returns as outputs. */
  public void outputs(@Nullable Object result) {
    outputs(result, Map.of());
  }

  /** Gives what a program returns as outputs, and, by the names of inputs, what they become. */
  public void outputs(@Nullable Object result, Map<String, @Nullable Object> states) {
    for (@Nullable Ten input : inputs) {
      if (input != null) {
        emit.settle(input);
      }
    }
    List<Map.Entry<String, Object>> flat = new ArrayList<>();
    flatten("output", result, flat);
    states.forEach((name, state) -> flatten(name, state, flat));
    if (flat.isEmpty()) {
      throw new UnsupportedModel("the program returns no tensor");
    }
    for (Map.Entry<String, Object> entry : flat) {
      switch (entry.getValue()) {
        case Ten ten ->
            emit.root().output(free(entry.getKey()), emit.ref(ten), Declared.of(emit, ten));
        case Items list ->
            emit.root()
                .output(
                    free(entry.getKey()), Declared.sequence(emit, list), Declared.of(emit, list));
        case Object number ->
            emit.root()
                .output(free(entry.getKey()), Declared.ref(emit, number), Declared.of(number));
      }
    }
  }

  private String free(String name) {
    return names.contains(name) ? name + "_out" : name;
  }

  private static void flatten(
      String name, @Nullable Object value, List<Map.Entry<String, Object>> into) {
    switch (value) {
      case Several(var items, var itemNames) -> {
        for (int i = 0; i < items.size(); i++) {
          flatten(
              itemNames.isEmpty() ? name + "_" + i : name + "_" + itemNames.get(i),
              items.get(i),
              into);
        }
      }
      case Items list when list.isKnown() -> {
        for (int i = 0; i < list.items().size(); i++) {
          flatten(name + "_" + i, list.items().get(i), into);
        }
      }
      case Table table ->
          table.entries().forEach((key, item) -> flatten(String.valueOf(key), item, into));
      case null -> {}
      case String _ -> {}
      default -> into.add(Map.entry(name, value));
    }
  }
}
