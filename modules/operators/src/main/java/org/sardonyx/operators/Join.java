package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** What holds of a value that comes from one of several places. */
public final class Join {

  private Join() {}

  /** Returns what holds of a value that is of one type or the other; null where nothing does. */
  public static @Nullable Type of(@Nullable Type a, @Nullable Type b) {
    if (a == null || b == null || !a.spec().equals(b.spec())) {
      return null;
    }
    if (a instanceof Type.OfTensor(var element, Shape x)
        && b instanceof Type.OfTensor(var _, Shape y)) {
      return new Type.OfTensor(element, of(x, y));
    }
    if (a instanceof Type.OfSequence(Type x) && b instanceof Type.OfSequence(Type y)) {
      Type element = of(x, y);
      return element == null ? null : new Type.OfSequence(element);
    }
    if (a instanceof Type.OfOptional(Type x) && b instanceof Type.OfOptional(Type y)) {
      Type element = of(x, y);
      return element == null ? null : new Type.OfOptional(element);
    }
    return a.equals(b) ? a : null;
  }

  /** Returns what holds of a tensor that is of one shape or the other. */
  @SuppressWarnings("ReferenceEquality") // NONE is told from UNKNOWN by being itself
  public static Shape of(Shape a, Shape b) {
    if (a == Shape.NONE || b == Shape.NONE) {
      return a == Shape.NONE ? b : a;
    }
    if (!a.hasRank() || !b.hasRank() || a.rank() != b.rank()) {
      return Shape.UNKNOWN;
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < a.rank(); i++) {
      dims.add(a.dim(i).sameAs(b.dim(i)) ? a.dim(i) : Dim.UNKNOWN);
    }
    return Shape.of(dims);
  }
}
