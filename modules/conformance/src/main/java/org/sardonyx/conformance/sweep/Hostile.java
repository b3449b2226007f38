package org.sardonyx.conformance.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/**
 * Breaks valid cases: attributes out of bounds, shapes that do not fit, indices out of range,
 * inputs left out or of other types. Whatever comes of it, it is a result or a {@link
 * ModelException}.
 */
final class Hostile {

  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    2,
    3,
    -7,
    100,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    1L << 31,
    1L << 40
  };
  private static final float[] FLOATS = {
    0,
    -1,
    1e30f,
    -1e30f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE
  };
  private static final String[] TEXTS = {"", "none", "nearest", "ä\u0000", "SAME_UPPER", "ij->ij"};

  private static final long MIB = 1L << 20;

  private static final Limits LIMITS =
      Limits.standard()
          .with(Limit.LIVE_BYTES, 64 * MIB)
          .with(Limit.FOLDED_NODE_BYTES, MIB)
          .with(Limit.FOLDED_BYTES, 8 * MIB)
          .with(Limit.LOOP_TRIPS, 1000)
          .with(Limit.NODE_RUNS, 10_000)
          .with(Limit.TIME, 5000);

  private final SessionOptions options;
  private final Random random;
  private final List<Attribute> attributes = new ArrayList<>();
  private final List<String> inputs = new ArrayList<>();
  private final Map<String, Value> values = new TreeMap<>();
  private final Map<String, Tensor> constants = new TreeMap<>();
  private final Model model;
  private final Node node;
  private final StringBuilder what = new StringBuilder();

  Hostile(Case valid, Random random) {
    this(valid, random, List.of());
  }

  /** Breaks a case of operators beside ours. */
  Hostile(Case valid, Random random, List<OperatorDef> operators) {
    this.random = random;
    options = SessionOptions.standard().withOperators(operators).withLimits(LIMITS);
    this.model = valid.model();
    Graph graph = model.graph();
    this.node = graph.nodes().getFirst();
    attributes.addAll(node.attributes());
    inputs.addAll(node.inputs());
    values.putAll(valid.inputs());
    for (TensorData data : graph.initializers()) {
      constants.put(data.name(), data.load());
    }
  }

  /** Breaks something and returns what became of it: null for a result or a proper error. */
  @Nullable String attempt() {
    int times = 1 + random.nextInt(2);
    for (int i = 0; i < times; i++) {
      breakSomething();
    }
    List<ValueInfo> graphInputs = new ArrayList<>();
    values.forEach((name, value) ->
        graphInputs.add(
            new ValueInfo(
                name, value instanceof Tensor t ? Type.tensor(t.dataType()) : value.type())));
    List<TensorData> initializers = new ArrayList<>();
    constants.forEach((name, tensor) -> initializers.add(TensorData.of(name, tensor)));
    Node broken = new Node("", node.domain(), node.opType(), inputs, node.outputs(), attributes);
    Graph graph =
        new Graph("hostile", List.of(broken), graphInputs, model.graph().outputs(), initializers);
    Model whole = new Model(model.irVersion(), model.opsetImports(), graph);
    long start = System.nanoTime();
    String problem = null;
    try {
      Session.compile(whole, options).run(values);
    } catch (ModelException e) {
      // As it should be.
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError | AssertionError e) {
      problem = e.toString();
      for (StackTraceElement element : (e.getCause() == null ? e : e.getCause()).getStackTrace()) {
        if (element.getClassName().startsWith("org.sardonyx.")) {
          problem += " at " + element;
          break;
        }
      }
    }
    long seconds = (System.nanoTime() - start) / 1_000_000_000;
    if (problem == null && seconds > 8) {
      problem = "it took " + seconds + " s";
    }
    return problem == null ? null : what + ": " + problem;
  }

  private void breakSomething() {
    switch (random.nextInt(8)) {
      case 0, 1 -> breakAttribute();
      case 2 -> dropAttribute();
      case 3, 4 -> breakShape();
      case 5 -> breakNumbers();
      case 6 -> dropInput();
      default -> breakType();
    }
  }

  private void breakAttribute() {
    if (attributes.isEmpty()) {
      return;
    }
    int at = random.nextInt(attributes.size());
    Attribute old = attributes.get(at);
    Attribute.Value value =
        switch (old.value()) {
          case Attribute.OfInt i -> new Attribute.OfInt(number());
          case Attribute.OfFloat f -> new Attribute.OfFloat(FLOATS[random.nextInt(FLOATS.length)]);
          case Attribute.OfString s -> Attribute.OfString.of(TEXTS[random.nextInt(TEXTS.length)]);
          case Attribute.OfInts ints -> {
            List<Long> list = new ArrayList<>(ints.values());
            if (list.isEmpty() || random.nextInt(3) == 0) {
              list.add(number());
            } else if (random.nextInt(3) == 0) {
              list.removeLast();
            } else {
              list.set(random.nextInt(list.size()), number());
            }
            yield new Attribute.OfInts(list);
          }
          case Attribute.OfFloats floats -> {
            List<Float> list = new ArrayList<>(floats.values());
            if (list.isEmpty() || random.nextBoolean()) {
              list.add(FLOATS[random.nextInt(FLOATS.length)]);
            } else {
              list.removeLast();
            }
            yield new Attribute.OfFloats(list);
          }
          case Attribute.OfStrings texts -> {
            List<String> list = new ArrayList<>(texts.texts());
            if (list.isEmpty() || random.nextBoolean()) {
              list.add(TEXTS[random.nextInt(TEXTS.length)]);
            } else {
              list.removeLast();
            }
            yield Attribute.OfStrings.of(list);
          }
          case Attribute.OfTensor tensor ->
              new Attribute.OfTensor(
                  TensorData.of("", other(tensor.value().load().dataType(), shape())));
          default -> old.value();
        };
    what.append(" attribute ").append(old.name()).append(" = ").append(value);
    attributes.set(at, new Attribute(old.name(), value));
  }

  private void dropAttribute() {
    if (!attributes.isEmpty()) {
      what.append(" without ").append(attributes.remove(random.nextInt(attributes.size())).name());
    }
  }

  private long number() {
    return NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private int[] shape() {
    int[] shape = new int[random.nextInt(5)];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = random.nextInt(4);
    }
    return shape;
  }

  private Tensor other(DataType type, int... shape) {
    return Numbers.of(random, type, shape);
  }

  private void put(String name, Tensor tensor) {
    if (constants.containsKey(name)) {
      constants.put(name, tensor);
    } else {
      values.put(name, tensor);
    }
    what.append(' ').append(name).append(" is ").append(tensor);
  }

  private @Nullable Tensor tensor(String name) {
    return constants.containsKey(name)
        ? constants.get(name)
        : values.get(name) instanceof Tensor tensor ? tensor : null;
  }

  private @Nullable String anyTensor() {
    List<String> names = new ArrayList<>(constants.keySet());
    values.forEach((name, value) -> {
      if (value instanceof Tensor) {
        names.add(name);
      }
    });
    return names.isEmpty() ? null : names.get(random.nextInt(names.size()));
  }

  private void breakShape() {
    String name = anyTensor();
    Tensor old = name == null ? null : tensor(name);
    if (name == null || old == null) {
      return;
    }
    int[] shape = old.shape().clone();
    if (shape.length == 0 || random.nextInt(3) == 0) {
      shape = shape();
    } else {
      shape[random.nextInt(shape.length)] = random.nextInt(6);
    }
    put(name, other(old.dataType(), shape));
  }

  private void breakNumbers() {
    String name = anyTensor();
    Tensor old = name == null ? null : tensor(name);
    if (name == null || old == null || old.size() == 0) {
      return;
    }
    Tensor changed = old.copy();
    for (int i = 0; i < changed.size(); i++) {
      if (random.nextBoolean()) {
        if (changed.dataType().isInteger()) {
          changed.setLong(i, number());
        } else if (changed.dataType().isFloat()) {
          changed.setDouble(i, FLOATS[random.nextInt(FLOATS.length)]);
        }
      }
    }
    put(name, changed);
    if (changed.size() < 20 && changed.dataType().isInteger()) {
      what.append(java.util.Arrays.toString(changed.toLongs()));
    }
  }

  private void dropInput() {
    if (inputs.isEmpty()) {
      return;
    }
    int at = random.nextInt(inputs.size());
    what.append(" without input ").append(at);
    if (random.nextBoolean()) {
      inputs.set(at, "");
    } else {
      inputs.remove(at);
    }
  }

  private void breakType() {
    String name = anyTensor();
    Tensor old = name == null ? null : tensor(name);
    if (name != null && old != null) {
      DataType[] types = DataType.values();
      put(name, other(types[random.nextInt(types.length)], old.shape()));
    }
  }
}
