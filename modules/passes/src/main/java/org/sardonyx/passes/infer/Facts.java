package org.sardonyx.passes.infer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.Join;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * What is known of a value before it is computed.
 *
 * @param type its type; null where not even the element type is known
 * @param constant its elements, where it is a small constant
 * @param elements the elements of a small integer or bool tensor, row-major, as far as they are
 *     known
 */
public record Facts(@Nullable Type type, @Nullable Tensor constant, @Nullable List<Dim> elements) {

  /** Nothing is known. */
  public static final Facts NONE = new Facts(null, null, null);

  /** The longest list of elements that is kept. */
  static final int MAX_ELEMENTS = 1024;

  public static Facts of(@Nullable Type type) {
    return type == null ? NONE : new Facts(type, null, null);
  }

  /** Returns what is known of a constant that is there. */
  public static Facts of(Tensor constant) {
    return new Facts(constant.type(), constant, elements(constant));
  }

  /** Returns what holds of a value that one or the other is said of. */
  public Facts union(Facts other) {
    if (equals(other)) {
      return this;
    }
    boolean same = constant != null && constant.equals(other.constant);
    return new Facts(Join.of(type, other.type), same ? constant : null, same ? elements : null);
  }

  private static @Nullable List<Dim> elements(Tensor tensor) {
    boolean whole =
        tensor.dataType().kind() == DataType.Kind.BOOL
            || tensor.dataType() == DataType.INT64
            || tensor.dataType() == DataType.INT32;
    if (!whole || tensor.size() > MAX_ELEMENTS) {
      return null;
    }
    List<Dim> elements = new ArrayList<>(tensor.size());
    for (int i = 0; i < tensor.size(); i++) {
      elements.add(Dim.of(tensor.getLong(i)));
    }
    return elements;
  }

  /** Returns the elements as far as they are known, all unknown where only their number is. */
  @Nullable List<Dim> elementsOrUnknown() {
    if (elements != null) {
      return elements;
    }
    if (!(type instanceof Type.OfTensor(DataType element, Shape shape))
        || !(element.isInteger() || element == DataType.BOOL)
        || !shape.isKnown()
        || !(shape.elements() instanceof Dim.Known(long size))
        || size > MAX_ELEMENTS) {
      return null;
    }
    return java.util.Collections.nCopies((int) size, Dim.UNKNOWN);
  }

  /** Returns the shape, where this is a tensor; of unknown rank otherwise. */
  Shape shape() {
    return type instanceof Type.OfTensor(DataType _, Shape shape) ? shape : Shape.UNKNOWN;
  }
}
