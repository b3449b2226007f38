package org.sardonyx.conformance.metamorphic;

import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Axes of values by the names of their dimensions, and slices along them. */
final class Axes {

  private Axes() {}

  /** Returns the only axis with a named dimension; -1 for none, or where there are several. */
  static int only(@Nullable Type type, Predicate<String> named) {
    int found = -1;
    if (type instanceof Type.OfTensor(DataType _, Shape shape) && shape.hasRank()) {
      for (int axis = 0; axis < shape.rank(); axis++) {
        if (shape.dim(axis) instanceof Dim.Named(String name) && named.test(name)) {
          if (found >= 0) {
            return -1;
          }
          found = axis;
        }
      }
    }
    return found;
  }

  /** Returns an input that is known to be a tensor. */
  static Tensor tensor(Map<String, Value> inputs, String name) {
    if (inputs.get(name) instanceof Tensor tensor) {
      return tensor;
    }
    throw new IllegalStateException(name);
  }

  static boolean isBatch(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.contains("batch") || lower.equals("n") || lower.equals("b");
  }

  static boolean isTime(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.contains("time")
        || lower.contains("seq")
        || lower.contains("step")
        || lower.equals("t");
  }

  /** Returns a tensor made of the given places along an axis. */
  static Tensor take(Tensor tensor, int axis, int... places) {
    int[] shape = tensor.shape().clone();
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= shape[i];
    }
    int length = shape[axis];
    int outer = length == 0 || inner == 0 ? 0 : tensor.size() / (length * inner);
    shape[axis] = places.length;
    Tensor taken = Tensor.zeros(tensor.dataType(), shape);
    for (int o = 0; o < outer; o++) {
      for (int p = 0; p < places.length; p++) {
        System.arraycopy(
            tensor.array(),
            (o * length + places[p]) * inner,
            taken.array(),
            (o * places.length + p) * inner,
            inner);
      }
    }
    return taken;
  }

  static Tensor range(Tensor tensor, int axis, int from, int to) {
    int[] places = new int[to - from];
    for (int i = 0; i < places.length; i++) {
      places[i] = from + i;
    }
    return take(tensor, axis, places);
  }

  /** Returns two tensors one after the other along an axis. */
  static Tensor join(Tensor a, Tensor b, int axis) {
    int[] shape = a.shape().clone();
    shape[axis] += b.dim(axis);
    int inner = 1;
    for (int i = axis; i < shape.length; i++) {
      inner *= a.dim(i);
    }
    int after = inner / Math.max(1, a.dim(axis)) * b.dim(axis);
    Tensor joined = Tensor.zeros(a.dataType(), shape);
    int outer = inner == 0 ? 0 : a.size() / inner;
    for (int o = 0; o < outer; o++) {
      System.arraycopy(a.array(), o * inner, joined.array(), o * (inner + after), inner);
      System.arraycopy(b.array(), o * after, joined.array(), o * (inner + after) + inner, after);
    }
    return joined;
  }
}
