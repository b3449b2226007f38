/** The immutable, lossless graph: models, nodes, values, attributes, functions. */
@NullMarked
package org.sardonyx.graph;

import org.jspecify.annotations.NullMarked;
