package org.sardonyx.layers;

import org.sardonyx.graph.GraphBuilder.Ref;

/**
 * A vector for every member of the batch: float [batch, size].
 *
 * @param network what it belongs to
 * @param ref the value
 * @param size how many features
 */
public record Features(Network network, Ref ref, int size) implements Flow {

  /** Passes this through a layer. */
  public <O extends Flow> O then(Layer<? super Features, O> layer) {
    return layer.on(this);
  }

  /** Passes this through a layer that treats every vector alone. */
  public Features then(Pointwise layer) {
    network.begin(layer.kind());
    return new Features(network, layer.on(network.formula(), ref, size), layer.size(size));
  }

  /** Returns the sum; both have the same size. */
  public Features plus(Features other) {
    Weights.requireSame("sum", size, other.size);
    return new Features(network, network.formula().node("Add", ref, other.ref), size);
  }

  /** Returns the features of this and then those of the other. */
  public Features beside(Features other) {
    return new Features(
        network, network.formula().concat(1, ref, other.ref), Math.addExact(size, other.size));
  }
}
