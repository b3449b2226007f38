package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.Tensor;

/**
 * The moves of one run of an operator that does nothing else, to be done again where all that they
 * depend on is the same: the shapes of the inputs. Of one thread at a time.
 */
public final class MovePlan {

  private static final int NONE = -1;

  /** Some moves from one array to another: of an input, or of a tensor that stays the same. */
  private record Entry(int input, Object source, int output, Moves moves, Object what) {}

  private final List<Entry> entries = new ArrayList<>();
  private final @Nullable Tensor[] inputs;
  private final @Nullable Tensor[] outputs;
  private boolean whole = true;

  /**
   * Begins an account.
   *
   * @param inputs the inputs
   * @param outputs room for the outputs: what moves go to is looked up here
   */
  public MovePlan(@Nullable Tensor[] inputs, @Nullable Tensor[] outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Notes that there was something that cannot be done again. */
  public void fail() {
    whole = false;
  }

  /** Whether everything that was moved is in here. */
  public boolean isWhole() {
    return whole;
  }

  /** Ends the account: the tensors it began with are let go. */
  public void end() {
    Arrays.fill(inputs, null);
    Arrays.fill(outputs, null);
  }

  void add(Moves moves, Object what) {
    int output = place(moves.target(), outputs);
    if (output == NONE) {
      whole = false;
      return;
    }
    int input = place(moves.source(), inputs);
    Moves again = moves.repeated();
    again.rest();
    entries.add(new Entry(input, input == NONE ? moves.source().array() : "", output, again, what));
  }

  @SuppressWarnings("ReferenceEquality") // two inputs may hold the same
  private static int place(Tensor tensor, @Nullable Tensor[] among) {
    for (int i = 0; i < among.length; i++) {
      if (among[i] == tensor) {
        return i;
      }
    }
    return NONE;
  }

  /**
   * Moves again.
   *
   * @param in has the inputs
   * @param targets the outputs
   */
  public void run(Invocation in, @Nullable Tensor[] targets) {
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      Object from = entry.input == NONE ? entry.source : in.tensor(entry.input).array();
      Tensor to = Objects.requireNonNull(targets[entry.output]);
      entry.moves.between(in, from, to.array());
      if (entry.what instanceof Nest nest) {
        entry.moves.run(nest);
      } else {
        entry.moves.run((Moves.Rows) entry.what);
      }
      entry.moves.rest();
    }
  }
}
