package org.sardonyx.layers;

import org.sardonyx.graph.GraphBuilder.Ref;

/**
 * How many steps count for each member of the batch, from the first on: int32 [batch].
 *
 * @param network what it belongs to
 * @param ref the value
 */
public record Lengths(Network network, Ref ref) implements Flow {}
