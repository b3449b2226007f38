package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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

  private final Map<String, ValueInfo> declared = new LinkedHashMap<>();
  private final List<String> required = new ArrayList<>();

  Inputs(List<ValueInfo> inputs, Set<String> defaults) {
    for (ValueInfo input : inputs) {
      declared.put(input.name(), input);
      if (!defaults.contains(input.name())) {
        required.add(input.name());
      }
    }
  }

  /** Returns the names of those that have no default. */
  List<String> required() {
    return List.copyOf(required);
  }

  /**
   * Returns what is given, in the order of the model.
   *
   * @throws InvalidInput where it does not fit; names every problem
   */
  Map<String, Value> check(Map<String, ? extends Value> given) {
    List<String> problems = new ArrayList<>();
    for (String name : given.keySet()) {
      if (!declared.containsKey(name)) {
        problems.add("there is no input \"" + Text.escape(name) + "\"");
      }
    }
    Map<String, Value> values = new LinkedHashMap<>();
    Map<String, Bound> bindings = new HashMap<>();
    for (ValueInfo input : declared.values()) {
      Value value = given.get(input.name());
      if (value != null) {
        values.put(input.name(), fit(input, value, bindings, problems));
      } else if (required.contains(input.name())) {
        problems.add(label(input) + " is missing");
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidInput(
          String.join("\n  ", problems)
              + "\n  the model takes "
              + String.join(", ", declared.values().stream().map(Inputs::label).toList()));
    }
    return values;
  }

  /** The size of a named dimension, and the first input that had it. */
  private record Bound(long size, String input) {}

  private static Value fit(
      ValueInfo input, Value value, Map<String, Bound> bindings, List<String> problems) {
    Type type = input.type();
    if (type == null) {
      return value;
    }
    if (type instanceof Type.OfOptional(Type element)
        && !(value instanceof OptionalValue)
        && value.type().spec().equals(element.spec())) {
      return new OptionalValue(element, value);
    }
    if (!value.type().spec().equals(type.spec())) {
      problems.add(label(input) + " cannot be " + value.type());
    } else if (value instanceof Tensor tensor
        && type instanceof Type.OfTensor(var _, Shape shape)
        && shape.hasRank()) {
      String problem = shapeProblem(input, shape, tensor, bindings);
      if (problem != null) {
        problems.add(label(input) + " cannot be " + tensor + problem);
      }
    }
    return value;
  }

  private static @Nullable String shapeProblem(
      ValueInfo input, Shape shape, Tensor tensor, Map<String, Bound> bindings) {
    if (shape.rank() != tensor.rank()) {
      return ": the rank must be " + shape.rank();
    }
    for (int i = 0; i < shape.rank(); i++) {
      int size = tensor.dim(i);
      switch (shape.dim(i)) {
        case Dim.Known(long known) when known >= 0 && known != size -> {
          return ": dimension " + i + " must be " + known;
        }
        case Dim.Named(String name) -> {
          Bound bound = bindings.putIfAbsent(name, new Bound(size, input.name()));
          if (bound != null && bound.size() != size) {
            return ": dimension " + i + " must be " + bound.size() + ", since that is "
                + Text.escape(name) + " in \"" + Text.escape(bound.input()) + "\"";
          }
        }
        default -> {}
      }
    }
    return null;
  }

  private static String label(ValueInfo input) {
    Type type = input.type();
    return "\"" + Text.escape(input.name()) + "\" ("
        + (type == null ? "any type" : Text.escape(type.toString())) + ")";
  }
}
