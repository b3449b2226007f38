package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** The inputs that a model declares, to check what a caller gives. */
final class Inputs {

  private static final long ANY = -1;

  private final List<ValueInfo> declared;
  private final List<String> names;
  private final boolean[] required;
  private final int requiredCount;

  /** By input and dimension: its size, {@link #ANY}, or {@code -2 - n} for name n. */
  private final long[] @Nullable [] dims;

  private final List<String> dimNames = new ArrayList<>();

  Inputs(List<ValueInfo> inputs, Set<String> defaults) {
    this.declared = List.copyOf(inputs);
    List<String> all = new ArrayList<>(declared.size());
    for (ValueInfo input : declared) {
      all.add(input.name());
    }
    this.names = List.copyOf(all);
    this.required = new boolean[names.size()];
    this.dims = new long[names.size()][];
    Map<String, Integer> numbers = new HashMap<>();
    int count = 0;
    for (int i = 0; i < required.length; i++) {
      required[i] = !defaults.contains(names.get(i));
      count += required[i] ? 1 : 0;
      dims[i] =
          declared.get(i).type() instanceof Type.OfTensor(var _, Shape shape) && shape.hasRank()
              ? dims(shape, numbers)
              : null;
    }
    this.requiredCount = count;
  }

  private long[] dims(Shape shape, Map<String, Integer> numbers) {
    long[] result = new long[shape.rank()];
    for (int d = 0; d < result.length; d++) {
      result[d] = ANY;
      if (shape.dim(d) instanceof Dim.Known(long size) && size >= 0) {
        result[d] = size;
      } else if (shape.dim(d) instanceof Dim.Named(String name)) {
        Integer number = numbers.putIfAbsent(name, numbers.size());
        if (number == null) {
          dimNames.add(name);
        }
        result[d] = -2L - numbers.get(name);
      }
    }
    return result;
  }

  /** Returns the names of all, in the order of the model. */
  List<String> names() {
    return names;
  }

  /** Returns the names of those that have no default. */
  List<String> required() {
    List<String> result = new ArrayList<>();
    for (int i = 0; i < required.length; i++) {
      if (required[i]) {
        result.add(names.get(i));
      }
    }
    return List.copyOf(result);
  }

  /** Whether {@code values} holds nothing that has a default. */
  boolean isRequiredOnly(@Nullable Value[] values) {
    int given = 0;
    for (Value value : values) {
      given += value == null ? 0 : 1;
    }
    return given == requiredCount;
  }

  /**
   * Returns what is given, in the order of the model; null where a default is to be taken.
   *
   * @throws InvalidInput where it does not fit; names every problem
   */
  @Nullable Value[] check(Map<String, ? extends Value> given) {
    return check(given, room());
  }

  /**
   * What {@link #check} works in.
   *
   * @param values the inputs in the order of the model
   * @param bound the sizes of named dimensions
   */
  record Room(@Nullable Value[] values, long[] bound) {}

  Room room() {
    return new Room(new @Nullable Value[names.size()], new long[dimNames.size()]);
  }

  /** As the other one, in room that may be used again. */
  @Nullable Value[] check(Map<String, ? extends Value> given, Room room) {
    @Nullable Value[] values = room.values();
    Arrays.fill(values, null);
    long[] bound = room.bound();
    Arrays.fill(bound, ANY);
    int found = 0;
    boolean fits = true;
    for (int i = 0; i < values.length; i++) {
      Value value = given.get(names.get(i));
      if (value == null) {
        fits &= !required[i];
        continue;
      }
      found++;
      Value fitted = wrapped(value, declared.get(i).type());
      values[i] = fitted;
      fits &= problem(i, fitted, bound) == null;
    }
    if (!fits || found != given.size()) {
      throw refused(given);
    }
    return values;
  }

  /** Returns the sizes of the named dimensions of {@code given}, as far as they show; no checks. */
  Map<String, Long> sizes(Map<String, ? extends Value> given) {
    long[] bound = new long[dimNames.size()];
    Arrays.fill(bound, ANY);
    for (int i = 0; i < names.size(); i++) {
      Value value = given.get(names.get(i));
      if (value != null) {
        problem(i, value, bound);
      }
    }
    Map<String, Long> sizes = new HashMap<>();
    for (int i = 0; i < bound.length; i++) {
      if (bound[i] != ANY) {
        sizes.put(dimNames.get(i), bound[i]);
      }
    }
    return sizes;
  }

  /** Returns {@code value}, in an optional where one is declared and it is none itself. */
  static Value wrapped(Value value, @Nullable Type declared) {
    return declared instanceof Type.OfOptional(Type element)
            && !(value instanceof OptionalValue)
            && value.type().spec().equals(element.spec())
        ? new OptionalValue(element, value)
        : value;
  }

  private InvalidInput refused(Map<String, ? extends Value> given) {
    List<String> problems = new ArrayList<>();
    for (String name : given.keySet()) {
      if (!names.contains(name)) {
        problems.add("there is no input \"" + Text.escape(name) + "\"");
      } else if (given.get(name) == null) {
        problems.add("input \"" + Text.escape(name) + "\" is null");
      }
    }
    long[] bound = new long[dimNames.size()];
    Arrays.fill(bound, ANY);
    for (int i = 0; i < names.size(); i++) {
      Value value = given.get(names.get(i));
      if (value != null) {
        String problem = problem(i, wrapped(value, declared.get(i).type()), bound);
        if (problem != null) {
          problems.add(label(declared.get(i)) + " cannot be " + value.type() + problem);
        }
      } else if (required[i]) {
        problems.add(label(declared.get(i)) + " is missing");
      }
    }
    return new InvalidInput(
        String.join("\n  ", problems)
            + "\n  the model takes "
            + String.join(", ", declared.stream().map(Inputs::label).toList()));
  }

  /** Returns what is wrong with the value of input {@code i}; null where nothing is. */
  private @Nullable String problem(int i, Value value, long[] bound) {
    Type type = declared.get(i).type();
    if (type == null) {
      return null;
    }
    if (!(value instanceof Tensor tensor && type instanceof Type.OfTensor(var element, Shape _))) {
      return value.type().spec().equals(type.spec()) ? null : "";
    }
    long[] expected = dims[i];
    if (tensor.dataType() != element) {
      return "";
    }
    if (expected == null) {
      return null;
    }
    if (expected.length != tensor.rank()) {
      return ": the rank must be " + expected.length;
    }
    for (int d = 0; d < expected.length; d++) {
      long size = tensor.dim(d);
      if (expected[d] >= 0 && expected[d] != size) {
        return ": dimension " + d + " must be " + expected[d];
      }
      if (expected[d] < ANY) {
        int name = (int) (-2 - expected[d]);
        if (bound[name] == ANY) {
          bound[name] = size;
        } else if (bound[name] != size) {
          return ": dimension "
              + d
              + ", "
              + Text.escape(dimNames.get(name))
              + ", is "
              + bound[name]
              + " elsewhere";
        }
      }
    }
    return null;
  }

  private static String label(ValueInfo input) {
    Type type = input.type();
    return "\""
        + Text.escape(input.name())
        + "\" ("
        + (type == null ? "any type" : Text.escape(type.toString()))
        + ")";
  }
}
