package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** Multidirectional broadcasting, as ONNX takes it from NumPy. */
public final class Broadcast {

  private Broadcast() {}

  /**
   * Returns the common shape.
   *
   * @throws OperatorFailed where there is none
   */
  public static int[] shape(int[] a, int[] b) {
    int rank = Math.max(a.length, b.length);
    int[] result = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int x = i <= a.length ? a[a.length - i] : 1;
      int y = i <= b.length ? b[b.length - i] : 1;
      if (x != y && x != 1 && y != 1) {
        throw new OperatorFailed(
            "shapes " + Arrays.toString(a) + " and " + Arrays.toString(b) + " do not broadcast");
      }
      result[rank - i] = x == 1 ? y : x;
    }
    return result;
  }

  /** Returns the strides, in elements, that read {@code from} as if it had the shape {@code to}. */
  public static int[] strides(int[] from, int[] to) {
    int[] own = Axes.strides(from);
    int[] strides = new int[to.length];
    int shift = to.length - from.length;
    for (int i = 0; i < from.length; i++) {
      strides[i + shift] = from[i] == 1 ? 0 : own[i];
    }
    return strides;
  }

  /**
   * Returns the common shape as far as it is known.
   *
   * @throws InvalidModel where there surely is none
   */
  public static Shape shape(Shape a, Shape b) {
    if (!a.hasRank() || !b.hasRank()) {
      return Shape.UNKNOWN;
    }
    int rank = Math.max(a.rank(), b.rank());
    List<Dim> result = new ArrayList<>();
    for (int i = rank; i >= 1; i--) {
      Dim x = i <= a.rank() ? a.dim(-i) : Dim.of(1);
      Dim y = i <= b.rank() ? b.dim(-i) : Dim.of(1);
      result.add(dim(x, y, a, b));
    }
    return Shape.of(result);
  }

  private static Dim dim(Dim x, Dim y, Shape a, Shape b) {
    if (x.is(1) || x.sameAs(y)) {
      return y;
    }
    if (y.is(1)) {
      return x;
    }
    if (x instanceof Dim.Known && y instanceof Dim.Known) {
      throw new InvalidModel("shapes " + a + " and " + b + " do not broadcast");
    }
    if (isNotOne(x) || isCut(y, x)) {
      return x;
    }
    return isNotOne(y) || isCut(x, y) ? y : Dim.UNKNOWN;
  }

  /** Whether the dimension surely is not 1, so that the other is 1 or the same. */
  private static boolean isNotOne(Dim dim) {
    return dim.is(0) || dim.minus(Dim.of(2)).isNeverNegative();
  }

  /** Whether x is y or less, as a table is that was cut to a length: together they give y. */
  private static boolean isCut(Dim x, Dim y) {
    return x instanceof Dim.Computed(Dim.Op op, Dim a, Dim b)
        && op == Dim.Op.MIN
        && b instanceof Dim.Known(long most)
        && most > 0
        && a.sameAs(y);
  }
}
