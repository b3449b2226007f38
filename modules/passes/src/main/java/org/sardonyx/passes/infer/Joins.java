package org.sardonyx.passes.infer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** What two sources say of one value, and dimensions within types. */
public final class Joins {

  private Joins() {}

  /** What two sources say of one value. */
  record Merged(@Nullable Type type, boolean contradiction) {}

  /**
   * Returns what inference found, filled up with what is declared.
   *
   * @param trusted whether declared shapes are believed where inference has none
   */
  static Merged merge(@Nullable Type inferred, @Nullable Type declared, boolean trusted) {
    if (declared == null) {
      return new Merged(inferred, false);
    }
    if (inferred == null) {
      return new Merged(trusted ? declared : Specs.withoutShapes(declared), false);
    }
    if (inferred instanceof Type.OfTensor(DataType x, Shape s)) {
      // Before a switch that takes milliseconds at first.
      return declared instanceof Type.OfTensor(DataType y, Shape t) && x == y
          ? merged(Type.tensor(x, fill(s, t, trusted)), contradict(s, t))
          : merged(inferred, true);
    }
    return switch (inferred) {
      case Type.OfTensor _ -> throw new IllegalStateException();
      case Type.OfSparseTensor(DataType x, Shape s) ->
          declared instanceof Type.OfSparseTensor(DataType y, Shape t) && x == y
              ? merged(new Type.OfSparseTensor(x, fill(s, t, trusted)), contradict(s, t))
              : merged(inferred, true);
      case Type.OfSequence(Type x) -> {
        if (!(declared instanceof Type.OfSequence(Type y))) {
          yield merged(inferred, true);
        }
        Merged element = merge(x, y, trusted);
        yield merged(
            element.type == null ? inferred : new Type.OfSequence(element.type),
            element.contradiction);
      }
      case Type.OfOptional(Type x) -> {
        if (!(declared instanceof Type.OfOptional(Type y))) {
          yield merged(inferred, true);
        }
        Merged element = merge(x, y, trusted);
        yield merged(
            element.type == null ? inferred : new Type.OfOptional(element.type),
            element.contradiction);
      }
      case Type.OfMap _, Type.Opaque _ ->
          merged(inferred, !Specs.of(inferred).equals(Specs.of(declared)));
    };
  }

  private static Merged merged(Type type, boolean contradiction) {
    return new Merged(type, contradiction);
  }

  private static Shape fill(Shape inferred, Shape declared, boolean trusted) {
    if (!trusted || !declared.hasRank()) {
      return inferred;
    }
    if (!inferred.hasRank()) {
      return declared;
    }
    if (inferred.rank() != declared.rank()) {
      return inferred;
    }
    List<Dim> dims = new ArrayList<>(inferred.rank());
    for (int i = 0; i < inferred.rank(); i++) {
      dims.add(inferred.dim(i) instanceof Dim.Unknown ? declared.dim(i) : inferred.dim(i));
    }
    return Shape.of(dims);
  }

  /** Whether no tensor has both shapes. */
  private static boolean contradict(Shape a, Shape b) {
    if (!a.hasRank() || !b.hasRank()) {
      return false;
    }
    if (a.rank() != b.rank()) {
      return true;
    }
    for (int i = 0; i < a.rank(); i++) {
      if (a.dim(i).isKnown() && b.dim(i).isKnown() && !a.dim(i).equals(b.dim(i))) {
        return true;
      }
    }
    return false;
  }

  /** Returns the type with every dimension of every shape replaced. */
  public static Type mapDims(Type type, UnaryOperator<Dim> change) {
    if (type instanceof Type.OfTensor tensor) {
      return mapDims(tensor, change); // as in merge
    }
    return switch (type) {
      case Type.OfTensor tensor -> mapDims(tensor, change);
      case Type.OfSparseTensor(DataType element, Shape shape) ->
          new Type.OfSparseTensor(element, mapDims(shape, change));
      case Type.OfSequence(Type element) -> new Type.OfSequence(mapDims(element, change));
      case Type.OfOptional(Type element) -> new Type.OfOptional(mapDims(element, change));
      case Type.OfMap(DataType key, Type value) -> new Type.OfMap(key, mapDims(value, change));
      case Type.Opaque opaque -> opaque;
    };
  }

  @SuppressWarnings("ReferenceEquality") // the type itself where nothing changed
  private static Type mapDims(Type.OfTensor type, UnaryOperator<Dim> change) {
    Shape shape = mapDims(type.shape(), change);
    return shape == type.shape() ? type : Type.tensor(type.elementType(), shape);
  }

  @SuppressWarnings("ReferenceEquality") // the shape itself where nothing changed
  private static Shape mapDims(Shape shape, UnaryOperator<Dim> change) {
    if (!shape.hasRank()) {
      return shape;
    }
    List<Dim> dims = new ArrayList<>(shape.rank());
    boolean changed = false;
    for (Dim dim : shape.dims()) {
      Dim result = change.apply(dim);
      changed |= result != dim;
      dims.add(result);
    }
    return changed ? Shape.of(dims) : shape;
  }

  /** Returns the dimension with every name in it replaced. */
  static Dim mapNames(Dim dim, UnaryOperator<Dim> change) {
    if (dim instanceof Dim.Known) {
      return dim;
    }
    if (dim instanceof Dim.Named) {
      return change.apply(dim);
    }
    return switch (dim) {
      case Dim.Named _ -> change.apply(dim);
      case Dim.Computed(Dim.Op op, Dim left, Dim right) -> {
        Dim l = mapNames(left, change);
        Dim r = mapNames(right, change);
        yield switch (op) {
          case ADD -> l.plus(r);
          case SUB -> l.minus(r);
          case MUL -> l.times(r);
          case DIV -> l.dividedBy(r);
          case MAX -> l.max(r);
          case MIN -> l.min(r);
        };
      }
      case Dim.Known _, Dim.Unknown _ -> dim;
    };
  }
}
