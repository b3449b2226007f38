package org.sardonyx.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.graph.Node;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.OneInference.Known;
import org.sardonyx.operators.Signature.Arity;
import org.sardonyx.operators.Signature.FormalAttribute;
import org.sardonyx.operators.Signature.Parameter;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Every operator in every version with attributes and inputs of the right types and of any values
 * and shapes: what comes out is a result or a {@link ModelException}, never a fault of the code.
 */
class BadInputTest {

  private static final long SEED = Long.getLong("seed", 20261128);
  private static final int ROUNDS = Integer.getInteger("rounds", 40);
  private static final String ONLY = System.getProperty("only", "");
  private static final int LARGEST = 1 << 20;

  private static final long[] NUMBERS = {
    0,
    0,
    1,
    1,
    1,
    2,
    2,
    3,
    4,
    -1,
    -1,
    -2,
    -3,
    5,
    7,
    16,
    100,
    64,
    65,
    1L << 20,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    1L << 32
  };

  /** The values of attributes that are words, of all operators. */
  private static final String[] WORDS = {
    "",
    "a",
    "none",
    "add",
    "mul",
    "min",
    "max",
    "constant",
    "reflect",
    "edge",
    "wrap",
    "linear",
    "cubic",
    "nearest",
    "bilinear",
    "bicubic",
    "zeros",
    "border",
    "reflection",
    "NOTSET",
    "VALID",
    "SAME_UPPER",
    "SAME_LOWER",
    "DCR",
    "CRD",
    "forward",
    "reverse",
    "bidirectional",
    "LINEAR",
    "POLY",
    "RBF",
    "SIGMOID",
    "NONE",
    "SOFTMAX",
    "LOGISTIC",
    "PROBIT",
    "SOFTMAX_ZERO",
    "SUM",
    "AVERAGE",
    "LEAF",
    "BRANCH_LEQ",
    "TF",
    "IDF",
    "TFIDF",
    "MAX",
    "L1",
    "L2",
    "TO_FLOAT",
    "TO_STRING",
    "TO_INT64",
    "DENSE",
    "SPARSE",
    "LOWER",
    "UPPER",
    "circular",
    "up",
    "down",
    "half_pixel",
    "align_corners",
    "asymmetric",
    "pytorch_half_pixel",
    "tf_crop_and_resize",
    "half_pixel_symmetric",
    "tf_half_pixel_for_nn",
    "round_prefer_floor",
    "round_prefer_ceil",
    "floor",
    "ceil",
    "stretch",
    "not_larger",
    "not_smaller",
    "silu",
    "swish",
    "gated",
    "delta",
    "gated_delta",
    "standard",
    "nesterov",
    "mean",
    "sum",
    "avg",
    "output_half_pixel",
    "RIGHT",
    "LEFT",
    "tanh",
    "(a|b)*",
    "FLOAT",
    "i,j->ij",
    "ii",
    "...a,ab->b",
    "Relu",
    "Sigmoid",
    "Tanh"
  };

  @Test
  @Timeout(300)
  void nothingButAModelException() {
    Map<String, String> faults = new TreeMap<>();
    for (OperatorDef def : Operators.standard().all()) {
      if (!def.toString().matches(ONLY.isEmpty() ? ".*" : ONLY)) {
        continue;
      }
      for (Signature signature : def.versions()) {
        if (!signature.deprecated() && !hasGraph(signature)) {
          long seed = SEED ^ def.toString().hashCode() * 31L ^ signature.sinceVersion();
          tries(def, signature, seed, faults);
        }
      }
    }
    assertEquals("", String.join("\n", faults.values()), "seed " + SEED);
  }

  private static boolean hasGraph(Signature signature) {
    return signature.attributes().values().stream()
        .anyMatch(attribute -> attribute.kind() == Kind.GRAPH && attribute.required());
  }

  private static void tries(
      OperatorDef def, Signature signature, long seed, Map<String, String> faults) {
    for (int round = 0; round < ROUNDS; round++) {
      StringBuilder story = new StringBuilder();
      try {
        once(def, signature, new SplittableRandom(seed + round), story);
      } catch (ModelException expected) {
        // What is refused is refused with words.
      } catch (RuntimeException | AssertionError | OutOfMemoryError | StackOverflowError e) {
        String where =
            java.util.Arrays.stream(e.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith("org.sardonyx.operators"))
                .filter(frame -> !frame.getClassName().contains("Test"))
                .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                .findFirst()
                .orElse("?");
        faults.putIfAbsent(
            def + " " + where + e.getClass(),
            def + "-" + signature.sinceVersion() + " " + where + " " + e + story);
      }
    }
  }

