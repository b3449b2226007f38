package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** Arithmetic on sizes that only a run knows, for operators that compute shapes. */
public final class Sizes {

  /** Contents of more elements than this are not followed: no shape is that long. */
  public static final int MAX_CONTENTS = 256;

  private Sizes() {}

  /** Returns the numbers where all are known, else null. */
  public static long @Nullable [] known(@Nullable List<Dim> dims) {
    if (dims == null) {
      return null;
    }
    long[] sizes = new long[dims.size()];
    for (int i = 0; i < sizes.length; i++) {
      if (!(dims.get(i) instanceof Dim.Known(long size))) {
        return null;
      }
      sizes[i] = size;
    }
    return sizes;
  }

  /**
   * Returns the one number that the integer input holds, {@link Dim#UNKNOWN} where none is known.
   */
  public static Dim only(Inference in, int input) {
    List<Dim> dims = in.dims(input);
    return dims == null || dims.size() != 1 ? Dim.UNKNOWN : dims.getFirst();
  }

  /** Whether the size surely is not negative; names stand for sizes. */
  public static boolean isNonNegative(Dim dim) {
    // No switch over types: a process that starts takes milliseconds for each.
    if (dim instanceof Dim.Computed(Dim.Op op, Dim a, Dim b)) {
      return switch (op) {
        case ADD, MUL, DIV, MIN -> isNonNegative(a) && isNonNegative(b);
        case MAX -> isNonNegative(a) || isNonNegative(b);
        case SUB -> false;
      };
    }
    return dim instanceof Dim.Known(long size) ? size >= 0 : dim instanceof Dim.Named;
  }

  /** Returns {@code max(dim, 0)}. */
  public static Dim atLeastZero(Dim dim) {
    return isNonNegative(dim) ? dim : dim.max(Dim.of(0));
  }

  /** Returns {@code ceil(dim / step)} for a positive step. */
  public static Dim ceilDivide(Dim dim, long step) {
    return step == 1 ? dim : dim.plus(step - 1).dividedBy(step);
  }

  /** Returns the dimension, or a new one where nothing is known of it. */
  public static Dim orFresh(Dim dim, Inference in) {
    return dim instanceof Dim.Unknown ? in.fresh() : dim;
  }

  /** Returns the shape with new dimensions where nothing is known. */
  public static Shape shape(List<Dim> dims, Inference in) {
    List<Dim> result = new ArrayList<>();
    for (Dim dim : dims) {
      result.add(orFresh(dim, in));
    }
    return Shape.of(result);
  }

  /** Returns a shape of new dimensions. */
  public static Shape fresh(int rank, Inference in) {
    List<Dim> result = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      result.add(in.fresh());
    }
    return Shape.of(result);
  }

  /** Returns the product of {@code dims[from..to)}. */
  public static Dim product(List<Dim> dims, int from, int to) {
    Dim product = Dim.of(1);
    for (int i = from; i < to; i++) {
      product = product.times(dims.get(i));
    }
    return product;
  }

  /**
   * Returns the product of {@code numerator} divided by that of {@code denominator}, where it is
   * known that nothing remains; factors that both have cancel.
   */
  public static Dim quotient(List<Dim> numerator, List<Dim> denominator) {
    List<Dim> above = new ArrayList<>();
    List<Dim> below = new ArrayList<>();
    long x = factors(numerator, above);
    long y = factors(denominator, below);
    for (Dim factor : List.copyOf(below)) {
      if (remove(above, factor)) {
        remove(below, factor);
      }
    }
    if (y == 0 || above.contains(Dim.UNKNOWN) || below.contains(Dim.UNKNOWN)) {
      return Dim.UNKNOWN;
    }
    Dim product = product(above, 0, above.size());
    if (x % y == 0) {
      product = product.times(x / y);
    } else {
      product = product.times(x).dividedBy(y);
    }
    for (Dim factor : below) {
      product = product.dividedBy(factor);
    }
    return product;
  }

  /**
   * Adds the factors that are no numbers to {@code rest} and returns the product of the numbers.
   */
  private static long factors(List<Dim> dims, List<Dim> rest) {
    long product = 1;
    for (Dim dim : dims) {
      if (dim instanceof Dim.Known(long size)) {
        product *= size;
      } else if (dim instanceof Dim.Computed(Dim.Op op, Dim a, Dim b) && op == Dim.Op.MUL) {
        product *= factors(List.of(a, b), rest);
      } else {
        rest.add(dim);
      }
    }
    return product;
  }

  private static boolean remove(List<Dim> dims, Dim dim) {
    for (int i = 0; i < dims.size(); i++) {
      if (dims.get(i).sameAs(dim)) {
        dims.remove(i);
        return true;
      }
    }
    return false;
  }
}
