package org.sardonyx.operators.sequence;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** What the operators on sequences share. */
final class Sequences {

  static final Set<String> ALL = Types.sequences(Types.ALL);
  static final Set<String> TENSORS_AND_SEQUENCES = Types.union(Types.ALL, ALL);
  static final Set<String> OPTIONALS = Types.optionals(TENSORS_AND_SEQUENCES);

  private Sequences() {}

  static SequenceValue input(Invocation in, int input) {
    if (in.value(input) instanceof SequenceValue sequence) {
      return sequence;
    }
    throw new InvalidModel("input " + input + " is " + in.value(input).type() + ", no sequence");
  }

  /** Returns the type of the elements of an input; null where it is not known. */
  static @Nullable Type elementType(Inference in, int input) {
    return in.type(input) instanceof Type.OfSequence(Type element) ? element : null;
  }

  /**
   * Returns the position that input {@code input} holds, counted from the front; {@code otherwise}
   * where it is absent.
   *
   * @param limit one more than the last position allowed
   */
  static int position(Invocation in, int input, int size, int limit, int otherwise) {
    if (!in.has(input)) {
      return otherwise;
    }
    Tensor tensor = in.tensor(input);
    if (tensor.size() != 1) {
      throw new OperatorFailed("the position must be a scalar, is " + tensor);
    }
    long position = tensor.getLong(0);
    if (position < -size || position >= limit) {
      throw new OperatorFailed(
          "position "
              + position
              + " is not in ["
              + -size
              + ", "
              + (limit - 1)
              + "] of a sequence of "
              + size);
    }
    return (int) (position < 0 ? position + size : position);
  }

  /** Refuses an element of another type than the sequence has. */
  static void requireElement(SequenceValue sequence, Value element) {
    if (!sequence.elementType().spec().equals(element.type().spec())) {
      throw new InvalidModel(element.type() + " does not go into " + sequence.type().spec());
    }
  }

  /** Returns the type of a tensor as that of elements, of which no more is promised. */
  static Type anyShape(Tensor tensor) {
    return Type.tensor(tensor.dataType());
  }
}
