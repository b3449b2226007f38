package org.sardonyx.layers;

import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.GraphBuilder.Ref;

/**
 * A number for every step of time: int64 [batch, time].
 *
 * @param network what it belongs to
 * @param ref the value
 * @param steps which steps count; null where all do
 */
public record Tokens(Network network, Ref ref, @Nullable Steps steps) implements Flow {

  /** Passes this through a layer. */
  public <O extends Flow> O then(Layer<? super Tokens, O> layer) {
    return layer.on(this);
  }

  /** Returns the same, of which each member of the batch has its own length. */
  public Tokens withLengths(Lengths lengths) {
    return new Tokens(network, ref, Steps.of(this, lengths));
  }

  /** Returns the same, of which only steps count where the mask holds. */
  public Tokens withMask(Mask mask) {
    return new Tokens(network, ref, Steps.of(mask));
  }
}
