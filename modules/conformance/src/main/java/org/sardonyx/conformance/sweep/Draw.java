package org.sardonyx.conformance.sweep;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Signature;
import org.sardonyx.operators.Signature.Arity;
import org.sardonyx.operators.Signature.FormalAttribute;
import org.sardonyx.operators.Signature.Parameter;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/**
 * A node in the making. What a recipe decides here has a name and becomes a cell of the coverage
 * table; what a version does not know is left out.
 */
public final class Draw {

  final Random random;
  final Signature signature;
  final Case.Builder node;
  private final OperatorDef def;
  private final Choices choices;
  private final Map<String, DataType> types = new LinkedHashMap<>();
  private @Nullable String primary;
  private List<String> primaryTypes = List.of();
  private int inputs;
  private int outputs;
  private boolean undetermined;

  Draw(OperatorDef def, Signature signature, Choices choices, Random random) {
    this.def = def;
    this.signature = signature;
    this.choices = choices;
    this.random = random;
    this.node = Case.of(def.domain(), def.name(), signature.sinceVersion());
  }

  String operator() {
    return def.name();
  }

  boolean domainIsMicrosoft() {
    return def.domain().equals("com.microsoft");
  }

  public int version() {
    return signature.sinceVersion();
  }

  /** Returns the name of the decision that cases are counted by; null where there is none. */
  @Nullable String primary() {
    return primary;
  }

  /** Returns the types that can be decided for {@link #primary}. */
  List<String> primaryTypes() {
    return primaryTypes;
  }

  /** Whether the elements of outputs are random or nowhere defined, so that only types count. */
  boolean isUndetermined() {
    return undetermined;
  }

  /** The elements of outputs are random or nowhere defined. */
  public Draw undetermined() {
    undetermined = true;
    return this;
  }

  Case build() {
    if (outputs == 0) {
      out();
    }
    return node.build(label());
  }

  /** Returns the decisions in one line. */
  String label() {
    StringBuilder label = new StringBuilder(def + "-" + version());
    choices.made().forEach(choice -> label.append(' ').append(choice.cell()));
    return label.toString();
  }

  // Decisions.

  /** Decides between values, the simplest first. */
  @SafeVarargs
  public final <T> T pick(String name, T... ways) {
    return ways[choices.pick(name, ways.length, i -> text(ways[i]))];
  }

  public boolean flag(String name) {
    return choices.pick(name, 2, i -> i == 0 ? "no" : "yes") == 1;
  }

  /** Ends a draw whose decisions do not go together. */
  Recipe.Impossible impossible() {
    return new Recipe.Impossible();
  }

  public void require(boolean condition) {
    if (!condition) {
      throw impossible();
    }
  }

