package org.sardonyx.tensor;

import org.sardonyx.type.Type;

/** What flows along an edge of a graph while it runs. Values are not changed once made. */
public sealed interface Value permits Tensor, SparseTensor, SequenceValue, OptionalValue, MapValue {

  /** Returns the exact type of this value, with its actual shape. */
  Type type();
}
