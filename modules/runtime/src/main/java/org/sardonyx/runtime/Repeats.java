package org.sardonyx.runtime;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * What steps gave in the run before, for those that would give it again: shapes, what is computed
 * of shapes, and views. Values that are kept lie in arrays that nobody else gets.
 */
final class Repeats {

  /** Larger values are computed again: to keep their arrays apart costs more. */
  private static final int MOST_BYTES = 1 << 14;

  private static final class Entry {
    private @Nullable Value[] inputs = {};
    private @Nullable Tensor result;
    private Buffers.@Nullable Buffer pinned;

    /** Of a step that looks at a shape alone: that shape, and of what type. */
    private int[] shape = {};

    private @Nullable DataType type;
  }

  private final @Nullable Entry[] entries;
  private final Buffers buffers;

  Repeats(int slots, Buffers buffers) {
    this.entries = new @Nullable Entry[slots];
    this.buffers = buffers;
  }

  /** Returns what a step gave before, where it would give the same; else null. */
  @Nullable Tensor find(Step step, @Nullable Value[] frame) {
    Entry entry = entries[step.out()[0]];
    if (entry == null || entry.result == null) {
      return null;
    }
    int[] in = step.in();
    if (step.reuse() == Reuse.SHAPE) {
      return frame[in[0]] instanceof Tensor tensor
              && tensor.dataType() == entry.type
              && tensor.hasShape(entry.shape)
          ? entry.result
          : null;
    }
    for (int i = 0; i < in.length; i++) {
      if (!isSame(in[i] < 0 ? null : frame[in[i]], entry.inputs[i])) {
        return null;
      }
    }
    return entry.result;
  }

  @SuppressWarnings("ReferenceEquality") // a value may hold something else, and be the same
  private static boolean isSame(@Nullable Value a, @Nullable Value b) {
    return a == b;
  }

  /** Returns the array that a kept value lies in; null where that belongs to a view's input. */
  Buffers.@Nullable Buffer pinned(Step step) {
    Entry entry = entries[step.out()[0]];
    return entry == null ? null : entry.pinned;
  }

  /**
   * Keeps what a step has given.
   *
   * @param start the constants in their slots
   */
  void keep(Step step, @Nullable Value[] frame, @Nullable Value[] start) {
    int slot = step.out()[0];
    Entry entry = entries[slot];
    if (entry == null) {
      entry = new Entry();
      entries[slot] = entry;
    }
    forget(entry);
    if (!(frame[slot] instanceof Tensor result) || !isKept(step, frame, start, result)) {
      return;
    }
    int[] in = step.in();
    if (step.reuse() == Reuse.SHAPE) {
      Tensor tensor = (Tensor) Objects.requireNonNull(frame[in[0]]);
      entry.shape = tensor.shape();
      entry.type = tensor.dataType();
    } else {
      if (entry.inputs.length != in.length) {
        entry.inputs = new @Nullable Value[in.length];
      }
      for (int i = 0; i < in.length; i++) {
        entry.inputs[i] = in[i] < 0 ? null : frame[in[i]];
      }
    }
    entry.result = result;
    entry.pinned = step.reuse() == Reuse.VIEW ? null : buffers.pin(slot);
  }

  private boolean isKept(
      Step step, @Nullable Value[] frame, @Nullable Value[] start, Tensor result) {
    int[] in = step.in();
    for (int i = 0; i < in.length; i++) {
      boolean free = i == 0 && step.reuse() != Reuse.SAME;
      if (in[i] >= 0 && !free && !isFixed(in[i], frame, start)) {
        return false;
      }
    }
    return step.reuse() == Reuse.VIEW
        ? buffers.shows(step.in()[0])
        : buffers.shows(step.out()[0]) && result.dataType().byteSize(result.size()) <= MOST_BYTES;
  }

  /** Whether what a slot shows never changes: a constant, or a value that is kept. */
  boolean isFixed(int slot, @Nullable Value[] frame, @Nullable Value[] start) {
    Entry entry = entries[slot];
    return frame[slot] == null
        || start[slot] != null
        || (entry != null && isSame(entry.result, frame[slot]));
  }

  /** Forgets what no longer lies in arrays of this graph, and views, which may have moved. */
  void clean() {
    for (Entry entry : entries) {
      if (entry != null && (entry.pinned == null || entry.pinned.isGiven())) {
        forget(entry);
      }
    }
  }

  private void forget(Entry entry) {
    if (entry.pinned != null) {
      buffers.unpin(entry.pinned);
    }
    entry.pinned = null;
    entry.result = null;
    Arrays.fill(entry.inputs, null);
  }
}
