package org.sardonyx.layers;

/**
 * Makes one value of a network from another; holds its weights.
 *
 * @param <I> what it takes
 * @param <O> what it gives
 */
@FunctionalInterface
public interface Layer<I extends Flow, O extends Flow> {

  /** Adds the layer to the network of the input. */
  O on(I input);
}
