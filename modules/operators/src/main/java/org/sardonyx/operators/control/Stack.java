package org.sardonyx.operators.control;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Slices of a tensor along an axis: taken from one, and collected to be one. */
final class Stack {

  private final List<Tensor> slices = new ArrayList<>();

  /** Adds what one trip gave; every trip must give the same type and shape. */
  void add(Invocation in, Value value) {
    if (!(value instanceof Tensor slice)) {
      throw new InvalidModel("a scan output is " + value.type().spec() + ", must be a tensor");
    }
    if (!slices.isEmpty()) {
      Tensor first = slices.getFirst();
      if (first.dataType() != slice.dataType() || !first.sameShape(slice)) {
        throw new OperatorFailed(
            "a scan output was "
                + first
                + " in the first trip and is "
                + slice
                + " in trip "
                + (slices.size() + 1));
      }
    }
    in.keep(slice.dataType().byteSize(slice.size()));
    slices.add(slice);
  }

  /**
   * Gives the slices along a new axis as output {@code output}.
   *
   * @param axis where the new axis stands; negative from the end
   * @param reverse whether the last slice comes first
   * @param type what is known of a slice; says what an output of no slices looks like
   */
  void give(Invocation in, int output, long axis, boolean reverse, @Nullable Type type) {
    if (slices.isEmpty()) {
      in.set(output, empty(axis, type));
      return;
    }
    Tensor first = slices.getFirst();
    int at = Axes.normalize(axis, first.rank() + 1);
    int[] shape = inserted(first.shape(), at, slices.size());
    Tensor all = in.output(output, first.dataType(), shape);
    for (int i = 0; i < slices.size(); i++) {
      put(slices.get(i), all, at, reverse ? slices.size() - 1 - i : i);
    }
  }

  /** Returns a tensor of no slices; a dimension of which nothing is known is 0. */
  static Tensor empty(long axis, @Nullable Type type) {
    if (!(type instanceof Type.OfTensor(DataType element, Shape shape))) {
      throw new InvalidModel("no trip was made and the type of a scan output is not known");
    }
    // Of an unknown rank no more is sure than that the new axis has its place.
    long least = Math.min(64, axis < 0 ? -axis - 1 : axis);
    int[] dims = new int[shape.hasRank() ? shape.rank() : Axes.size(least)];
    for (int i = 0; i < dims.length; i++) {
      dims[i] =
          shape.hasRank() && shape.dim(i) instanceof Dim.Known(long size)
              ? Axes.size(Math.max(0, size))
              : 0;
    }
    return Tensor.zeros(element, inserted(dims, Axes.normalize(axis, dims.length + 1), 0));
  }

  /** Returns {@code from} at {@code index} of {@code axis}, without that axis. */
  static Tensor take(Tensor from, int axis, int index) {
    int[] shape = from.shape();
    int length = shape[axis];
    int outer = Axes.product(shape, 0, axis);
    int inner = Axes.product(shape, axis + 1, shape.length);
    int[] rest = new int[shape.length - 1];
    System.arraycopy(shape, 0, rest, 0, axis);
    System.arraycopy(shape, axis + 1, rest, axis, rest.length - axis);
    Tensor slice = Tensor.zeros(from.dataType(), rest);
    for (int i = 0; i < outer; i++) {
      copy(from, (i * length + index) * inner, slice, i * inner, inner);
    }
    return slice;
  }

  /** Writes {@code slice} to {@code index} of {@code axis} of {@code all}. */
  static void put(Tensor slice, Tensor all, int axis, int index) {
    int[] shape = all.shape();
    int outer = Axes.product(shape, 0, axis);
    int inner = Axes.product(shape, axis + 1, shape.length);
    for (int i = 0; i < outer; i++) {
      copy(slice, i * inner, all, (i * shape[axis] + index) * inner, inner);
    }
  }

  /** Writes {@code slice} as number {@code index} of slices that lie one after the other. */
  static void putAt(Tensor slice, Tensor all, int index) {
    copy(slice, 0, all, index * slice.size(), slice.size());
  }

  static int[] inserted(int[] shape, int axis, int size) {
    int[] result = Arrays.copyOf(shape, shape.length + 1);
    System.arraycopy(shape, axis, result, axis + 1, shape.length - axis);
    result[axis] = size;
    return result;
  }

  private static void copy(Tensor from, int fromIndex, Tensor to, int toIndex, int n) {
    if (from.dataType().isPacked()) {
      for (int i = 0; i < n; i++) {
        to.setPacked(toIndex + i, from.packed(fromIndex + i));
      }
    } else {
      int width = from.dataType().kind() == DataType.Kind.COMPLEX ? 2 : 1;
      System.arraycopy(from.array(), width * fromIndex, to.array(), width * toIndex, width * n);
    }
  }
}
