package org.sardonyx.torch.aten;

import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/**
 * A number or truth value that is known when the model runs: a scalar of the graph.
 *
 * @param ref the scalar, of rank 0
 * @param type INT64, FLOAT (double in PyTorch) or BOOL
 * @param dim what is known of an integer as a size
 */
public record Sym(Ref ref, DataType type, Dim dim) {}
