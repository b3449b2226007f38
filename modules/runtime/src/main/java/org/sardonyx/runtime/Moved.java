package org.sardonyx.runtime;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.MovePlan;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * What a step that only moves elements did when its inputs last had these shapes: it need not work
 * out again from where to where. The values of all inputs but those that are moved are fixed.
 */
final class Moved {

  /** By input: the shape of what is moved; null for what must be the same object. */
  private final int[] @Nullable [] shapes;

  private final @Nullable Value[] fixed;
  private final DataType type;

  /** By output: the shape, null where nobody wants it, and whether it begins as zeros. */
  private final int[] @Nullable [] outputs;

  private final boolean[] zeros;
  private final @Nullable Tensor[] targets;
  private final MovePlan plan;

  /** Where the output is the input under another shape: that, while the input lies in a buffer. */
  private @Nullable Tensor view;

  private @Nullable Tensor viewed;

  private Moved(Step step, @Nullable Value[] frame, Tensor first) {
    int[] in = step.in();
    this.shapes = new int[in.length][];
    this.fixed = new @Nullable Value[in.length];
    this.type = first.dataType();
    @Nullable Tensor[] inputs = new @Nullable Tensor[in.length];
    for (int i = 0; i < in.length; i++) {
      Value value = in[i] < 0 ? null : frame[in[i]];
      if (step.reuse().isMoved(i) && value instanceof Tensor tensor) {
        shapes[i] = tensor.shape();
        inputs[i] = tensor;
      } else {
        fixed[i] = value;
        inputs[i] = value instanceof Tensor tensor ? tensor : first;
      }
    }
    this.outputs = new int[step.out().length][];
    this.zeros = new boolean[outputs.length];
    this.targets = new @Nullable Tensor[outputs.length];
    this.plan = new MovePlan(inputs, targets);
  }

  /** Begins to look at what a step does; null where that would not tell what it does next time. */
  @SuppressWarnings("ReferenceEquality") // the same object, not an equal one
  static @Nullable Moved begin(Step step, @Nullable Value[] frame) {
    int[] in = step.in();
    for (int i = 0; i < in.length; i++) {
      for (int j = 0; j < i; j++) {
        // Tensors that are one now need not be one in the next run.
        if (in[i] >= 0 && in[i] != in[j] && in[j] >= 0 && frame[in[i]] == frame[in[j]]) {
          return null;
        }
      }
    }
    return frame[in[0]] instanceof Tensor first ? new Moved(step, frame, first) : null;
  }

  MovePlan plan() {
    return plan;
  }

  /** Notes an output that is filled. */
  void output(int output, Tensor tensor, boolean cleared) {
    outputs[output] = tensor.shape();
    zeros[output] = cleared;
    targets[output] = tensor;
  }

  /** Notes an output that is an input seen otherwise. */
  void view(@Nullable Tensor input, @Nullable Tensor result) {
    if (input == null || result == null || result.array() != input.array()) {
      plan.fail();
    } else {
      viewed = input;
      view = result;
    }
  }

  /** Ends looking; returns whether this tells it all. */
  boolean end() {
    plan.end();
    Arrays.fill(targets, null);
    return plan.isWhole();
  }

  /** Whether the step does the same with what is in the frame now. */
  @SuppressWarnings("ReferenceEquality") // the same object, not an equal one
  boolean fits(Step step, @Nullable Value[] frame) {
    int[] in = step.in();
    for (int i = 0; i < in.length; i++) {
      Value value = in[i] < 0 ? null : frame[in[i]];
      int[] shape = shapes[i];
      if (shape == null ? value != fixed[i] : !isLike(value, shape)) {
        return false;
      }
    }
    return view == null || frame[in[0]] == viewed;
  }

  private boolean isLike(@Nullable Value value, int[] shape) {
    return value instanceof Tensor tensor && tensor.dataType() == type && tensor.hasShape(shape);
  }

  /** Does it again. */
  void run(Call call) {
    Tensor seen = view;
    if (seen != null) {
      call.set(0, seen);
      return;
    }
    for (int i = 0; i < outputs.length; i++) {
      int[] shape = outputs[i];
      if (shape != null) {
        targets[i] = zeros[i] ? call.zeros(i, type, shape) : call.output(i, type, shape);
      }
    }
    plan.run(call, targets);
    Arrays.fill(targets, null);
  }
}
