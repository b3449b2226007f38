package org.sardonyx.operators;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * What is known of a node before it runs. An operator states of its outputs what surely holds, and
 * leaves unknown the rest; outputs it says nothing of get the element type of their type variable
 * and an unknown shape.
 */
public interface Inference {

  /** Returns the number of inputs the node lists, absent ones among them included. */
  int inputs();

  /** Whether input {@code input} is there. */
  boolean has(int input);

  /** Returns the type of an input, or null where it is absent or nothing is known of it. */
  @Nullable Type type(int input);

  /** Returns the shape of a tensor input; {@link Shape#UNKNOWN} where it is absent or not known. */
  default Shape shape(int input) {
    Type type = type(input);
    if (type instanceof Type.OfTensor(DataType _, Shape shape)) {
      return shape;
    }
    return type instanceof Type.OfSparseTensor(DataType _, Shape shape) ? shape : Shape.UNKNOWN;
  }

  /** Returns the element type of a tensor input, or null where it is absent or not known. */
  default @Nullable DataType elementType(int input) {
    Type type = type(input);
    if (type instanceof Type.OfTensor(DataType element, Shape _)) {
      return element;
    }
    return type instanceof Type.OfSparseTensor(DataType element, Shape _) ? element : null;
  }

  /** Returns the elements of an input that is constant and small enough, else null. */
  @Nullable Tensor constant(int input);

  /**
   * Returns the elements of an integer or bool (0 or 1) input of rank 0 or 1 where its length is
   * known, as far as they are: shapes in the making. Null where the input is absent or its length
   * is not known.
   */
  @Nullable List<Dim> dims(int input);

  /** Returns the number of outputs the node lists. */
  int outputs();

  /** States the type of an output. */
  void output(int output, Type type);

  /** States element type and shape of a tensor output. */
  default void output(int output, DataType elementType, Shape shape) {
    output(output, Type.tensor(elementType, shape));
  }

  /** States the shape of a tensor output whose element type follows from its type variable. */
  void shape(int output, Shape shape);

  /** States the elements of an integer or bool output of rank 0 or 1, as far as they are known. */
  void dims(int output, List<Dim> elements);

  /** Returns a new dimension of a size that only the run knows. */
  Dim fresh();

  /**
   * Infers the graph in attribute {@code attribute} and returns the types of its outputs; null
   * elements where nothing is known.
   */
  List<@Nullable Type> body(String attribute, List<@Nullable Type> inputs);

  /** Returns the error to throw where the inputs break a rule of the operator. */
  default InvalidModel invalid(String message) {
    return new InvalidModel(message);
  }
}
