package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Signature.Arity;
import org.sardonyx.operators.Signature.FormalAttribute;
import org.sardonyx.operators.Signature.Parameter;
import org.sardonyx.tensor.DataType;

/**
 * An operator as the specification defines it, every version, with the factory that makes it from
 * attributes. Check, inference, export, the coverage table and the sweep all follow from it.
 *
 * <pre>{@code
 * static final OperatorDef DEF =
 *     OperatorDef.named("Softmax")
 *         .version(1).input("input", "T").output("output", "T").attribute("axis", 1)
 *             .type("T", Types.FLOATS)
 *         .version(11)
 *         .version(13).attribute("axis", -1).type("T", Types.FLOATS_BF16)
 *         .accuracy(Accuracy.ACCUMULATED)
 *         .create(Softmax::of);
 * }</pre>
 */
public final class OperatorDef {

  private final String domain;
  private final String name;
  private final List<Signature> versions;
  private final Accuracy accuracy;
  private final boolean earlier;
  private final Function<Attributes, ? extends Operator> factory;

  private OperatorDef(Builder builder, Function<Attributes, ? extends Operator> factory) {
    this.domain = builder.domain;
    this.name = builder.name;
    this.versions = List.copyOf(builder.versions);
    this.accuracy = builder.accuracy;
    this.earlier = builder.earlier;
    this.factory = factory;
  }

  private OperatorDef(
      OperatorDef original,
      List<Signature> versions,
      Function<Attributes, ? extends Operator> factory) {
    this.domain = original.domain;
    this.name = original.name;
    this.versions = List.copyOf(versions);
    this.accuracy = original.accuracy;
    this.earlier = original.earlier;
    this.factory = factory;
  }

  /**
   * Returns the same operator with another implementation, to be given to a session in place of
   * ours.
   *
   * @param change what to change in every version; {@code UnaryOperator.identity()} for nothing
   */
  public OperatorDef implementedBy(
      UnaryOperator<Signature> change, Function<Attributes, ? extends Operator> implementation) {
    return new OperatorDef(this, versions.stream().map(change).toList(), implementation);
  }

  /** Starts the definition of an operator of ai.onnx. */
  public static Builder named(String name) {
    return new Builder(name);
  }

  /** Returns the domain; empty for ai.onnx. */
  public String domain() {
    return domain;
  }

  public String name() {
    return name;
  }

  /** Returns every version, oldest first. */
  public List<Signature> versions() {
    return versions;
  }

  public Accuracy accuracy() {
    return accuracy;
  }

  /**
   * Returns the version that holds under {@code opsetVersion}, or null where it is older than all.
   */
  public @Nullable Signature signature(long opsetVersion) {
    Signature found = earlier ? versions.getFirst() : null;
    for (Signature signature : versions) {
      if (signature.sinceVersion() <= opsetVersion) {
        found = signature;
      }
    }
    return found;
  }

  /**
   * Makes the operator.
   *
   * @throws org.sardonyx.error.UnsupportedModel where an attribute is given that the operator does
   *     not read, or a value that it does not implement
   * @throws org.sardonyx.error.InvalidModel where the attributes break the specification
   */
  public Operator create(Attributes attributes) {
    Operator operator = factory.apply(attributes);
    attributes.refuseUnread();
    return operator;
  }

  @Override
  public String toString() {
    return domain.isEmpty() ? name : domain + "." + name;
  }

  /**
   * Builds a definition. After {@link #version} the calls describe that version, which begins as a
   * copy of the one before; a name that is given again replaces what it stood for.
   */
  public static final class Builder {

    private final String name;
    private String domain = "";
    private Accuracy accuracy = Accuracy.EXACT;
    private boolean earlier;
    private final List<Signature> versions = new ArrayList<>();
    private int version;
    private boolean deprecated;
    private List<Parameter> inputs = new ArrayList<>();
    private List<Parameter> outputs = new ArrayList<>();
    private Map<String, Set<String>> constraints = new LinkedHashMap<>();
    private Map<String, FormalAttribute> attributes = new LinkedHashMap<>();

    private Builder(String name) {
      this.name = name;
    }

    public Builder domain(String newDomain) {
      domain = newDomain;
      return this;
    }

    public Builder version(int sinceVersion) {
      finish();
      version = sinceVersion;
      return this;
    }

    /** The version must not be used any more. */
    public Builder deprecated() {
      deprecated = true;
      return this;
    }

