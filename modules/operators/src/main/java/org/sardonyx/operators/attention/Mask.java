package org.sardonyx.operators.attention;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Which keys a query may see, and what is added to the scores of those: a range of keys for each query,
 * then a tensor that allows or adds.
 *
 * <p>A key that is not allowed has the score minus infinity, whatever its product is.
 */
public final class Mask {

  private static final int UNBOUNDED = Integer.MAX_VALUE / 4;

  private final int keys;
  private int[] offsets = {0};
  private int left = UNBOUNDED;
  private int right = UNBOUNDED;
  private int @Nullable [] ends;
  private byte @Nullable [] allowed;
  private float @Nullable [] floats;
  private double @Nullable [] doubles;
  private boolean hasTensor;
  private final int[] strides = {0, 0, 0, 0};
  private int length;

  /** A mask over {@code keys} keys that allows everything. */
  public Mask(int keys) {
    this.keys = keys;
    this.length = keys;
  }

  /**
   * A query at position {@code p = offset + i} sees keys from {@code p - left} to {@code p + right};
   * a negative bound is none.
   *
   * @param queryOffsets one for all rows of the batch, or one for each
   */
  public Mask window(int[] queryOffsets, long leftBound, long rightBound) {
    offsets = queryOffsets;
    left = leftBound < 0 ? UNBOUNDED : (int) Math.min(leftBound, UNBOUNDED);
    right = rightBound < 0 ? UNBOUNDED : (int) Math.min(rightBound, UNBOUNDED);
    return this;
  }

  /** Only so many keys of each row of the batch are there; the others are not read. */
  public Mask ends(int[] keyCounts) {
    ends = keyCounts;
    return this;
  }

  /**
   * Adds a tensor that broadcasts to {@code [N, heads, S, T]}: bool allows where it is true, numbers
   * are added.
   *
   * @param padded whether a last dimension shorter than T allows nothing beyond it; else it must be T
   *     or 1
   */
  public Mask tensor(String name, Tensor tensor, Heads heads, boolean padded) {
    int[] full = {heads.batch(), heads.queryHeads(), heads.queries(), keys};
    int shift = full.length - tensor.rank();
    boolean fits = shift >= 0;
    int stride = 1;
    for (int i = tensor.rank() - 1; fits && i >= 0; i--) {
      int size = tensor.dim(i);
      boolean last = i == tensor.rank() - 1;
      if (last && padded && size < keys) {
        length = size;
        strides[3] = 1;
      } else {
        fits = size == full[i + shift] || size == 1;
        strides[i + shift] = size == 1 ? 0 : stride;
      }
      stride *= size;
    }
    if (!fits) {
      throw new InvalidInput(
          name
              + " of shape "
              + Arrays.toString(tensor.shape())
              + " does not broadcast to "
              + Arrays.toString(full)
              + " (batch_size, q_num_heads, q_sequence_length, total_sequence_length)");
    }
    hasTensor = true;
    if (tensor.dataType() == DataType.BOOL) {
      allowed = tensor.bytes();
    } else if (tensor.dataType() == DataType.DOUBLE) {
      doubles = tensor.doubles();
    } else {
      floats = tensor.toFloats();
    }
    return this;
  }

  /** Returns the first key that a query may see. */
  int from(int n, int i) {
    return (int) Math.min(Math.max(0L, position(n, i) - left), keys);
  }

  /** Returns the end of the keys that a query may see; not less than {@link #from}. */
  int to(int n, int i) {
    long end = Math.min(position(n, i) + right + 1, Math.min(keys, length));
    if (ends != null) {
      end = Math.min(end, ends[n]);
    }
    return (int) Math.max(end, from(n, i));
  }

  private long position(int n, int i) {
    return (long) offsets[offsets.length == 1 ? 0 : n] + i;
  }

  /**
   * Applies the mask to the scores of one query, of which {@code x[at]} is the one of key {@code
   * first}.
   *
   * @return whether any key is allowed
   */
  boolean apply(int n, int h, int i, float[] x, int at, int first, int count) {
    int from = Math.min(Math.max(from(n, i) - first, 0), count);
    int to = Math.min(Math.max(to(n, i) - first, from), count);
    Arrays.fill(x, at, at + from, Float.NEGATIVE_INFINITY);
    Arrays.fill(x, at + to, at + count, Float.NEGATIVE_INFINITY);
    int start = n * strides[0] + h * strides[1] + i * strides[2] + first * strides[3];
    if (!hasTensor) {
      return to > from;
    }
    int step = strides[3];
    boolean any = false;
    for (int j = from; j < to; j++) {
      float bias = bias(start + j * step);
      boolean hidden = bias == Float.NEGATIVE_INFINITY;
      x[at + j] = hidden ? bias : x[at + j] + bias;
      any |= !hidden;
    }
    return any;
  }

  /** As for floats. */
  boolean apply(int n, int h, int i, double[] x, int at, int first, int count) {
    int from = Math.min(Math.max(from(n, i) - first, 0), count);
    int to = Math.min(Math.max(to(n, i) - first, from), count);
    Arrays.fill(x, at, at + from, Double.NEGATIVE_INFINITY);
    Arrays.fill(x, at + to, at + count, Double.NEGATIVE_INFINITY);
    int start = n * strides[0] + h * strides[1] + i * strides[2] + first * strides[3];
    if (!hasTensor) {
      return to > from;
    }
    int step = strides[3];
    boolean any = false;
    for (int j = from; j < to; j++) {
      int k = start + j * step;
      double bias = doubles != null ? doubles[k] : bias(k);
      boolean hidden = bias == Double.NEGATIVE_INFINITY;
      x[at + j] = hidden ? bias : x[at + j] + bias;
      any |= !hidden;
    }
    return any;
  }

  private float bias(int k) {
    if (floats != null) {
      return floats[k];
    }
    if (allowed != null) {
      return allowed[k] != 0 ? 0 : Float.NEGATIVE_INFINITY;
    }
    return doubles == null ? 0 : (float) doubles[k];
  }
}
