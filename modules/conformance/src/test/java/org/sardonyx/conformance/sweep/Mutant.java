package org.sardonyx.conformance.sweep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.graph.Node;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Body;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * An operator of ours that is made wrong on purpose: its attributes, inputs or outputs are changed.
 */
final class Mutant {

  /** What is done to the inputs of a call, which it may look at as a whole. */
  interface Change {
    Tensor apply(Tensor input, Invocation call, Attributes attributes);
  }

  private final String operator;
  private final String name;
  private UnaryOperator<Attribute> attributes = attribute -> attribute;
  private final Set<String> withoutAttributes = new HashSet<>();
  private final Set<Integer> without = new HashSet<>();
  private final Map<Integer, Change> inputs = new HashMap<>();
  private final Map<Integer, Change> outputs = new HashMap<>();

  /** Outputs that are not changed: those of the right operator. */
  private final Set<Integer> right = new HashSet<>();

  private Mutant(String operator, String name) {
    this.operator = operator;
    this.name = name;
  }

  static Mutant of(String operator, String name) {
    return new Mutant(operator, name);
  }

  String operator() {
    return operator;
  }

  /** Drops an attribute. */
  Mutant forget(String attribute) {
    withoutAttributes.add(attribute);
    return this;
  }

  /** Sets an integer attribute where it is declared, given or not. */
  Mutant flip(String attribute) {
    attributes =
        a ->
            a.name().equals(attribute) && a.value() instanceof Attribute.OfInt(long value)
                ? Attribute.of(attribute, 1 - value)
                : a;
    return this;
  }

  Mutant attribute(UnaryOperator<Attribute> change) {
    attributes = change;
    return this;
  }

  /** Hides an optional input. */
  Mutant drop(int input) {
    without.add(input);
    return this;
  }

  Mutant input(int input, Change change) {
    inputs.put(input, change);
    return this;
  }

  Mutant output(int output, Change change) {
    outputs.put(output, change);
    return this;
  }

  /** Leaves an output as the right operator gives it. */
  Mutant keep(int output) {
    right.add(output);
    return this;
  }

  @Override
  public String toString() {
    return operator + ": " + name;
  }

  OperatorDef def() {
    OperatorDef standard = Operators.standard().find("", operator);
    if (standard == null) {
      throw new AssertionError(operator);
    }
    return standard.implementedBy(
        UnaryOperator.identity(),
        given -> {
          Signature signature =
              standard.versions().stream()
                  .filter(version -> version.sinceVersion() == given.version())
                  .findFirst()
                  .orElseThrow();
          Operator correct = standard.create(copy(given, signature, List.of(), a -> a));
          Attributes wrongly = copy(given, signature, List.copyOf(withoutAttributes), attributes);
          return new Wrong(correct, standard.create(wrongly), given);
        });
  }

  private Attributes copy(
      Attributes given,
      Signature signature,
      List<String> leftOut,
      UnaryOperator<Attribute> change) {
    List<Attribute> copied = new ArrayList<>();
    for (Signature.FormalAttribute formal : signature.attributes().values()) {
      String key = formal.name();
      if (given.has(key) && !leftOut.contains(key)) {
        copied.add(change.apply(new Attribute(key, value(given, key, formal.kind()))));
      }
    }
    List<String> ins = names("i", given.inputs());
    List<String> outs = names("o", given.outputs());
    return Attributes.of(new Node("", operator, ins, outs, copied), signature);
  }

