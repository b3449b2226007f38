package org.sardonyx.operators;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;

/**
 * One version of an operator as the specification defines it.
 *
 * @param sinceVersion the first opset version it holds for
 * @param deprecated whether it must not be used any more
 * @param inputs formal inputs
 * @param outputs formal outputs
 * @param constraints the types that each type variable may take, spelled as in the specification
 * @param attributes formal attributes by name
 */
public record Signature(
    int sinceVersion,
    boolean deprecated,
    List<Parameter> inputs,
    List<Parameter> outputs,
    Map<String, Set<String>> constraints,
    Map<String, FormalAttribute> attributes) {

  public Signature {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    constraints = Collections.unmodifiableMap(new LinkedHashMap<>(constraints));
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /** How often an input or output may be given. */
  public enum Arity {
    SINGLE,
    OPTIONAL,
    /** The last one, given any number of times from its minimum on. */
    VARIADIC
  }

  /**
   * A formal input or output.
   *
   * @param name its name
   * @param type a type variable of the constraints, or one type spelled as in the specification
   * @param arity how often it may be given
   * @param minimum for variadic ones: how often at least
   * @param homogeneous for variadic ones: whether all have one type
   */
  public record Parameter(
      String name, String type, Arity arity, int minimum, boolean homogeneous) {}

  /**
   * A formal attribute.
   *
   * @param name its name
   * @param kind its kind
   * @param required whether it must be given
   * @param defaultValue its value where it is not given; null where it has none
   */
  public record FormalAttribute(
      String name, Attribute.Kind kind, boolean required, Attribute.@Nullable Value defaultValue) {}

  /** Returns the formal input of actual input {@code i}, or null where there are too many. */
  public @Nullable Parameter input(int i) {
    return at(inputs, i);
  }

  /** Returns the formal output of actual output {@code i}, or null where there are too many. */
  public @Nullable Parameter output(int i) {
    return at(outputs, i);
  }

  /** Returns the types that {@code parameter} may take. */
  public Set<String> typesOf(Parameter parameter) {
    Set<String> types = constraints.get(parameter.type());
    return types == null ? Set.of(parameter.type()) : types;
  }

  /** Returns the least number of inputs a node may list. */
  public int minInputs() {
    return minimum(inputs);
  }

  /** Returns the greatest number of inputs a node may list. */
  public int maxInputs() {
    return maximum(inputs);
  }

  /** Returns the least number of outputs a node may list. */
  public int minOutputs() {
    return minimum(outputs);
  }

  /** Returns the greatest number of outputs a node may list. */
  public int maxOutputs() {
    return maximum(outputs);
  }

  private static int minimum(List<Parameter> parameters) {
    int least = 0;
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      switch (parameter.arity()) {
        case SINGLE -> least = i + 1;
        case VARIADIC -> least = parameter.minimum() == 0 ? least : i + parameter.minimum();
        case OPTIONAL -> {}
      }
    }
    return least;
  }

  private static int maximum(List<Parameter> parameters) {
    return !parameters.isEmpty() && parameters.getLast().arity() == Arity.VARIADIC
        ? Integer.MAX_VALUE
        : parameters.size();
  }

  private static @Nullable Parameter at(List<Parameter> parameters, int i) {
    if (i < parameters.size()) {
      return parameters.get(i);
    }
    return !parameters.isEmpty() && parameters.getLast().arity() == Arity.VARIADIC
        ? parameters.getLast()
        : null;
  }
}