  private static void once(
      OperatorDef def, Signature signature, RandomGenerator random, StringBuilder story) {
    Map<String, String> types = new LinkedHashMap<>();
    int[] common = shape(random);
    List<@Nullable Value> inputs = new ArrayList<>();
    for (Parameter parameter : signature.inputs()) {
      int count = parameter.arity() == Arity.VARIADIC ? parameter.minimum() + random.nextInt(3) : 1;
      for (int i = 0; i < count; i++) {
        boolean absent = parameter.arity() == Arity.OPTIONAL && random.nextInt(3) == 0;
        inputs.add(absent ? null : value(random, signature, parameter, types, common));
      }
    }
    while (!inputs.isEmpty() && inputs.getLast() == null) {
      inputs.removeLast();
    }
    List<Attribute> attributes = new ArrayList<>();
    for (FormalAttribute formal : signature.attributes().values()) {
      if (formal.kind() != Kind.GRAPH && (formal.required() || random.nextBoolean())) {
        attributes.add(new Attribute(formal.name(), attribute(random, formal)));
      }
    }
    int outputs = outputs(signature, random);
    story.append(" of ").append(inputs.stream().map(v -> v == null ? "-" : v.type()).toList());
    for (Attribute attribute : attributes) {
      story.append(' ').append(attribute.name()).append(" = ").append(shown(attribute.value()));
    }
    Node node =
        new Node(
            "",
            def.domain(),
            def.name(),
            Collections.nCopies(inputs.size(), "x"),
            Collections.nCopies(outputs, "y"),
            attributes);
    Operator operator = def.create(Attributes.of(node, signature));
    for (Known known : Known.values()) {
      try {
        operator.infer(OneInference.of(signature, inputs, outputs, known));
      } catch (ModelException expected) {
        // As above; the run is to find out by itself.
      }
    }
    Bounded invocation = new Bounded(inputs, outputs);
    operator.run(invocation);
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i) != null && !invocation.touched.contains(i)) {
        throw new AssertionError("input " + i + " is never read");
      }
    }
    for (int i = 0; i < outputs; i++) {
      if (!invocation.made.contains(i)) {
        throw new AssertionError("output " + i + " is not made");
      }
    }
    Operator prepared = operator.prepare(new AllConstant(inputs));
    prepared.run(new Bounded(inputs, outputs));
  }

  private static String shown(Attribute.Value value) {
    String text = value instanceof Attribute.OfString string ? string.text() : value.toString();
    return text.length() > 80 ? text.substring(0, 80) : text;
  }

  private static int outputs(Signature signature, RandomGenerator random) {
    int most = Math.min(signature.maxOutputs(), signature.minOutputs() + 2);
    return Math.max(1, random.nextInt(signature.minOutputs(), most + 1));
  }

  private static int[] shape(RandomGenerator random) {
    int[] shape = new int[random.nextInt(6) == 0 ? random.nextInt(7) : random.nextInt(1, 5)];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = random.nextInt(12) == 0 ? 0 : random.nextInt(1, 5);
    }
    return shape;
  }

  private static Value value(
      RandomGenerator random,
      Signature signature,
      Parameter parameter,
      Map<String, String> types,
      int[] common) {
    List<String> allowed = signature.typesOf(parameter).stream().sorted().toList();
    String type = allowed.get(random.nextInt(allowed.size()));
    boolean variable = signature.constraints().containsKey(parameter.type());
    if (variable && parameter.homogeneous()) {
      type =
          types.computeIfAbsent(parameter.type(), _ -> allowed.get(random.nextInt(allowed.size())));
    }
    return value(random, type, common);
  }

  private static Value value(RandomGenerator random, String type, int[] common) {
    int open = type.indexOf('(');
    String inner = type.substring(open + 1, type.length() - 1);
    return switch (type.substring(0, open)) {
      case "tensor" -> tensor(random, type(inner), random.nextBoolean() ? common : shape(random));
      case "seq" -> {
        Value first = value(random, inner, common);
        List<Value> elements = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
          elements.add(value(random, inner, common));
        }
        yield new SequenceValue(anyShape(first.type()), elements);
      }
      case "optional" -> {
        Value first = value(random, inner, common);
        yield new OptionalValue(anyShape(first.type()), random.nextBoolean() ? first : null);
      }
      case "map" -> {
        int n = random.nextInt(4);
        DataType key = type(inner.substring(0, inner.indexOf(',')));
        DataType of = type(inner.substring(inner.indexOf(',') + 1));
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < n; i++) {
          values.add(tensor(random, of, new int[0]));
        }
        yield new MapValue(
            tensor(random, key, new int[] {n}),
            new SequenceValue(Type.tensor(of, Shape.SCALAR), values));
      }
      default -> throw new AssertionError(type);
    };
  }

  private static Type anyShape(Type type) {
    return type instanceof Type.OfTensor(DataType element, Shape _) ? Type.tensor(element) : type;
  }

  private static DataType type(String name) {
    for (DataType type : DataType.values()) {
      if (type.specName().equals(name)) {
        return type;
      }
    }
    throw new AssertionError(name);
  }

  private static Tensor tensor(RandomGenerator random, DataType type, int[] shape) {
    Tensor tensor = Tensor.zeros(type, shape);
    boolean mild = random.nextInt(3) > 0;
    switch (type.kind()) {
      case STRING -> {
        String[] strings = tensor.strings();
        for (int i = 0; i < strings.length; i++) {
          strings[i] = random.nextBoolean() ? "a b" : random.nextBoolean() ? "1" : "";
        }
      }
      case COMPLEX -> {}
      case BOOL -> {
        for (int i = 0; i < tensor.size(); i++) {
          tensor.setLong(i, random.nextInt(2));
        }
      }
      case FLOAT -> {
        double[] odd = {0, -1, 1e30, Double.NaN, Double.POSITIVE_INFINITY, -1e-30, 0.5, 3};
        for (int i = 0; i < tensor.size(); i++) {
          tensor.setDouble(i, mild ? random.nextInt(5) : odd[random.nextInt(odd.length)]);
        }
      }
      default -> {
        for (int i = 0; i < tensor.size(); i++) {
          tensor.setLong(i, mild ? random.nextInt(4) : number(random));
        }
      }
    }
    return tensor;
  }

  private static long number(RandomGenerator random) {
    return NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private static Attribute.Value attribute(RandomGenerator random, FormalAttribute formal) {
    int n = random.nextInt(6);
    boolean mild = random.nextBoolean();
    return switch (formal.kind()) {
      case INT -> new Attribute.OfInt(mild ? random.nextInt(3) : number(random));
      case FLOAT -> new Attribute.OfFloat(new float[] {0, 1, -1, 0.5f, Float.NaN, 1e30f}[n]);
      case STRING -> Attribute.OfString.of(WORDS[random.nextInt(WORDS.length)]);
      case INTS -> {
        List<Long> list = new ArrayList<>();
        for (int i = 0; i < n; i++) {
          list.add(mild ? random.nextInt(3) : number(random));
        }
        yield new Attribute.OfInts(list);
      }
      case FLOATS -> {
        List<Float> list = new ArrayList<>();
        for (int i = 0; i < n; i++) {
          list.add((float) random.nextInt(-1, 3));
        }
        yield new Attribute.OfFloats(list);
      }
      case STRINGS -> {
        List<String> list = new ArrayList<>();
        for (int i = 0; i < n; i++) {
          list.add(WORDS[random.nextInt(WORDS.length)]);
        }
        yield Attribute.OfStrings.of(list);
      }
      case TENSOR -> {
        DataType[] types = {DataType.FLOAT, DataType.INT64, DataType.UINT8, DataType.STRING};
        Tensor tensor = tensor(random, types[random.nextInt(types.length)], shape(random));
        yield new Attribute.OfTensor(TensorData.of("", tensor));
      }
      case TYPE_PROTO -> new Attribute.OfType(Type.tensor(DataType.FLOAT));
      default -> new Attribute.OfInt(0);
    };
  }

  /** A call that refuses large outputs and ends loops. */
  private static final class Bounded implements Invocation {

    private final List<@Nullable Value> inputs;
    private final int outputs;
    private final Set<Integer> touched = new java.util.HashSet<>();
    private final Set<Integer> made = new java.util.HashSet<>();
    private final SplittableRandom random = new SplittableRandom(1);
    private int checkpoints;

    private Bounded(List<@Nullable Value> inputs, int outputs) {
      this.inputs = inputs;
      this.outputs = outputs;
    }

    @Override
    public int inputs() {
      return inputs.size();
    }

    @Override
    public boolean has(int input) {
      return input < inputs.size() && inputs.get(input) != null;
    }

    @Override
    public Tensor tensor(int input) {
      return (Tensor) value(input);
    }

    @Override
    public Value value(int input) {
      touched.add(input);
      Value value = input < inputs.size() ? inputs.get(input) : null;
      if (value == null) {
        throw new AssertionError("input " + input + " is absent");
      }
      return value;
    }

    @Override
    public int outputs() {
      return outputs;
    }

    @Override
    public boolean wants(int output) {
      return output < outputs;
    }

    @Override
    public Tensor output(int output, DataType type, int... shape) {
      return zeros(output, type, shape);
    }

    @Override
    public Tensor zeros(int output, DataType type, int... shape) {
      long size = 1;
      for (int dim : shape) {
        size = dim == 0 ? 0 : Math.min(Long.MAX_VALUE / Math.max(1, dim), size) * dim;
      }
      if (size > LARGEST) {
        throw new LimitExceeded("elements", "an output of " + size);
      }
      made.add(output);
      return Tensor.zeros(type, shape);
    }

    @Override
    public void set(int output, Value value) {
      made.add(output);
    }

    @Override
    public Body body(String attribute) {
      throw new AssertionError("there is no graph " + attribute);
    }

    @Override
    public Kernels kernels() {
      return Kernels.best();
    }

    @Override
    public RandomGenerator random() {
      return random;
    }

    @Override
    public void checkpoint() {
      if (++checkpoints > 10_000) {
        throw new LimitExceeded("time", "a long loop");
      }
    }
  }

  private record AllConstant(List<@Nullable Value> inputs) implements Constants {

    @Override
    public boolean has(int input) {
      return input < inputs.size() && inputs.get(input) != null;
    }

    @Override
    public @Nullable Tensor tensor(int input) {
      return has(input) && inputs.get(input) instanceof Tensor tensor ? tensor : null;
    }

    @Override
    public Kernels kernels() {
      return Kernels.best();
    }
  }
}
