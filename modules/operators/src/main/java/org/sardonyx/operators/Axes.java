package org.sardonyx.operators;

import java.util.Arrays;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.OperatorFailed;

/** Axes as attributes and inputs give them, negative ones counted from the end. */
public final class Axes {

  private Axes() {}

  /**
   * Returns {@code axis} counted from the front.
   *
   * @throws OperatorFailed where it is not in [-rank, rank-1]
   */
  public static int normalize(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new OperatorFailed("axis " + axis + " is out of range for rank " + rank);
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** Returns the axes counted from the front, in their order; each may be named once. */
  public static int[] normalize(long[] axes, int rank) {
    int[] result = new int[axes.length];
    boolean[] seen = new boolean[rank];
    for (int i = 0; i < axes.length; i++) {
      result[i] = normalize(axes[i], rank);
      if (seen[result[i]]) {
        throw new OperatorFailed("axis " + axes[i] + " is named twice");
      }
      seen[result[i]] = true;
    }
    return result;
  }

  /** Returns the product of {@code shape[from..to)}. */
  public static int product(int[] shape, int from, int to) {
    long product = 1;
    for (int i = from; i < to; i++) {
      product *= shape[i];
      if (product > Integer.MAX_VALUE) {
        throw new LimitExceeded("elements", "too many for one array in " + Arrays.toString(shape));
      }
    }
    return (int) product;
  }

  /** Returns row-major strides in elements. */
  public static int[] strides(int[] shape) {
    int[] strides = new int[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = (int) stride;
      stride *= Math.max(1, shape[i]);
    }
    return strides;
  }

  /** Returns a size that an input or attribute asks for, as an array index. */
  public static int size(long size) {
    if (size < 0 || size > Integer.MAX_VALUE) {
      throw new InvalidInput("a dimension of " + size + " is not possible");
    }
    return (int) size;
  }
}
