package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Signature.Arity;
import org.sardonyx.operators.Signature.Parameter;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

/**
 * Runs one operator without a runtime, and looks on the way for what tests of results miss:
 * elements of an output that were never written, inputs that were changed or never read, types and
 * shapes that inference states and that do not come true, and a prepared operator that computes
 * something else.
 *
 * <pre>{@code
 * Tensor y = OperatorRunner.of("Softmax", 13).attribute("axis", 0).run(x);
 * }</pre>
 */
public final class OperatorRunner {

  private final OperatorDef def;
  private final long opset;
  private final Map<String, Attribute> attributes = new LinkedHashMap<>();
  private final Map<String, Body> bodies = new LinkedHashMap<>();
  private final Set<Integer> ignorable = new HashSet<>();
  private final Set<Integer> unwanted = new HashSet<>();
  private int outputs = -1;
  private Kernels kernels = Kernels.best();
  private boolean repeatable = true;

  private OperatorRunner(OperatorDef def, long opset) {
    this.def = def;
    this.opset = opset;
  }

  /** Takes an operator of ai.onnx as it is under an opset version. */
  public static OperatorRunner of(String name, long opset) {
    return of("", name, opset);
  }

  /** Takes an operator of any domain. */
  public static OperatorRunner of(String domain, String name, long opset) {
    OperatorDef def = Operators.standard().find(domain, name);
    if (def == null) {
      throw new AssertionError(domain + "." + name + " is not listed in Operators");
    }
    return of(def, opset);
  }

  public static OperatorRunner of(OperatorDef def, long opset) {
    return new OperatorRunner(def, opset);
  }

  public OperatorRunner attribute(String name, long value) {
    return attribute(Attribute.of(name, value));
  }

  public OperatorRunner attribute(String name, float value) {
    return attribute(Attribute.of(name, value));
  }

  public OperatorRunner attribute(String name, String value) {
    return attribute(Attribute.of(name, value));
  }

  public OperatorRunner attribute(Attribute attribute) {
    attributes.put(attribute.name(), attribute);
    return this;
  }

  /** An attribute of integers, however many. */
  public OperatorRunner ints(String name, long... values) {
    return attribute(
        new Attribute(name, new Attribute.OfInts(Arrays.stream(values).boxed().toList())));
  }

  /** An attribute of floats, however many. */
  public OperatorRunner floats(String name, float... values) {
    List<Float> list = new ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return attribute(new Attribute(name, new Attribute.OfFloats(list)));
  }

  /** An attribute of strings, however many. */
  public OperatorRunner strings(String name, String... values) {
    return attribute(new Attribute(name, Attribute.OfStrings.of(List.of(values))));
  }

  /** A graph attribute, as the function it computes. */
  public OperatorRunner body(String name, Body body) {
    bodies.put(name, body);
    return attribute(
        Attribute.of(name, new Graph(name, List.of(), List.of(), List.of(), List.of())));
  }

  /** The node lists this many outputs; without this, as many as must be given. */
  public OperatorRunner outputs(int count) {
    outputs = count;
    return this;
  }

  /** Nobody wants this output: its name is empty. */
  public OperatorRunner unwanted(int output) {
    unwanted.add(output);
    return this;
  }

  /** The input is given and may rightly go unread in this case. */
  public OperatorRunner mayIgnore(int input) {
    ignorable.add(input);
    return this;
  }

  public OperatorRunner kernels(Kernels newKernels) {
    kernels = newKernels;
    return this;
  }

  /** Two runs need not agree. */
  public OperatorRunner random() {
    repeatable = false;
    return this;
  }

