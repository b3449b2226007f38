package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Calls of a model one after the other, each going on where the one before ended: states, such as
 * those of an LSTM or a cache of keys and values, go from the outputs of a call to the inputs of
 * the next. Made by {@link Session#stream}.
 *
 * <p>A state begins with the value that {@link States} gives; else with the default that the model
 * has for the input; else with zeros. Dimensions of the zeros that the model names take the size
 * that {@code States} gives, or that the other inputs of the first call show; one that grows from
 * call to call, as the length of a cache, begins with 0.
 *
 * <p>A stream is for one thread at a time; any number of streams may share a session.
 */
public final class Stream {

  private final Session session;
  private final States states;
  private final Map<String, String> inputsByOutput;
  private final String[] stateInputs;
  private @Nullable Map<String, Value> current;

  /** What makes steps without making anything; null where the states are not its own. */
  private @Nullable Kept kept;

  Stream(Session session, States states) {
    this.session = session;
    this.states = states;
    this.inputsByOutput =
        StatePairs.of(
            session.inputs(), session.outputs(), session.model().graph(), states.inputsByOutput());
    this.stateInputs = inputsByOutput.values().toArray(String[]::new);
    List<String> unknown = new ArrayList<>();
    unknown.addAll(states.initial().keySet());
    unknown.addAll(states.zeros().keySet());
    unknown.removeAll(inputsByOutput.values());
    if (!unknown.isEmpty()) {
      throw new InvalidInput("no states: " + Session.quoted(unknown));
    }
  }

  /**
   * A point in a stream to come back to.
   *
   * @param values the states by input; empty at the beginning
   */
  public record Snapshot(Map<String, Value> values) {
    public Snapshot {
      values = Map.copyOf(values);
    }
  }

  /** Returns the pairs: the input that each state output goes to. */
  public Map<String, String> pairs() {
    return inputsByOutput;
  }

  /**
   * Runs the model once.
   *
   * @param inputs the inputs but the states
   * @return every output, states among them
   * @throws InvalidInput where a state is among the inputs, or where the size of a state to begin
   *     with does not follow from the inputs
   */
  public Map<String, Value> run(Map<String, ? extends Value> inputs) {
    return run(inputs, null);
  }

  /**
   * Runs the model once, unless the run is ended before; then the states are as they were.
   *
   * @see Session#run(Map, Cancellation)
   */
  public Map<String, Value> run(
      Map<String, ? extends Value> inputs, @Nullable Cancellation cancellation) {
    refuseStates(inputs);
    kept = null;
    Map<String, Value> all = new HashMap<>(inputs);
    all.putAll(current == null ? beginning(inputs) : current);
    Map<String, Value> outputs = session.run(all, cancellation);
    Map<String, Value> next = new LinkedHashMap<>();
    inputsByOutput.forEach(
        (output, input) -> next.put(input, Objects.requireNonNull(outputs.get(output))));
    current = next;
    return outputs;
  }

  /**
   * Runs the model once and writes outputs into tensors of the caller's. After some steps of the
   * same shapes nothing is allocated, except by operators that cannot do without, and by maps that
   * cannot be gone through without an iterator, as those of {@code Map.of}.
   *
   * @param inputs the inputs but the states
   * @param into where outputs go, by name, in the shapes they have; none of them shares memory with
   *     an input or with another. What is not named is not written. What they hold after a step
   *     that failed is not specified; the states then are as they were
   * @throws InvalidInput as {@link #run(Map)}, and where an output does not go into its tensor
   */
  public void runInto(Map<String, ? extends Value> inputs, Map<String, Tensor> into) {
    refuseStates(inputs);
    Kept own = kept;
    Map<String, Value> now = current;
    if (own == null || now == null) {
      own = new Kept(session, inputsByOutput);
      now = new HashMap<>(now == null ? beginning(inputs) : now);
    }
    own.run(inputs, now, into);
    kept = own;
    current = now;
  }

  private void refuseStates(Map<String, ? extends Value> inputs) {
    boolean any = false;
    for (int i = 0; i < stateInputs.length; i++) {
      any |= inputs.containsKey(stateInputs[i]);
    }
    if (any) {
      List<String> stateful = new ArrayList<>(inputsByOutput.values());
      stateful.retainAll(inputs.keySet());
      throw new InvalidInput(
          Session.quoted(stateful)
              + " are states, which the stream gives; to begin with other"
              + " values make it with States.initial");
    }
  }

  /** Goes back to the beginning. */
  public void reset() {
    current = null;
    kept = null;
  }

  /**
   * Returns the point reached, to go on from it later, here or in another stream of the session.
   */
  public Snapshot snapshot() {
    // From now on what is current belongs to the snapshot.
    kept = null;
    return new Snapshot(current == null ? Map.of() : current);
  }

  /**
   * Goes on from a point reached before.
   *
   * @throws InvalidInput where it is of a stream with other states
   */
  public void restore(Snapshot snapshot) {
    kept = null;
    if (snapshot.values().isEmpty()) {
      current = null;
      return;
    }
    if (!snapshot.values().keySet().equals(Set.copyOf(inputsByOutput.values()))) {
      throw new InvalidInput("the snapshot is of a stream with other states");
    }
    current = snapshot.values();
  }

  private Map<String, Value> beginning(Map<String, ? extends Value> inputs) {
    Map<String, Value> values = new LinkedHashMap<>();
    Map<String, Long> sizes = new HashMap<>(session.sizes(inputs));
    states.initial().forEach((name, value) -> sizes.putAll(session.sizes(Map.of(name, value))));
    sizes.putAll(states.sizes());
    List<String> problems = new ArrayList<>();
    inputsByOutput.forEach((output, input) -> {
      Value value = given(input);
      if (value == null) {
        value = zeros(input, output, sizes, problems);
      }
      if (value != null) {
        values.put(input, value);
      }
    });
    if (!problems.isEmpty()) {
      throw new InvalidInput(
          "how the states begin is not certain: state it with States.initial, zeros or size\n  "
              + String.join("\n  ", problems));
    }
    return values;
  }

  /** Returns what the user or the model gives to begin with; null where neither does. */
  private @Nullable Value given(String input) {
    Value initial = states.initial().get(input);
    List<Integer> shape = states.zeros().get(input);
    if (initial != null) {
      return initial;
    }
    if (shape != null) {
      DataType type =
          session.input(input).type() instanceof Type.OfTensor(DataType element, Shape _)
              ? element
              : DataType.FLOAT;
      return Tensor.zeros(type, shape.stream().mapToInt(Integer::intValue).toArray());
    }
    for (TensorData data : session.model().graph().initializers()) {
      if (data.name().equals(input)) {
        return data.load();
      }
    }
    return null;
  }

  private @Nullable Value zeros(
      String input, String output, Map<String, Long> sizes, List<String> problems) {
    ValueInfo declared = session.input(input);
    if (!(declared.type() instanceof Type.OfTensor(DataType type, Shape shape))
        || !shape.hasRank()) {
      problems.add("\"" + Text.escape(input) + "\" is of no declared rank");
      return null;
    }
    int[] dims = new int[shape.rank()];
    for (int d = 0; d < dims.length; d++) {
      long size = size(shape.dim(d), d, output, sizes);
      if (size < 0 || size > Integer.MAX_VALUE) {
        problems.add(
            "\""
                + Text.escape(input)
                + "\" ("
                + Text.escape(declared.type().toString())
                + "): the size of dimension "
                + d
                + " does not follow from the other inputs; for zeros:"
                + " States.inferred().zeros(\""
                + Text.escape(input)
                + "\", "
                + String.join(", ", shape.dims().stream().map(Dim::toString).toList())
                + ")");
        return null;
      }
      dims[d] = (int) size;
    }
    return Tensor.zeros(type, dims);
  }

  /** Returns the size of a dimension to begin with; -1 where it is not known. */
  private long size(Dim dim, int axis, String output, Map<String, Long> sizes) {
    return switch (dim) {
      case Dim.Known(long size) -> size;
      case Dim.Named(String name) -> {
        Long bound = sizes.get(name);
        yield bound != null ? bound : grows(name, axis, output) ? 0 : -1;
      }
      default -> -1;
    };
  }

  /**
   * Whether a dimension that no other input has is another one in the output: the length of a cache
   * that grows. A first dimension is a batch, which does not.
   */
  private boolean grows(String name, int axis, String output) {
    if (axis == 0 || !StateNames.isCache(output)) {
      return false;
    }
    for (ValueInfo info : session.outputs()) {
      if (info.name().equals(output)
          && info.type() instanceof Type.OfTensor(DataType _, Shape shape)
          && shape.hasRank()
          && axis < shape.rank()) {
        return !shape.dim(axis).isKnown() && !shape.dim(axis).equals(Dim.named(name));
      }
    }
    return false;
  }
}
