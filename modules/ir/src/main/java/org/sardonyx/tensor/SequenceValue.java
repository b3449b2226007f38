package org.sardonyx.tensor;

import java.util.List;
import org.sardonyx.type.Type;

/**
 * A list of values of one type.
 *
 * @param elementType the type of every element; its shape is only a bound
 * @param elements the values
 */
public record SequenceValue(Type elementType, List<Value> elements) implements Value {

  public SequenceValue {
    elements = List.copyOf(elements);
  }

  @Override
  public Type type() {
    return new Type.OfSequence(elementType);
  }
}
