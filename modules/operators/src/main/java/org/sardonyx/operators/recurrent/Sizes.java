package org.sardonyx.operators.recurrent;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.tensor.Tensor;

/** The sizes of one call and where each row lies in its tensor. */
final class Sizes {

  private final int steps;
  private final int batch;
  private final int input;
  private final int hidden;
  private final int directions;
  private final boolean batchFirst;
  private final int[] yShape;
  private final int[] stateShape;

  /**
   * Takes the sizes.
   *
   * @param steps T, seq_length
   * @param batch N, batch_size
   * @param input I, input_size
   * @param hidden H, hidden_size
   * @param directions D, num_directions
   * @param batchFirst whether the batch is the first dimension of X, Y and the states
   */
  Sizes(int steps, int batch, int input, int hidden, int directions, boolean batchFirst) {
    this.steps = steps;
    this.batch = batch;
    this.input = input;
    this.hidden = hidden;
    this.directions = directions;
    this.batchFirst = batchFirst;
    yShape =
        batchFirst
            ? new int[] {batch, steps, directions, hidden}
            : new int[] {steps, directions, batch, hidden};
    stateShape =
        batchFirst ? new int[] {batch, directions, hidden} : new int[] {directions, batch, hidden};
  }

  int steps() {
    return steps;
  }

  int batch() {
    return batch;
  }

  int input() {
    return input;
  }

  int hidden() {
    return hidden;
  }

  boolean batchFirst() {
    return batchFirst;
  }

  /** Returns where X holds time {@code t} of row {@code b}. */
  int x(int t, int b) {
    return (batchFirst ? b * steps + t : t * batch + b) * input;
  }

  /** Returns where Y holds time {@code t} of row {@code b}. */
  int y(int t, int d, int b) {
    return (batchFirst ? (b * steps + t) * directions + d : (t * directions + d) * batch + b)
        * hidden;
  }

  /** Returns where a state tensor holds row {@code b}. */
  int state(int d, int b) {
    return (batchFirst ? b * directions + d : d * batch + b) * hidden;
  }

  /** Returns the shape of Y; not to be changed. */
  int[] yShape() {
    return yShape;
  }

  /** Returns the shape of a state; not to be changed. */
  int[] stateShape() {
    return stateShape;
  }

  /** Refuses a tensor, if it is there, that has not the shape it must have. */
  static void expect(String name, @Nullable Tensor tensor, String meaning, int... expected) {
    if (tensor != null && !tensor.hasShape(expected)) {
      throw new InvalidInput(
          name
              + " must have shape "
              + Arrays.toString(expected)
              + " ("
              + meaning
              + "), got "
              + Arrays.toString(tensor.shape()));
    }
  }
}
