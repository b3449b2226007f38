package org.sardonyx.type;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The shape of a tensor, outermost dimension first, as far as it is known before a run. */
public final class Shape {

  /** Not even the rank is known. */
  public static final Shape UNKNOWN = new Shape(null);

  /**
   * The shape of what there is none of: the elements of a sequence that is known to be empty.
   * Nothing is known of it, and together with another shape it is that one.
   */
  public static final Shape NONE = new Shape(null);

  /** Rank 0. */
  public static final Shape SCALAR = new Shape(List.of());

  private final @Nullable List<Dim> dims;

  private Shape(@Nullable List<Dim> dims) {
    this.dims = dims;
  }

  public static Shape of(List<Dim> dims) {
    return new Shape(List.copyOf(dims));
  }

  public static Shape of(Dim... dims) {
    return new Shape(List.of(dims));
  }

  public static Shape of(long... sizes) {
    Dim[] dims = new Dim[sizes.length];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = Dim.of(sizes[i]);
    }
    return of(dims);
  }

  public static Shape of(int[] sizes) {
    Dim[] dims = new Dim[sizes.length];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = Dim.of(sizes[i]);
    }
    return of(dims);
  }

  /** Returns a shape of this rank whose dimensions are unknown. */
  public static Shape ofRank(int rank) {
    Dim[] dims = new Dim[rank];
    Arrays.fill(dims, Dim.UNKNOWN);
    return of(dims);
  }

  public boolean hasRank() {
    return dims != null;
  }

  /** Returns the rank; only where {@link #hasRank}. */
  public int rank() {
    return dims().size();
  }

  /** Returns the dimensions; only where {@link #hasRank}. */
  public List<Dim> dims() {
    if (dims == null) {
      throw new IllegalStateException("the rank is not known");
    }
    return dims;
  }

  /** Returns dimension {@code axis}; a negative axis counts from the end. */
  public Dim dim(int axis) {
    return dims().get(axis < 0 ? axis + rank() : axis);
  }

  /** Whether the rank and every dimension are numbers. */
  public boolean isKnown() {
    if (dims == null) {
      return false;
    }
    for (Dim dim : dims) {
      if (!dim.isKnown()) {
        return false;
      }
    }
    return true;
  }

  /** Returns the number of elements; unknown where a dimension is. */
  public Dim elements() {
    if (dims == null) {
      return Dim.UNKNOWN;
    }
    Dim product = Dim.of(1);
    for (Dim dim : dims) {
      product = product.times(dim);
    }
    return product;
  }

  /** Returns the sizes; only where {@link #isKnown}. */
  public long[] sizes() {
    long[] sizes = new long[rank()];
    for (int i = 0; i < sizes.length; i++) {
      if (!(dims().get(i) instanceof Dim.Known(long size))) {
        throw new IllegalStateException("a dimension is not known");
      }
      sizes[i] = size;
    }
    return sizes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return dims == null ? this == other : other instanceof Shape shape && dims.equals(shape.dims);
  }

  @Override
  public int hashCode() {
    return java.util.Objects.hashCode(dims);
  }

  @Override
  public String toString() {
    return dims == null
        ? "[...]"
        : dims.stream().map(Dim::toString).collect(Collectors.joining(",", "[", "]"));
  }
}
