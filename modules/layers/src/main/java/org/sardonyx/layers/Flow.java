package org.sardonyx.layers;

import org.sardonyx.graph.GraphBuilder.Ref;

/** A value of a network that is being built. */
public sealed interface Flow permits Series, Features, Tokens, Lengths, Mask, State {

  /** Returns the network that it belongs to. */
  Network network();

  /** Returns the value in the graph. */
  Ref ref();
}
