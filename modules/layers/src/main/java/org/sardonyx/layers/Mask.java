package org.sardonyx.layers;

import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;

/**
 * Which steps count: bool [batch, time].
 *
 * @param network what it belongs to
 * @param ref the value
 */
public record Mask(Network network, Ref ref) implements Flow {

  /** Returns how many steps count, for masks that hold from the first step on and then no more. */
  public Lengths lengths() {
    Formula f = network.formula();
    Ref count = f.reduce("ReduceSum", f.cast(ref, DataType.INT32), false, 1);
    return new Lengths(network, count);
  }
}
