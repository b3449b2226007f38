package org.sardonyx.layers;

import org.sardonyx.graph.GraphBuilder.Ref;

/**
 * What a recurrent layer carries from step to step: float [directions, batch, size].
 *
 * @param network what it belongs to
 * @param ref the value
 * @param directions 1, or 2 for a bidirectional layer: the forward one first
 * @param size how many features
 */
public record State(Network network, Ref ref, int directions, int size) implements Flow {}
