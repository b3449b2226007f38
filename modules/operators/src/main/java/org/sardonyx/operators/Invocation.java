package org.sardonyx.operators;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** One call of an operator: its inputs, and where its outputs go. */
public interface Invocation {

  /** Returns the number of inputs the node lists, absent ones among them included. */
  int inputs();

  /** Whether input {@code input} is there. */
  boolean has(int input);

  /** Returns an input that must be there and be a tensor. */
  Tensor tensor(int input);

  /** Returns an input that must be a tensor, or null where it is absent. */
  default @Nullable Tensor optional(int input) {
    return has(input) ? tensor(input) : null;
  }

  /**
   * Returns an input that must be there and hold one element: a scalar, whatever its rank.
   *
   * @throws OperatorFailed where it holds none or several
   */
  default Tensor one(int input) {
    Tensor tensor = tensor(input);
    if (tensor.size() != 1) {
      throw new OperatorFailed("input " + input + " must have one element, is " + tensor);
    }
    return tensor;
  }

  /** Returns an input that must be there, of whatever kind. */
  Value value(int input);

  /** Returns the number of outputs the node lists, unwanted ones among them included. */
  int outputs();

  /** Whether somebody wants output {@code output}. */
  boolean wants(int output);

  /**
   * Makes output {@code output} and returns it to be filled: every element, since what it holds at
   * first is not specified. Wanted or not, the tensor may be written.
   *
   * @throws org.sardonyx.error.LimitExceeded where the shape is beyond the limits
   */
  Tensor output(int output, DataType type, int... shape);

  /** As {@link #output}, in the shape of another tensor. */
  default Tensor outputLike(int output, DataType type, Tensor like) {
    return output(output, type, like.shape());
  }

  /** As {@link #output}, with every element zero, false or the empty string. */
  Tensor zeros(int output, DataType type, int... shape);

  /** Gives an output that is already there: a view of an input, a sequence, a constant. */
  void set(int output, Value value);

  /** Returns the graph in attribute {@code attribute}. */
  Body body(String attribute);

  /** Returns the loops to compute with. */
  Kernels kernels();

  /**
   * Returns an array of at least {@code size} floats to compute in until the operator ends; what it
   * holds at first is not specified. Each call may return the same array.
   */
  default float[] scratch(int size) {
    return new float[size];
  }

  /** Returns what keeps account of moves; null where nobody does. */
  default @Nullable MovePlan moves() {
    return null;
  }

  /**
   * Returns a source of random numbers for this node: the same stream for the same seed of the
   * session, whatever ran before.
   */
  RandomGenerator random();

  /**
   * Notes that the operator keeps this many bytes more beside its outputs, until it ends: what
   * loops collect.
   *
   * @throws org.sardonyx.error.LimitExceeded where that is beyond the limits
   */
  default void keep(long bytes) {}

  /** Returns how much of something the model may use. */
  default long most(Limit limit) {
    return Limits.standard().most(limit);
  }

  /**
   * Called now and then by operators that loop for long.
   *
   * @throws org.sardonyx.error.LimitExceeded where the run is to end
   */
  void checkpoint();

  /**
   * Called by operators whose loops take little time each: some millions of steps together are as
   * good as one {@link #checkpoint()}.
   *
   * @param steps elements computed since, of one multiplication or so each
   */
  default void checkpoint(long steps) {
    checkpoint();
  }
}
