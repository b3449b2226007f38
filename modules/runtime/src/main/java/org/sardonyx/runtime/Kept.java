package org.sardonyx.runtime;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * What a stream keeps so that its steps make nothing: its states, twice, since what a step reads
 * must stay until all it gives is there, and the map of the inputs.
 */
final class Kept implements Session.Taker {

  /** Beyond so many comparisons of arrays outputs are copied. */
  private static final int MANY = 1 << 14;

  private final Session session;
  private final String[] outputs;

  /** By output: the input that it goes to; null where it is no state. */
  private final @Nullable String[] inputOf;

  private final @Nullable Tensor[] states;
  private final @Nullable Tensor[] spare;

  /** By output: the caller's tensor; null where it wants none. */
  private final @Nullable Tensor[] targets;

  private final Map<String, Value> all = new HashMap<>();
  private final BiConsumer<String, Value> put = all::put;
  private final Inputs.Room room;

  Kept(Session session, Map<String, String> inputsByOutput) {
    this.session = session;
    this.outputs = session.outputs().stream().map(v -> v.name()).distinct().toArray(String[]::new);
    this.inputOf = new @Nullable String[outputs.length];
    for (int i = 0; i < outputs.length; i++) {
      inputOf[i] = inputsByOutput.get(outputs[i]);
    }
    this.states = new @Nullable Tensor[outputs.length];
    this.spare = new @Nullable Tensor[outputs.length];
    this.targets = new @Nullable Tensor[outputs.length];
    this.room = session.room();
  }

  /** Runs one step and writes the outputs named. */
  void run(
      Map<String, ? extends Value> inputs, Map<String, Value> current, Map<String, Tensor> wanted) {
    int known = 0;
    for (int i = 0; i < outputs.length; i++) {
      targets[i] = wanted.get(outputs[i]);
      known += targets[i] != null || wanted.containsKey(outputs[i]) ? 1 : 0;
    }
    if (known != wanted.size()) {
      throw new InvalidInput("the model has no outputs " + Session.quoted(wanted.keySet()));
    }
    if (current.isEmpty()) {
      session.run(inputs, room, this, null);
    } else {
      session.run(joined(inputs, current), room, this, null);
    }
    for (int i = 0; i < outputs.length; i++) {
      String input = inputOf[i];
      Tensor state = spare[i];
      if (input != null && state != null) {
        spare[i] = states[i];
        states[i] = state;
        current.put(input, state);
      }
    }
  }

  private Map<String, Value> joined(
      Map<String, ? extends Value> inputs, Map<String, Value> current) {
    if (all.size() != inputs.size() + current.size()) {
      all.clear();
    }
    // Iterators would be objects.
    inputs.forEach(put);
    current.forEach(put);
    if (all.size() != inputs.size() + current.size()) {
      all.keySet().removeIf(name -> !inputs.containsKey(name) && !current.containsKey(name));
    }
    return all;
  }

  /** Lets go of the caller's values. */
  void forget() {
    all.clear();
    Arrays.fill(room.values(), null);
    Arrays.fill(targets, null);
  }

  @Override
  public void offer(Call call, Plan plan, @Nullable Value[] given) {
    int[] direct = plan.direct();
    boolean few = outputs.length * (given.length + outputs.length) <= MANY;
    for (int i = 0; i < direct.length; i++) {
      Tensor to = targets[i];
      if (direct[i] < 0) {
        continue;
      }
      if (to == null) {
        Tensor state = spare[i];
        if (state != null) {
          call.target(direct[i], state);
        }
      } else if (few && isApart(i, to, plan, given)) {
        call.target(direct[i], to);
      }
    }
  }

  /** Whether nothing that a run reads, and no other output, lies in the array of target i. */
  private boolean isApart(int i, Tensor to, Plan plan, @Nullable Value[] given) {
    Object array = to.array();
    for (Value value : given) {
      if (value != null && !(value instanceof Tensor tensor && tensor.array() != array)) {
        return false;
      }
    }
    for (int j = 0; j < targets.length; j++) {
      Tensor other = targets[j];
      if (j != i && other != null && other.array() == array) {
        return false;
      }
    }
    return to.dataType() != DataType.STRING && !plan.constantArrays().contains(array);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // the same object was written by a node already
  public void take(@Nullable Value[] frame, int[] slots) {
    for (int i = 0; i < outputs.length; i++) {
      Tensor to = targets[i];
      if (to != null && !(frame[slots[i]] instanceof Tensor from && fits(from, to))) {
        Value value = frame[slots[i]];
        throw new InvalidInput(
            "output \""
                + Text.escape(outputs[i])
                + "\" is "
                + (value == null ? "nothing" : value.type())
                + ", which does not go into "
                + to);
      }
    }
    for (int i = 0; i < outputs.length; i++) {
      Tensor to = targets[i];
      if (to != null && frame[slots[i]] instanceof Tensor from && from != to) {
        copy(from, to);
      }
      if (inputOf[i] != null) {
        if (!(frame[slots[i]] instanceof Tensor from)) {
          throw new InvalidInput("state \"" + Text.escape(outputs[i]) + "\" is no tensor");
        }
        Tensor state = spare[i];
        if (state != null && fits(from, state)) {
          if (from != state) {
            copy(from, state);
          }
        } else {
          spare[i] = from.copy();
        }
      }
    }
  }

  private static boolean fits(Tensor from, Tensor to) {
    return from.dataType() == to.dataType() && from.sameShape(to);
  }

  @SuppressWarnings("SuspiciousSystemArraycopy") // both are of one element type
  private static void copy(Tensor from, Tensor to) {
    System.arraycopy(from.array(), 0, to.array(), 0, Array.getLength(to.array()));
  }
}
