package org.sardonyx.operators.control;

import java.lang.reflect.Array;
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

  /** As {@link #add}, of a value that does not stay as it is. */
  void addCopy(Invocation in, Value value) {
    add(in, value instanceof Tensor slice ? slice.copy() : value);
  }

  /**
   * Writes slice number {@code trip} of {@code length} where it belongs in output {@code output},
   * which is made for the first.
   *
   * @param all the output as it is so far; null before the first trip
   * @return the output
   */
  static Tensor write(
      Invocation in,
      int output,
      @Nullable Tensor all,
      Value value,
      long axis,
      int length,
      int place) {
    if (!(value instanceof Tensor slice)) {
      throw new InvalidModel("a scan output is " + value.type().spec() + ", must be a tensor");
    }
    int at = Axes.normalize(axis, slice.rank() + 1);
    if (all == null) {
      all = in.output(output, slice.dataType(), inserted(slice.shape(), at, length));
    } else if (all.dataType() != slice.dataType() || !isSlice(all, at, slice)) {
      throw new OperatorFailed(
          "a scan output was a slice of " + all + " in the first trip and is " + slice + " later");
    }
    put(slice, all, at, place);
    return all;
  }

  private static boolean isSlice(Tensor all, int axis, Tensor slice) {
    boolean same = all.rank() == slice.rank() + 1;
    for (int i = 0; same && i < slice.rank(); i++) {
      same = all.dim(i < axis ? i : i + 1) == slice.dim(i);
    }
    return same;
  }

  /** Gives a value that does not stay as it is as output {@code output}. */
  static void giveCopy(Invocation in, int output, Value value) {
    if (!in.wants(output)) {
      return;
    }
    if (value instanceof Tensor tensor) {
      Tensor copy = in.outputLike(output, tensor.dataType(), tensor);
      System.arraycopy(tensor.array(), 0, copy.array(), 0, Array.getLength(tensor.array()));
    } else {
      in.set(output, value);
    }
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
    int[] rest = new int[shape.length - 1];
    System.arraycopy(shape, 0, rest, 0, axis);
    System.arraycopy(shape, axis + 1, rest, axis, rest.length - axis);
    Tensor slice = Tensor.zeros(from.dataType(), rest);
    take(from, axis, index, slice);
    return slice;
  }

  /** As {@link #take(Tensor, int, int)}, into a slice that is there. */
  static void take(Tensor from, int axis, int index, Tensor slice) {
    int outer = 1;
    for (int i = 0; i < axis; i++) {
      outer *= from.dim(i);
    }
    int inner = outer == 0 ? 0 : slice.size() / outer;
    for (int i = 0; i < outer; i++) {
      copy(from, (i * from.dim(axis) + index) * inner, slice, i * inner, inner);
    }
  }

  /** Writes {@code slice} to {@code index} of {@code axis} of {@code all}. */
  static void put(Tensor slice, Tensor all, int axis, int index) {
    int outer = 1;
    for (int i = 0; i < axis; i++) {
      outer *= all.dim(i);
    }
    int inner = outer == 0 ? 0 : slice.size() / outer;
    for (int i = 0; i < outer; i++) {
      copy(slice, i * inner, all, (i * all.dim(axis) + index) * inner, inner);
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