    /** An input that must be given; {@code type} is a type variable or a type as in the spec. */
    public Builder input(String parameter, String type) {
      return put(inputs, new Parameter(parameter, type, Arity.SINGLE, 1, true));
    }

    public Builder optionalInput(String parameter, String type) {
      return put(inputs, new Parameter(parameter, type, Arity.OPTIONAL, 0, true));
    }

    public Builder variadicInput(String parameter, String type, int minimum) {
      return put(inputs, new Parameter(parameter, type, Arity.VARIADIC, minimum, true));
    }

    /** A variadic input whose actual inputs may each have a type of their own. */
    public Builder mixedInput(String parameter, String type, int minimum) {
      return put(inputs, new Parameter(parameter, type, Arity.VARIADIC, minimum, false));
    }

    public Builder output(String parameter, String type) {
      return put(outputs, new Parameter(parameter, type, Arity.SINGLE, 1, true));
    }

    public Builder optionalOutput(String parameter, String type) {
      return put(outputs, new Parameter(parameter, type, Arity.OPTIONAL, 0, true));
    }

    public Builder variadicOutput(String parameter, String type, int minimum) {
      return put(outputs, new Parameter(parameter, type, Arity.VARIADIC, minimum, true));
    }

    /** A variadic output whose actual outputs may each have a type of their own. */
    public Builder mixedOutput(String parameter, String type, int minimum) {
      return put(outputs, new Parameter(parameter, type, Arity.VARIADIC, minimum, false));
    }

    /** Forgets the inputs of the version before. */
    public Builder noInputs() {
      inputs = new ArrayList<>();
      return this;
    }

    /** Forgets the outputs of the version before. */
    public Builder noOutputs() {
      outputs = new ArrayList<>();
      return this;
    }

    /** Forgets an attribute of the version before. */
    public Builder without(String attribute) {
      if (attributes.remove(attribute) == null) {
        throw new IllegalStateException(name + " has no attribute " + attribute);
      }
      return this;
    }

    /** The types that a type variable may take. */
    public Builder type(String variable, Set<String> types) {
      constraints.put(variable, types);
      return this;
    }

    public Builder type(String variable, DataType... types) {
      return type(variable, Types.tensors(types));
    }

    /** Forgets a type variable of the version before. */
    public Builder withoutType(String variable) {
      if (constraints.remove(variable) == null) {
        throw new IllegalStateException(name + " has no type variable " + variable);
      }
      return this;
    }

    public Builder attribute(String attribute, long defaultValue) {
      return attribute(attribute, Kind.INT, false, new Attribute.OfInt(defaultValue));
    }

    public Builder attribute(String attribute, float defaultValue) {
      return attribute(attribute, Kind.FLOAT, false, new Attribute.OfFloat(defaultValue));
    }

    public Builder attribute(String attribute, String defaultValue) {
      return attribute(attribute, Kind.STRING, false, Attribute.OfString.of(defaultValue));
    }

    public Builder attribute(String attribute, Kind kind, Attribute.Value defaultValue) {
      return attribute(attribute, kind, false, defaultValue);
    }

    /** An attribute that may be left out and has no default. */
    public Builder optional(String attribute, Kind kind) {
      return attribute(attribute, kind, false, null);
    }

    public Builder required(String attribute, Kind kind) {
      return attribute(attribute, kind, true, null);
    }

    public Builder accuracy(Accuracy newAccuracy) {
      accuracy = newAccuracy;
      return this;
    }

    /**
     * The first version holds under older opset versions as well: ONNX Runtime had the operator
     * before ONNX did, and optimized models that it saves use it under the opset they came with.
     */
    public Builder earlier() {
      earlier = true;
      return this;
    }

    /** Ends the definition. */
    public OperatorDef create(Function<Attributes, ? extends Operator> factory) {
      finish();
      return new OperatorDef(this, factory);
    }

    private Builder attribute(
        String attribute, Kind kind, boolean required, Attribute.@Nullable Value defaultValue) {
      attributes.put(attribute, new FormalAttribute(attribute, kind, required, defaultValue));
      return this;
    }

    private Builder put(List<Parameter> parameters, Parameter parameter) {
      for (int i = 0; i < parameters.size(); i++) {
        if (parameters.get(i).name().equals(parameter.name())) {
          parameters.set(i, parameter);
          return this;
        }
      }
      parameters.add(parameter);
      return this;
    }

    private void finish() {
      if (version == 0) {
        return;
      }
      versions.add(new Signature(version, deprecated, inputs, outputs, constraints, attributes));
      deprecated = false;
    }
  }
}
