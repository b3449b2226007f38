package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** Elements that inference follows: those of shapes in the making, which graphs compute. */
public final class Dims {

  /** The longest shape that is followed element by element. */
  private static final int MAX_DIMS = 64;

  private Dims() {}

  /** Returns the elements of a shape in the making, of a type that shapes are computed in. */
  public static @Nullable List<Dim> of(Inference in, int input) {
    DataType type = in.elementType(input);
    return type == DataType.INT64 || type == DataType.INT32 || type == DataType.BOOL
        ? in.dims(input)
        : null;
  }

  /** States elements of a type that shapes are computed in; narrow and unsigned ones may wrap. */
  static void state(Inference in, int output, @Nullable List<Dim> dims) {
    DataType type = in.elementType(0);
    if (dims == null || dims.size() > MAX_DIMS || type == null) {
      return;
    }
    switch (type) {
      case INT64, BOOL -> in.dims(output, dims);
      case INT32 ->
          in.dims(
              output,
              dims.stream()
                  .map(d -> d instanceof Dim.Known(long n) && n != (int) n ? Dim.UNKNOWN : d)
                  .toList());
      default -> {}
    }
  }

  /** Applies {@code f} to shapes in the making, as they broadcast; null where one is not known. */
  public static @Nullable List<Dim> zip(
      BinaryOperator<Dim> f, @Nullable List<Dim> a, @Nullable List<Dim> b) {
    if (a == null || b == null) {
      return null;
    }
    int length = a.size() == 1 ? b.size() : a.size();
    if (b.size() != length && b.size() != 1) {
      return null;
    }
    List<Dim> result = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      Dim x = a.get(a.size() == 1 ? 0 : i);
      Dim y = b.get(b.size() == 1 ? 0 : i);
      result.add(careful(() -> f.apply(x, y)));
    }
    return result;
  }

  /** Whether a size or what was computed from sizes surely is not negative. */
  public static boolean isNotNegative(Dim dim) {
    return switch (dim) {
      case Dim.Known(long size) -> size >= 0;
      case Dim.Named _ -> true;
      case Dim.Computed(Dim.Op op, Dim left, Dim right) ->
          switch (op) {
            case SUB -> false;
            case MAX -> isNotNegative(left) || isNotNegative(right);
            case ADD, MUL, DIV, MIN -> isNotNegative(left) && isNotNegative(right);
          };
      case Dim.Unknown _ -> false;
    };
  }

  /** Sizes do not wrap as integers do: what would is not known. */
  static Dim careful(Supplier<Dim> f) {
    try {
      return f.get();
    } catch (ArithmeticException e) {
      return Dim.UNKNOWN;
    }
  }
}
