package org.sardonyx.operators.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.Types;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Types of values that come from one of several places. */
final class CarriedTypes {

  /** What branches and loops carry from version 13 on: tensors and sequences. */
  static final Set<String> V13 = Types.union(Types.ALL, Types.sequences(Types.ALL));

  static final Set<String> V16 = from16(Types.ALL_IR4);
  static final Set<String> V19 = from16(Types.ALL_IR9);
  static final Set<String> V21 = from16(Types.ALL_IR10);
  static final Set<String> V23 = from16(Types.ALL_IR11);
  static final Set<String> V24 = from16(Types.ALL_IR12);
  static final Set<String> V25 = from16(Types.ALL_IR13);

  private CarriedTypes() {}

  /** Tensors, sequences and optionals; optionals of sequences stay at the types of version 16. */
  private static Set<String> from16(Set<String> tensors) {
    return Types.union(
        tensors,
        Types.sequences(tensors),
        Types.optionals(tensors),
        Types.optionals(Types.sequences(Types.ALL_IR4)));
  }

  /** Returns the type with nothing said of shapes. */
  static @Nullable Type withoutShape(@Nullable Type type) {
    return switch (type) {
      case Type.OfTensor(var element, Shape _) -> Type.tensor(element);
      case Type.OfSequence(Type element) -> {
        Type inner = withoutShape(element);
        yield inner == null ? null : new Type.OfSequence(inner);
      }
      case Type.OfOptional(Type element) -> {
        Type inner = withoutShape(element);
        yield inner == null ? null : new Type.OfOptional(inner);
      }
      case null, default -> null;
    };
  }

  /** Returns the type of {@code type} stacked along a new axis. */
  static @Nullable Type stacked(@Nullable Type type, int axis, Dim length) {
    if (!(type instanceof Type.OfTensor(var element, Shape shape))) {
      return null;
    }
    if (!shape.hasRank()) {
      return Type.tensor(element);
    }
    int at = axis < 0 ? axis + shape.rank() + 1 : axis;
    if (at < 0 || at > shape.rank()) {
      return Type.tensor(element);
    }
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.add(at, length);
    return new Type.OfTensor(element, Shape.of(dims));
  }
}
