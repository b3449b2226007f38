package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** A call with given inputs; fresh outputs are full of garbage, and what is read is remembered. */
final class OneInvocation implements Invocation {

  /** One without inputs and outputs. */
  static final OneInvocation EMPTY =
      new OneInvocation(List.of(), 0, Set.of(), Map.of(), Kernels.scalar(), 0);

  private final List<@Nullable Value> inputs;
  private final @Nullable Value[] results;
  private final Set<Integer> unwanted;
  private final Map<String, Body> bodies;
  private final Kernels kernels;
  private final int poison;
  private final Set<Integer> touched = new HashSet<>();
  private final SplittableRandom random = new SplittableRandom(1);

  OneInvocation(
      List<@Nullable Value> inputs,
      int outputs,
      Set<Integer> unwanted,
      Map<String, Body> bodies,
      Kernels kernels,
      int poison) {
    this.inputs = inputs;
    this.results = new @Nullable Value[outputs];
    this.unwanted = unwanted;
    this.bodies = bodies;
    this.kernels = kernels;
    this.poison = poison;
  }

  Set<Integer> touched() {
    return touched;
  }

  List<@Nullable Value> results() {
    List<@Nullable Value> list = new ArrayList<>(Arrays.asList(results));
    unwanted.forEach(i -> list.set(i, null));
    return list;
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
    return results.length;
  }

  @Override
  public boolean wants(int output) {
    return output < results.length && !unwanted.contains(output);
  }

  @Override
  public Tensor output(int output, DataType type, int... shape) {
    Tensor tensor = zeros(output, type, shape);
    int bits = poison * 0x01010101;
    switch (tensor.array()) {
      case float[] a -> Arrays.fill(a, Float.intBitsToFloat(bits));
      case double[] a -> Arrays.fill(a, Double.longBitsToDouble(bits * 0x100000001L));
      case int[] a -> Arrays.fill(a, bits);
      case long[] a -> Arrays.fill(a, bits * 0x100000001L);
      case short[] a -> Arrays.fill(a, (short) bits);
      case byte[] a -> Arrays.fill(a, (byte) bits);
      case String[] a -> Arrays.fill(a, "garbage " + poison);
      default -> throw new AssertionError();
    }
    return tensor;
  }

  @Override
  public Tensor zeros(int output, DataType type, int... shape) {
    Tensor tensor = Tensor.zeros(type, shape);
    set(output, tensor);
    return tensor;
  }

  @Override
  public void set(int output, Value value) {
    if (output < results.length) {
      results[output] = value;
    }
  }

  @Override
  public Body body(String attribute) {
    Body body = bodies.get(attribute);
    if (body == null) {
      throw new AssertionError("there is no graph " + attribute);
    }
    return body;
  }

  @Override
  public Kernels kernels() {
    return kernels;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public void checkpoint() {}
}
