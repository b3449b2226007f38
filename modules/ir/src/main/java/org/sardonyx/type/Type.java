package org.sardonyx.type;

import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;

/** The type of a value: what it holds and, for tensors, as much of the shape as is known. */
public sealed interface Type {

  /**
   * Returns the type as the specification writes it, without shapes: {@code seq(tensor(float))}.
   */
  String spec();

  /** A dense tensor. */
  record OfTensor(DataType elementType, Shape shape) implements Type {
    // As in Dim.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof OfTensor type
          && elementType == type.elementType
          && shape.equals(type.shape);
    }

    @Override
    public int hashCode() {
      return 31 * elementType.hashCode() + shape.hashCode();
    }

    @Override
    public String spec() {
      return elementType.tensorSpec();
    }

    @Override
    public String toString() {
      return elementType.specName() + shape;
    }
  }

  /** A sparse tensor. */
  record OfSparseTensor(DataType elementType, Shape shape) implements Type {
    @Override
    public String spec() {
      return "sparse_tensor(" + elementType.specName() + ")";
    }

    @Override
    public String toString() {
      return "sparse " + elementType.specName() + shape;
    }
  }

  /** A sequence of values of one type. */
  record OfSequence(Type elementType) implements Type {
    @Override
    public String spec() {
      return "seq(" + elementType.spec() + ")";
    }

    @Override
    public String toString() {
      return "seq(" + elementType + ")";
    }
  }

  /** A value that may be missing. */
  record OfOptional(Type elementType) implements Type {
    @Override
    public String spec() {
      return "optional(" + elementType.spec() + ")";
    }

    @Override
    public String toString() {
      return "optional(" + elementType + ")";
    }
  }

  /** A map from integers or strings. */
  record OfMap(DataType keyType, Type valueType) implements Type {
    @Override
    public String spec() {
      return "map("
          + keyType.specName()
          + ","
          + (valueType instanceof OfTensor(DataType element, Shape shape)
                  && shape.equals(Shape.SCALAR)
              ? element.specName()
              : valueType.spec())
          + ")";
    }
  }

  /** A type of another domain that only its own operators know. */
  record Opaque(String domain, String name) implements Type {
    @Override
    public String spec() {
      return "opaque(" + domain + "," + name + ")";
    }
  }

  /** Returns the type of a tensor. */
  static OfTensor tensor(DataType elementType, Shape shape) {
    return new OfTensor(elementType, shape);
  }

  /** Returns the type of a tensor of unknown rank. */
  static OfTensor tensor(DataType elementType) {
    return new OfTensor(elementType, Shape.UNKNOWN);
  }
}
