package org.sardonyx.tensor;

import org.jspecify.annotations.Nullable;
import org.sardonyx.type.Type;

/**
 * A value that may be missing at run time; not to be confused with an optional input of a node that
 * is left out of the graph.
 *
 * @param elementType the type of the value, present or not
 * @param value the value, or null where there is none
 */
public record OptionalValue(Type elementType, @Nullable Value value) implements Value {
  @Override
  public Type type() {
    return new Type.OfOptional(elementType);
  }
}