  static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "-";
      case long[] longs -> Arrays.toString(longs).replace(", ", ",");
      case int[] ints -> Arrays.toString(ints).replace(", ", ",");
      case float[] floats -> Arrays.toString(floats).replace(", ", ",");
      case Object[] objects -> Arrays.toString(objects).replace(", ", ",");
      case DataType type -> type.specName();
      default -> value.toString();
    };
  }

  // Types.

  /** Returns the type of the first input. */
  public DataType type() {
    return type(signature.inputs().getFirst().type());
  }

  boolean hasType(String variable) {
    return signature.constraints().containsKey(variable);
  }

  /** Decides about the tensor type of a type variable, or returns what was decided. */
  public DataType type(String variable) {
    return type(variable, type -> true);
  }

  /** As {@link #type(String)}, of the types that fulfil a test. */
  DataType type(String variable, Predicate<DataType> test) {
    DataType known = types.get(variable);
    if (known != null) {
      return known;
    }
    Set<String> allowed = signature.constraints().getOrDefault(variable, Set.of(variable));
    List<DataType> ways = new ArrayList<>();
    for (DataType type : Numbers.TYPES) {
      if (test.test(type)
          && allowed.stream().anyMatch(spelled -> spelled.contains("(" + type.specName() + ")"))) {
        ways.add(type);
      }
    }
    if (ways.isEmpty()) {
      throw impossible();
    }
    if (ways.size() == 1 && primary != null) {
      types.put(variable, ways.getFirst());
      return ways.getFirst();
    }
    if (primary == null) {
      primary = variable;
      primaryTypes = ways.stream().map(DataType::specName).toList();
    }
    DataType type = ways.get(choices.pick(variable, ways.size(), i -> ways.get(i).specName()));
    types.put(variable, type);
    return type;
  }

  /** Says what the type of a variable is, as attributes decide it. */
  public Draw bind(String variable, DataType type) {
    types.put(variable, type);
    return this;
  }

  /** Whether the variable may be this type. */
  boolean allows(String variable, DataType type) {
    return signature
        .constraints()
        .getOrDefault(variable, Set.of(variable))
        .contains("tensor(" + type.specName() + ")");
  }

  // Attributes.

  public boolean declares(String attribute) {
    return signature.attributes().containsKey(attribute);
  }

  /** Sets an attribute where the version has it. */
  public Draw set(String name, Object value) {
    if (declares(name)) {
      node.attribute(new Attribute(name, attribute(name, value)));
    }
    return this;
  }

  /**
   * Decides about an attribute, which is left out first where it may be, and returns what holds:
   * {@code otherwise} where it is left out.
   */
  @SafeVarargs
  public final <T> T attr(String name, T otherwise, T... ways) {
    FormalAttribute formal = signature.attributes().get(name);
    if (formal == null) {
      return otherwise;
    }
    int left = formal.required() ? 0 : 1;
    int index =
        choices.pick(name, ways.length + left, i -> i < left ? "absent" : text(ways[i - left]));
    if (index < left) {
      return otherwise;
    }
    T value = ways[index - left];
    set(name, (Object) value);
    return value;
  }

  /** Decides about the form of an attribute, where the version has it; the first otherwise. */
  String attrOf(String name, String... ways) {
    return declares(name) ? pick(name, ways) : ways[0];
  }

  private Attribute.Value attribute(String name, Object value) {
    return switch (value) {
      case Long number -> new Attribute.OfInt(number);
      case Integer number -> new Attribute.OfInt(number);
      case Boolean yes -> new Attribute.OfInt(yes ? 1 : 0);
      case Float number -> new Attribute.OfFloat(number);
      case String text -> Attribute.OfString.of(text);
      case long[] numbers -> new Attribute.OfInts(Arrays.stream(numbers).boxed().toList());
      case float[] numbers -> {
        List<Float> list = new ArrayList<>();
        for (float number : numbers) {
          list.add(number);
        }
        yield new Attribute.OfFloats(list);
      }
      case String[] texts -> Attribute.OfStrings.of(Arrays.asList(texts));
      case Tensor tensor -> new Attribute.OfTensor(TensorData.of("", tensor));
      case Graph graph -> new Attribute.OfGraph(graph);
      case Type type -> new Attribute.OfType(type);
      case Attribute.Value ready -> ready;
      default -> throw new IllegalStateException(name + " cannot be " + value);
    };
  }

  // Inputs and outputs.

  /** Returns ordinary elements of a type: normal numbers, small integers, words. */
  public Tensor numbers(DataType type, int... shape) {
    return Numbers.of(this, type, shape);
  }

  private String nameOf(List<Parameter> parameters, int index) {
    return index < parameters.size() && parameters.get(index).arity() != Arity.VARIADIC
        ? parameters.get(index).name()
        : "x" + index;
  }

  /** Adds an input of the graph. */
  public Draw in(Value value) {
    node.input("i_" + nameOf(signature.inputs(), inputs), value);
    inputs++;
    return this;
  }

  /** Adds an input that is an initializer or an input of the graph. */
  public Draw param(Tensor value) {
    String name = nameOf(signature.inputs(), inputs);
    return flag(name + " from outside") ? in(value) : fixed(value);
  }

  /** Adds an input that is an initializer. */
  public Draw fixed(Tensor value) {
    node.constant("i_" + nameOf(signature.inputs(), inputs), value);
    inputs++;
    return this;
  }

  /** Leaves out an optional input. */
  public Draw none() {
    node.noInput();
    inputs++;
    return this;
  }

  /** Adds an optional input, or not. Where the version does not have it nothing is added. */
  public boolean optional(String name, Supplier<? extends Value> value) {
    if (!hasInput(name)) {
      return false;
    }
    if (flag(name)) {
      in(value.get());
      return true;
    }
    none();
    return false;
  }

  /** As {@link #optional}, an initializer mostly. */
  boolean optionalParam(String name, Supplier<Tensor> value) {
    if (!hasInput(name)) {
      return false;
    }
    if (flag(name)) {
      param(value.get());
      return true;
    }
    none();
    return false;
  }

  public boolean hasInput(String name) {
    return signature.inputs().stream().anyMatch(p -> p.name().equals(name));
  }

  /** Gives numbers as the input or as the attribute of this name, as the version has it. */
  Draw numbersFor(String name, long... values) {
    if (hasInput(name)) {
      param(Tensor.vector(values));
    } else {
      set(name, values);
    }
    return this;
  }

  /** Every output: those that must be there, and decides about the others. */
  public Draw out() {
    for (Parameter parameter : signature.outputs()) {
      switch (parameter.arity()) {
        case SINGLE -> give(typeOf(parameter));
        case OPTIONAL -> {
          if (flag(parameter.name())) {
            give(typeOf(parameter));
          } else {
            node.noOutput();
            outputs++;
          }
        }
        case VARIADIC -> {
          for (int i = 0; i < Math.max(1, parameter.minimum()); i++) {
            give(typeOf(parameter));
          }
        }
      }
    }
    return this;
  }

  /** Outputs of these types. */
  Draw out(DataType... given) {
    for (DataType type : given) {
      give(type);
    }
    return this;
  }

  private DataType typeOf(Parameter parameter) {
    return type(parameter.type());
  }

  public Draw give(DataType type) {
    return give(Type.tensor(type));
  }

  public Draw give(Type type) {
    node.output("o_" + nameOf(signature.outputs(), outputs), type);
    outputs++;
    return this;
  }

  public Draw giveNone() {
    node.noOutput();
    outputs++;
    return this;
  }

  /** Whether results are exact by definition. */
  boolean isExact() {
    return def.accuracy() == Accuracy.EXACT;
  }
}
