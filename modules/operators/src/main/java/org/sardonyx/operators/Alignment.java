package org.sardonyx.operators;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.type.Shape;

/**
 * How the second input of a binary operator is laid over the first. Since version 7 as NumPy does
 * it; before, only with {@code broadcast=1}, only the second over the first, and beginning at
 * dimension {@code axis} where that is given.
 *
 * @param numpy whether both inputs broadcast
 * @param broadcast the attribute, where not
 * @param axis the attribute, or null: at the end
 */
public record Alignment(boolean numpy, boolean broadcast, @Nullable Long axis) {

  /** As NumPy does it. */
  public static final Alignment NUMPY = new Alignment(true, true, null);

  /** Reads {@code broadcast} and {@code axis} where the version has them. */
  public static Alignment of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    if (!attributes.declares("broadcast")) {
      return NUMPY;
    }
    boolean broadcast = attributes.getFlag("broadcast");
    Long axis = attributes.has("axis") ? attributes.getInt("axis") : null;
    return new Alignment(false, broadcast, axis);
  }

  /**
   * Returns a shape of as many elements as {@code b} that broadcasts to {@code a} as NumPy does it.
   */
  public int[] align(int[] a, int[] b) {
    if (numpy) {
      return b;
    }
    if (!broadcast) {
      if (!Arrays.equals(a, b)) {
        throw new OperatorFailed(
            "shapes "
                + Arrays.toString(a)
                + " and "
                + Arrays.toString(b)
                + " differ, and broadcast is not set");
      }
      return b;
    }
    if (Axes.product(b, 0, b.length) == 1) {
      return new int[0];
    }
    int first = axis == null ? a.length - b.length : Axes.normalize(axis, a.length);
    boolean fits = first >= 0 && first + b.length <= a.length;
    for (int i = 0; fits && i < b.length; i++) {
      fits = b[i] == a[first + i] || b[i] == 1;
    }
    if (!fits) {
      throw new OperatorFailed(
          "shape "
              + Arrays.toString(b)
              + " cannot be laid over "
              + Arrays.toString(a)
              + (axis == null ? "" : " at axis " + axis));
    }
    int[] aligned = new int[a.length - first];
    Arrays.fill(aligned, 1);
    System.arraycopy(b, 0, aligned, 0, b.length);
    return aligned;
  }

  /** Returns the shape of the result as far as it is known. */
  public Shape shape(Shape a, Shape b) {
    return numpy ? Broadcast.shape(a, b) : a;
  }
}
