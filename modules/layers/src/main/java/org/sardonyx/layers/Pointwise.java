package org.sardonyx.layers;

import org.sardonyx.graph.GraphBuilder.Ref;

/** A layer that treats every vector alone: dense, activations, layer normalization. */
public interface Pointwise {

  /** Returns what it is called in names of nodes, for example {@code dense}. */
  String kind();

  /**
   * Returns how many features it makes of so many.
   *
   * @throws org.sardonyx.error.InvalidInput where its weights are for another number
   */
  int size(int features);

  /**
   * Writes it.
   *
   * @param x a value whose last axis are the features
   * @param features how many those are
   */
  Ref on(Formula f, Ref x, int features);
}