  /** Returns the operator itself. */
  public Operator create(int inputs) {
    Signature signature = signature();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      names.add("x" + i);
    }
    List<String> outputNames = new ArrayList<>();
    for (int i = 0; i < outputCount(); i++) {
      outputNames.add(unwanted.contains(i) ? "" : "y" + i);
    }
    Node node =
        new Node(
            "", def.domain(), def.name(), names, outputNames, List.copyOf(attributes.values()));
    return def.create(Attributes.of(node, signature));
  }

  /** Runs and returns the first output, a tensor. Null stands for an input that is left out. */
  public Tensor run(@Nullable Value... inputs) {
    return (Tensor) runAll(inputs).getFirst();
  }

  /** Runs and returns the outputs; those that are unwanted are null. */
  public List<@Nullable Value> runAll(@Nullable Value... inputs) {
    List<@Nullable Value> given = new ArrayList<>(Arrays.asList(inputs));
    checkInputs(given);
    Operator operator = create(inputs.length);
    List<@Nullable Value> before = new ArrayList<>();
    for (Value value : given) {
      before.add(value instanceof Tensor tensor ? tensor.copy() : value);
    }
    OneInvocation first = invoke(operator, given, 0xA5);
    for (int i = 0; i < given.size(); i++) {
      if (given.get(i) != null && !first.touched().contains(i) && !ignorable.contains(i)) {
        throw new AssertionError(def + " never read input " + i);
      }
      if (given.get(i) instanceof Tensor now && !now.equals(before.get(i))) {
        throw new AssertionError(def + " changed input " + i);
      }
    }
    List<@Nullable Value> results = first.results();
    checkOutputs(given, results);
    if (repeatable) {
      same(
          "a second run (an element of the output is not written)",
          results,
          invoke(operator, given, 0x5A).results());
      for (int constant = -2; constant < given.size(); constant++) {
        Operator prepared = operator.prepare(new SomeConstants(given, constant, kernels));
        same(
            "the operator prepared with constant input " + constant + " (-2: all, -1: none)",
            results,
            invoke(prepared, given, 0x5A).results());
      }
    }
    checkInference(operator, given, results);
    return results;
  }

  /** Infers from types alone; null where nothing is known of an input. */
  public OneInference infer(@Nullable Type... types) {
    OneInference inference = new OneInference(signature(), Arrays.asList(types), outputCount());
    create(types.length).infer(inference);
    return inference;
  }

  /** Infers from types and constant inputs; null where an input is not constant. */
  public OneInference infer(List<@Nullable Type> types, List<@Nullable Tensor> constants) {
    OneInference inference = new OneInference(signature(), types, outputCount());
    for (int i = 0; i < constants.size(); i++) {
      inference.constant(i, constants.get(i));
    }
    create(types.size()).infer(inference);
    return inference;
  }

  /** Infers with integer inputs whose elements are as said; null where they are not known. */
  public OneInference inferDims(List<@Nullable Type> types, List<@Nullable List<Dim>> elements) {
    OneInference inference = new OneInference(signature(), types, outputCount());
    for (int i = 0; i < elements.size(); i++) {
      inference.elements(i, elements.get(i));
    }
    create(types.size()).infer(inference);
    return inference;
  }

  private Signature signature() {
    Signature signature = def.signature(opset);
    if (signature == null) {
      throw new AssertionError(def + " is newer than opset " + opset);
    }
    return signature;
  }

  private int outputCount() {
    return outputs >= 0 ? outputs : Math.max(1, signature().minOutputs());
  }

  private OneInvocation invoke(Operator operator, List<@Nullable Value> inputs, int poison) {
    OneInvocation invocation =
        new OneInvocation(inputs, outputCount(), unwanted, bodies, kernels, poison);
    operator.run(invocation);
    return invocation;
  }

  private void checkInputs(List<@Nullable Value> inputs) {
    Signature signature = signature();
    if (inputs.size() < signature.minInputs() || inputs.size() > signature.maxInputs()) {
      throw new AssertionError(def + " does not take " + inputs.size() + " inputs");
    }
    Map<String, String> bound = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      Parameter parameter = signature.input(i);
      Value value = inputs.get(i);
      if (value == null) {
        if (parameter != null && parameter.arity() == Arity.SINGLE) {
          throw new AssertionError(def + " needs input " + i);
        }
      } else if (parameter != null) {
        checkType("input " + i, parameter, value.type(), bound);
      }
    }
  }

  private void checkOutputs(List<@Nullable Value> inputs, List<@Nullable Value> results) {
    Signature signature = signature();
    Map<String, String> bound = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      Parameter parameter = signature.input(i);
      Value value = inputs.get(i);
      if (value != null && parameter != null) {
        checkType("input " + i, parameter, value.type(), bound);
      }
    }
    for (int i = 0; i < results.size(); i++) {
      Parameter parameter = signature.output(i);
      Value value = results.get(i);
      if (parameter == null) {
        throw new AssertionError(def + " has no output " + i);
      }
      if (value == null) {
        if (!unwanted.contains(i)) {
          throw new AssertionError(def + " did not make output " + i);
        }
        continue;
      }
      checkType("output " + i, parameter, value.type(), bound);
      if (value instanceof Tensor tensor && tensor.dataType() == DataType.BOOL) {
        for (byte b : tensor.bytes()) {
          if (b != 0 && b != 1) {
            throw new AssertionError("output " + i + " has a bool of " + b);
          }
        }
      }
    }
  }

  private void checkType(String what, Parameter parameter, Type type, Map<String, String> bound) {
    String spelled = type.spec();
    Set<String> allowed = signature().typesOf(parameter);
    if (!allowed.contains(spelled)) {
      throw new AssertionError(
          what + " of " + def + "-" + signature().sinceVersion() + " cannot be " + spelled);
    }
    if (signature().constraints().containsKey(parameter.type())
        && (parameter.arity() != Arity.VARIADIC || parameter.homogeneous())) {
      String other = bound.putIfAbsent(parameter.type(), spelled);
      if (other != null && !other.equals(spelled)) {
        throw new AssertionError(
            what + " of " + def + " is " + spelled + " where " + parameter.type() + " is " + other);
      }
    }
  }

  private void checkInference(
      Operator operator, List<@Nullable Value> inputs, List<@Nullable Value> results) {
    for (OneInference.Known known : OneInference.Known.values()) {
      OneInference inference = OneInference.of(signature(), inputs, outputCount(), known);
      operator.infer(inference);
      for (int i = 0; i < results.size(); i++) {
        if (results.get(i) != null) {
          inference.check(i, results.get(i), def + " with inputs " + known);
        }
      }
    }
  }

  private void same(String what, List<@Nullable Value> expected, List<@Nullable Value> actual) {
    for (int i = 0; i < expected.size(); i++) {
      if (!java.util.Objects.equals(expected.get(i), actual.get(i))) {
        throw new AssertionError("output " + i + " of " + def + " differs in " + what);
      }
    }
  }

  private record SomeConstants(List<@Nullable Value> inputs, int only, Kernels kernels)
      implements Constants {

    @Override
    public boolean has(int input) {
      return input < inputs.size() && inputs.get(input) != null;
    }

    @Override
    public @Nullable Tensor tensor(int input) {
      return (only == -2 || only == input)
              && has(input)
              && inputs.get(input) instanceof Tensor tensor
          ? tensor
          : null;
    }
  }
}
