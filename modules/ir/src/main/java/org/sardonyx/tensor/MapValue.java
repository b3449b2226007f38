package org.sardonyx.tensor;

import org.sardonyx.type.Type;

/**
 * A map from integers or strings to values.
 *
 * @param keys [n] of an integer type or string, each once
 * @param values the values, in the order of the keys
 */
public record MapValue(Tensor keys, SequenceValue values) implements Value {
  @Override
  public Type type() {
    return new Type.OfMap(keys.dataType(), values.elementType());
  }
}