  private static List<String> names(String prefix, int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(prefix + i);
    }
    return names;
  }

  private static Attribute.Value value(Attributes given, String key, Kind kind) {
    return switch (kind) {
      case INT -> new Attribute.OfInt(given.getInt(key));
      case FLOAT -> new Attribute.OfFloat(given.getFloat(key));
      case STRING -> Attribute.OfString.of(given.getString(key));
      case STRINGS -> Attribute.OfStrings.of(given.getStrings(key));
      case FLOATS -> {
        List<Float> floats = new ArrayList<>();
        for (float f : given.getFloats(key)) {
          floats.add(f);
        }
        yield new Attribute.OfFloats(floats);
      }
      case INTS -> {
        List<Long> ints = new ArrayList<>();
        for (long value : given.getInts(key)) {
          ints.add(value);
        }
        yield new Attribute.OfInts(ints);
      }
      case GRAPH -> new Attribute.OfGraph(given.getGraph(key));
      default -> throw new AssertionError(kind);
    };
  }

  /** Returns the elements in another order: element {@code i} of the result is {@code from(i)}. */
  static Tensor reordered(Tensor tensor, IntUnaryOperator from) {
    Tensor result = Tensor.zeros(tensor.dataType(), tensor.shape());
    for (int i = 0; i < tensor.size(); i++) {
      result.setDouble(i, tensor.getDouble(from.applyAsInt(i)));
    }
    return result;
  }

  private final class Wrong implements Operator {
    private final Operator correct;
    private final Operator changed;
    private final Attributes given;

    Wrong(Operator correct, Operator changed, Attributes given) {
      this.correct = correct;
      this.changed = changed;
      this.given = given;
    }

    @Override
    public void infer(Inference in) {
      correct.infer(in);
    }

    @Override
    public void run(Invocation in) {
      Call call = new Call(in, given);
      changed.run(call);
      call.finish();
      if (!right.isEmpty()) {
        correct.run(new Only(in, right));
      }
    }
  }

  /** A call that gives only some of its outputs. */
  private static class Only implements Invocation {
    private final Invocation call;
    private final Set<Integer> wanted;

    Only(Invocation call, Set<Integer> wanted) {
      this.call = call;
      this.wanted = wanted;
    }

    @Override
    public int inputs() {
      return call.inputs();
    }

    @Override
    public boolean has(int input) {
      return call.has(input);
    }

    @Override
    public Tensor tensor(int input) {
      return call.tensor(input);
    }

    @Override
    public Value value(int input) {
      return call.value(input);
    }

    @Override
    public int outputs() {
      return call.outputs();
    }

    @Override
    public boolean wants(int output) {
      return wanted.contains(output) && call.wants(output);
    }

    @Override
    public Tensor output(int output, DataType type, int... shape) {
      Tensor tensor = Tensor.zeros(type, shape);
      set(output, tensor);
      return tensor;
    }

    @Override
    public Tensor zeros(int output, DataType type, int... shape) {
      return output(output, type, shape);
    }

    @Override
    public void set(int output, Value value) {
      if (wants(output)) {
        call.set(output, value);
      }
    }

    @Override
    public Body body(String attribute) {
      return call.body(attribute);
    }

    @Override
    public Kernels kernels() {
      return call.kernels();
    }

    @Override
    public RandomGenerator random() {
      return call.random();
    }

    @Override
    public void checkpoint() {
      call.checkpoint();
    }
  }

  private final class Call extends Only {
    private final Invocation call;
    private final Attributes given;
    private final Map<Integer, Tensor> filled = new TreeMap<>();

    Call(Invocation call, Attributes given) {
      super(call, IntStream.range(0, 16).boxed().collect(Collectors.toSet()));
      this.call = call;
      this.given = given;
    }

    @Override
    public boolean has(int input) {
      return !without.contains(input) && call.has(input);
    }

    @Override
    public Tensor tensor(int input) {
      Change change = inputs.get(input);
      Tensor tensor = call.tensor(input);
      return change == null ? tensor : change.apply(tensor, call, given);
    }

    @Override
    public void set(int output, Value value) {
      Change change = outputs.get(output);
      super.set(output, change == null ? value : change.apply((Tensor) value, call, given));
    }

    /** Outputs that are filled where they lie are changed when the operator is done. */
    @Override
    public Tensor output(int output, DataType type, int... shape) {
      if (!outputs.containsKey(output)) {
        return super.output(output, type, shape);
      }
      Tensor tensor = Tensor.zeros(type, shape);
      filled.put(output, tensor);
      return tensor;
    }

    void finish() {
      filled.forEach(this::set);
    }
  }
}
