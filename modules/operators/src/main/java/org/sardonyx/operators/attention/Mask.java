package org.sardonyx.operators.attention;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Which keys a query may see, and what is added to the scores of those: a range of keys for each
 * query, then tensors that allow or add.
 *
 * <p>A key that is not allowed has the score minus infinity, whatever its product is.
 */
public final class Mask {

  private static final int UNBOUNDED = Integer.MAX_VALUE / 4;

  private final Heads heads;
  private final List<Overlay> overlays = new ArrayList<>();
  private int[] offsets = {0};
  private int left = UNBOUNDED;
  private int right = UNBOUNDED;
  private int @Nullable [] ends;
  private int length;

  /** A mask that allows everything. */
  public Mask(Heads heads) {
    this.heads = heads;
    this.length = heads.keys();
  }

  /**
   * A query at position {@code p = offset + i} sees keys from {@code p - left} to {@code p +
   * right}; a negative bound is none.
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
   * Adds a tensor that broadcasts to {@code [N, heads, S, T]}: bool allows where it is true,
   * numbers are added.
   *
   * @param padded whether a last dimension shorter than T allows nothing beyond it; else it must be
   *     T or 1
   */
  public Mask tensor(String name, Tensor tensor, boolean padded) {
    int[] full = {heads.batch(), heads.queryHeads(), heads.queries(), heads.keys()};
    int[] strides = new int[full.length];
    int shift = full.length - tensor.rank();
    boolean fits = shift >= 0;
    int stride = 1;
    for (int i = tensor.rank() - 1; fits && i >= 0; i--) {
      int size = tensor.dim(i);
      if (i == tensor.rank() - 1 && padded && size < heads.keys()) {
        length = Math.min(length, size);
        strides[i + shift] = 1;
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
              + " (batch, heads, queries, keys)");
    }
    overlays.add(Overlay.of(tensor, strides));
    return this;
  }

  /** Returns the first key that a query may see. */
  int from(int n, int i) {
    return (int) Math.min(Math.max(0L, position(n, i) - left), heads.keys());
  }

  /** Returns the end of the keys that a query may see; not less than {@link #from}. */
  int to(int n, int i) {
    long end = Math.min(position(n, i) + right + 1, length);
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
    boolean any = to > from;
    for (Overlay overlay : overlays) {
      any = overlay.apply(overlay.at(n, h, i, first + from), x, at + from, to - from);
    }
    return overlays.size() < 2 ? any : isAnyAllowed(x, at + from, to - from);
  }

  /** As for floats. */
  boolean apply(int n, int h, int i, double[] x, int at, int first, int count) {
    int from = Math.min(Math.max(from(n, i) - first, 0), count);
    int to = Math.min(Math.max(to(n, i) - first, from), count);
    Arrays.fill(x, at, at + from, Double.NEGATIVE_INFINITY);
    Arrays.fill(x, at + to, at + count, Double.NEGATIVE_INFINITY);
    boolean any = to > from;
    for (Overlay overlay : overlays) {
      any = overlay.apply(overlay.at(n, h, i, first + from), x, at + from, to - from);
    }
    return overlays.size() < 2 ? any : isAnyAllowed(x, at + from, to - from);
  }

  private static boolean isAnyAllowed(float[] x, int at, int n) {
    for (int j = at; j < at + n; j++) {
      if (x[j] != Float.NEGATIVE_INFINITY) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAnyAllowed(double[] x, int at, int n) {
    for (int j = at; j < at + n; j++) {
      if (x[j] != Double.NEGATIVE_INFINITY) {
        return true;
      }
    }
    return false;
  }

  /** One tensor of a mask, of one of three kinds. */
  private record Overlay(
      byte @Nullable [] allowed,
      float @Nullable [] floats,
      double @Nullable [] doubles,
      int[] strides) {

    static Overlay of(Tensor tensor, int[] strides) {
      DataType type = tensor.dataType();
      if (type == DataType.BOOL) {
        return new Overlay(tensor.bytes(), null, null, strides);
      }
      return type == DataType.DOUBLE
          ? new Overlay(null, null, tensor.doubles(), strides)
          : new Overlay(null, tensor.toFloats(), null, strides);
    }

    int at(int n, int h, int i, int j) {
      return n * strides[0] + h * strides[1] + i * strides[2] + j * strides[3];
    }

    boolean apply(int start, float[] x, int at, int n) {
      int step = strides[3];
      boolean any = false;
      for (int j = 0; j < n; j++) {
        float bias = bias(start + j * step);
        boolean hidden = bias == Float.NEGATIVE_INFINITY;
        x[at + j] = hidden ? bias : x[at + j] + bias;
        any |= !hidden;
      }
      return any;
    }

    boolean apply(int start, double[] x, int at, int n) {
      int step = strides[3];
      boolean any = false;
      for (int j = 0; j < n; j++) {
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
}
